//! `candor status`: whether this device reports, under what, and if not, why.

use super::ceiling::Drift;
use super::in_force::InForce;
use super::{Context, Failure, Format, confinement, refused, tenant_key};
use crate::confine::Confined;
use crate::device::Device;
use crate::reader_client::ReaderError;
use crate::{schedule, verdict};
use collector_proto::catalog::{FieldId, SandboxLevel};
use collector_proto::contract::{CONTRACT, Contract};
use collector_proto::disclosure::sent::{LastReceipt, SummarisedSent};
use collector_proto::disclosure::{
    KeptTenantKey, LedgerHead, RefusalMessage, RefusedDocuments, Sandbox, Split,
};
use collector_proto::policy::trust::AcceptedPolicy;
use collector_proto::policy::{Ceiling, Verdict};
use collector_proto::text::plain;
use collector_proto::time::UtcTime;
use serde::Serialize;
use std::fmt::{self, Write as _};
use uuid::Uuid;

/// Arguments of `candor status`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor status
  candor status --format json")]
pub struct StatusArgs {
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Serialize)]
struct DeviceStatus {
    now: UtcTime,
    contract: ContractStatus,
    enrolment: Option<EnrolmentStatus>,
    policy: Option<PolicyStatus>,
    refused: Option<RefusalMessage>,
    /// Documents that the collector gave and that were refused; `None` where the reader says nothing.
    refused_documents: Option<RefusedDocuments>,
    /// Why that is not known, and what to do about it.
    refused_documents_lost: Option<String>,
    sandbox: Option<SandboxStatus>,
    agent_sandbox: Option<AgentSandboxStatus>,
    ceiling: Option<CeilingStatus>,
    tenant_key: Option<TenantKeyStatus>,
    ledger: Option<LedgerStatus>,
    next_report: Option<UtcTime>,
}

#[derive(Serialize)]
struct EnrolmentStatus {
    device_id: Uuid,
    collector: String,
    group: String,
}

/// What this program understands, and the collector by its last answer.
#[derive(Serialize)]
struct ContractStatus {
    own: Contract,
    collector: Option<Contract>,
}

impl fmt::Display for ContractStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { own, collector } = self;
        match collector.map(|collector| (collector, own.works_with(collector))) {
            None => write!(f, "{own}"),
            Some((collector, Ok(()))) => write!(f, "{own}; the collector speaks {collector}"),
            Some((_, Err(distance))) => write!(f, "{own}; the collector is of another time: {distance}"),
        }
    }
}

#[derive(Serialize)]
struct PolicyStatus {
    #[serde(flatten)]
    in_force: InForce,
    organisation: String,
    fresh_until: UtcTime,
    report_every_seconds: u64,
}

impl PolicyStatus {
    fn of(accepted: &AcceptedPolicy) -> Self {
        let document = accepted.terms().document();
        Self {
            in_force: InForce::of(accepted),
            organisation: document.controller.name.clone(),
            fresh_until: accepted.fresh_until(),
            report_every_seconds: document.report_every.seconds(),
        }
    }
}

/// What the operating system would hold the reader to.
#[derive(Serialize)]
struct SandboxStatus {
    level: SandboxLevel,
    #[serde(flatten)]
    parts: Sandbox,
}

/// What the operating system would hold a step of the agent to.
#[derive(Serialize)]
struct AgentSandboxStatus {
    level: SandboxLevel,
    #[serde(flatten)]
    parts: Confined,
}

/// The most that may ever be collected here.
#[derive(Serialize)]
struct CeilingStatus {
    /// How many fields it allows; `None` where none is set.
    allowed: Option<usize>,
    /// Until when nothing is read for a report and nothing is sent.
    quiet_until: Option<UtcTime>,
    /// That the author's file is another one.
    drift: Option<Drift>,
}

impl CeilingStatus {
    /// `None` where none is set and none is written.
    fn of(ceiling: &Ceiling, now: UtcTime, context: &Context) -> Option<Self> {
        let allowed = ceiling.terms().map(|terms| terms.allow.len());
        let drift = Drift::of(ceiling, context);
        let quiet_until = ceiling.quiet_until(now);
        (allowed.is_some() || drift.is_some()).then_some(Self { allowed, quiet_until, drift })
    }

    /// In words, a line each.
    fn lines(&self) -> Vec<String> {
        let all = FieldId::all().count();
        let allowed = self.allowed.map(|allowed| {
            format!("at most {allowed} of {all} fields, whatever the policy says; candor ceiling show")
        });
        let quiet = self.quiet_until.map(|until| {
            format!("quiet hours until {until}: nothing is read for a report and nothing is sent")
        });
        let drift = self.drift.as_ref().map(|drift| drift.told.clone());
        [allowed, quiet, drift].into_iter().flatten().collect()
    }
}

/// The organisation's key of keyed hashes.
#[derive(Serialize)]
struct TenantKeyStatus {
    /// Which one this device has.
    kept: Option<KeptTenantKey>,
    /// How many fields the policy has hashed with it.
    hashed_fields: usize,
}

impl TenantKeyStatus {
    /// `None` where there is none and none is needed.
    fn of(kept: Option<&KeptTenantKey>, hashed_fields: usize) -> Option<Self> {
        (kept.is_some() || hashed_fields > 0).then(|| Self { kept: kept.cloned(), hashed_fields })
    }

    fn line(&self) -> String {
        match &self.kept {
            Some(key) => format!("`{}`, version {}, since {}", plain(&key.id), key.version, key.since),
            None => tenant_key::missing(self.hashed_fields),
        }
    }
}

#[derive(Serialize)]
struct LedgerStatus {
    last_entry: u64,
    /// How many have still to be sent; `None` for who may not look into the ledger.
    pending: Option<u64>,
    /// Why it is not the ledger that the reader knows; the reader was asked before it was viewed.
    other: Option<String>,
    last_receipt: Option<LastReceipt>,
    /// When the last value goes of everything that was confirmed.
    last_value_until: Option<UtcTime>,
    /// Why no more is known.
    unknown: Option<String>,
}

/// Shows the status.
pub fn run(args: &StatusArgs, context: &Context) -> Result<(), Failure> {
    let status = gather(context)?;
    match args.format {
        Format::Json => context.print_json(&status),
        Format::Text => context.print(&write(&status, context)),
    }
}

fn gather(context: &Context) -> Result<DeviceStatus, Failure> {
    let now = context.now();
    let mut status = DeviceStatus {
        now,
        contract: ContractStatus { own: CONTRACT, collector: None },
        enrolment: None,
        policy: None,
        refused: None,
        refused_documents: None,
        refused_documents_lost: None,
        sandbox: None,
        agent_sandbox: None,
        ceiling: None,
        tenant_key: None,
        ledger: None,
        next_report: None,
    };
    let Some(device) = context.device()? else { return Ok(status) };
    status.contract.collector = device.documents.collector_contract();
    // The reader has the last word: it remembers what this program does not.
    let reader = device.status(&context.observer(None));
    // A reader that cannot be asked is named below.
    let mut announced = reader.as_ref().map(|reader| reader.standing.recall()).unwrap_or_default();
    let mut trust = context.trust(&device)?;
    let verdict = Verdict::of(verdict::accept(&mut trust, &device.documents, &mut announced, now));
    let every = verdict.accepted().map(|accepted| accepted.terms().document().report_every);
    status.policy = verdict.accepted().map(PolicyStatus::of);
    let confined = confinement::probe(context);
    let too_weak = verdict.accepted().and_then(|policy| confined.suffices(policy.terms().document()).err());
    status.agent_sandbox = Some(AgentSandboxStatus { level: confined.level(), parts: confined });
    let hashed_fields = verdict.accepted().map_or(0, tenant_key::hashed_fields);
    let refused = verdict.in_force().err().map(|refused| (&refused).into());
    status.refused = refused.or(too_weak.as_ref().map(RefusalMessage::from));
    let known = reader.as_ref().ok().and_then(|reader| reader.ledger);
    let last_reading = reader.as_ref().ok().and_then(|reader| reader.last_reading);
    match reader {
        Ok(reader) => {
            let level = reader.sandbox.level();
            status.ceiling = CeilingStatus::of(&reader.ceiling, now, context);
            status.tenant_key = TenantKeyStatus::of(reader.tenant_keys.last(), hashed_fields);
            status.sandbox = Some(SandboxStatus { level, parts: reader.sandbox });
            status.refused = reader.refused.or(status.refused);
            status.refused_documents = reader.refused_documents;
            status.refused_documents_lost = reader.refused_documents_lost;
        }
        // That says nothing about whether anything is collected.
        Err(error @ ReaderError::NotAnswered(_)) => return Err(error.into()),
        Err(error) => {
            let message = format!("{:#}", Failure::from(error).error);
            status.refused =
                Some(RefusalMessage { code: "reader_failed".to_owned(), message, not_before: None });
        }
    }
    let (made, ledger) = ledger(context, known)?;
    status.next_report = every.filter(|_| status.refused.is_none()).map(|every| {
        made.or(last_reading).map_or(now, |made| {
            let due = made.plus_seconds(every.seconds());
            now.plus_seconds(schedule::seconds_until(due, now, every))
        })
    });
    let quiet_until = status.ceiling.as_ref().and_then(|ceiling| ceiling.quiet_until);
    status.next_report = status.next_report.map(|next| quiet_until.map_or(next, |until| next.max(until)));
    status.ledger = ledger;
    let Device { id, collector, .. } = device;
    let group = trust.group().to_owned();
    status.enrolment = Some(EnrolmentStatus { device_id: id, collector, group });
    Ok(status)
}

/// When the newest report was made, and what is known of the ledger: of this user's own, held to the newest entry that the reader
/// was asked for before; of another user's what the reader tells.
fn ledger(
    context: &Context,
    known: Option<LedgerHead>,
) -> Result<(Option<UtcTime>, Option<LedgerStatus>), Failure> {
    let summary = if context.is_own() {
        context.books()?.summarise(known.map(|known| known.entries))?.against(known)
    } else {
        match context.observer(None).sent_summary() {
            Ok(summary) => summary,
            // What the agent told the reader is known all the same.
            Err(error) => {
                let why = format!("{:#}", Failure::from(error).error);
                return Ok((None, Some(LedgerStatus::told(known, why))));
            }
        }
    };
    Ok((summary.counts.newest_made, Some(LedgerStatus::of(summary))))
}

impl LedgerStatus {
    fn of(SummarisedSent { counts, other }: SummarisedSent) -> Self {
        Self {
            last_entry: counts.last_entry,
            pending: Some(counts.pending),
            other: other.map(|other| other.to_string()),
            last_receipt: counts.last_receipt,
            last_value_until: counts.last_value_until,
            unknown: None,
        }
    }

    /// As the agent told the reader, where more cannot be found out.
    fn told(head: Option<LedgerHead>, why: String) -> Self {
        let last_entry = head.map_or(0, |head| head.entries);
        Self {
            last_entry,
            pending: None,
            other: None,
            last_receipt: None,
            last_value_until: None,
            unknown: Some(why),
        }
    }
}

fn write(status: &DeviceStatus, context: &Context) -> String {
    let mut text = String::new();
    let mut line = |label: &str, value: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{label:<13} {value}");
    };
    line("State", context.paths.state().display().to_string());
    line("Clock", status.now.to_string());
    let Some(enrolment) = &status.enrolment else {
        line("Enrolment", "none: nothing is collected; candor enrol --bundle FILE".to_owned());
        return text;
    };
    line(
        "Enrolment",
        format!("{} in group {} of {}", enrolment.device_id, enrolment.group, enrolment.collector),
    );
    line("Contract", status.contract.to_string());
    match &status.policy {
        Some(policy) => line(
            "Policy",
            format!(
                "version {} of {}, usable until {}",
                policy.in_force.base.version,
                collector_proto::text::plain(&policy.organisation),
                policy.fresh_until
            ),
        ),
        None => line("Policy", "none that may be used".to_owned()),
    }
    for coming in status.policy.iter().flat_map(|policy| &policy.in_force.coming) {
        line("Coming", coming.to_string());
    }
    if let Some(refused) = &status.refused {
        line("Collecting", format!("nothing: {} ({})", refused.message, refused.code));
    }
    let mut label = "Refused";
    for told in status.refused_documents.iter().flat_map(|refused| refused::lines(refused, status.now)) {
        line(label, told);
        label = "";
    }
    if let Some(why) = &status.refused_documents_lost {
        line(label, format!("not known: {}", plain(why)));
    }
    let mut label = "Ceiling";
    for told in status.ceiling.iter().flat_map(CeilingStatus::lines) {
        line(label, told);
        label = "";
    }
    if let Some(key) = &status.tenant_key {
        line("Tenant key", key.line());
    }
    if let Some(SandboxStatus { level, parts }) = &status.sandbox {
        line("Sandbox", format!("reader: {}", sandbox(*level, *parts)));
    }
    if let Some(AgentSandboxStatus { parts, .. }) = &status.agent_sandbox {
        line(if status.sandbox.is_some() { "" } else { "Sandbox" }, format!("agent: {parts}"));
    }
    if let Some(SandboxStatus { parts, .. }) = &status.sandbox {
        line("Split", split(*parts).to_owned());
    }
    if let Some(ledger) = &status.ledger {
        let pending = ledger.pending.map_or("as the agent told the reader".to_owned(), |pending| {
            format!("{pending} still to be sent")
        });
        line("Ledger", format!("{} entries, {pending}", ledger.last_entry));
        if let Some(other) = &ledger.other {
            line("", format!("not whole: {other}"));
        }
        let receipt = ledger.last_receipt.as_ref().map_or("none".to_owned(), |receipt| {
            let until = ledger.last_value_until.map(|until| format!(", values kept until {}", until.date()));
            format!("report {} at {}{}", receipt.entry, receipt.received_at, until.unwrap_or_default())
        });
        match &ledger.unknown {
            None => line("Last receipt", receipt),
            Some(why) => line("", plain(why).into_owned()),
        }
    }
    if let Some(next) = status.next_report {
        line("Next report", if next <= status.now { "due".to_owned() } else { format!("from {next} on") });
    }
    text
}

/// Whether taking over what talks to the collector gives what the reader can read.
fn split(parts: Sandbox) -> &'static str {
    match parts.split {
        Split::Enforced => "enforced: the reader runs as another user than candor",
        Split::NotEnforced => {
            "not enforced: the reader runs as the same user as candor, so whoever takes candor over can read what it can"
        }
    }
}

/// `full (Landlock ABI 7)`, or what is in force and what is not.
fn sandbox(level: SandboxLevel, parts: Sandbox) -> String {
    let named = [
        (parts.files, "files (Landlock)"),
        (parts.calls, "system calls (seccomp)"),
        (parts.capabilities, "capabilities"),
    ];
    let lacking: Vec<&str> = named.iter().filter(|(holds, _)| !holds).map(|(_, name)| *name).collect();
    let abi = if parts.landlock_abi > 0 {
        format!(" (Landlock ABI {})", parts.landlock_abi)
    } else {
        String::new()
    };
    if lacking.is_empty() {
        format!("{level}{abi}")
    } else {
        format!("{level}{abi}: not confined: {}", lacking.join(", "))
    }
}
