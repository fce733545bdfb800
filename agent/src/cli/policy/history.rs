//! `candor policy history`: every version of the policy that this device had, the reports that were made under each, the documents that
//! were refused, and what became of the ceiling.

use super::ListArgs;
use crate::cli::subject::not_enrolled;
use crate::cli::{Context, Exit, Failure, Format, refused, words};
use candor_notice::locale::{LocaleError, Words, instant};
use candor_notice::wrap;
use collector_proto::disclosure::{HistoryAnswer, KeptTenantKey, PolicyChange, PolicyEvent};
use collector_proto::envelope::KeyId;
use collector_proto::policy::PolicyRef;
use collector_proto::policy::ceiling::CeilingChange;
use collector_proto::policy::diff::{Change, InWords};
use collector_proto::text::plain;
use collector_proto::time::UtcTime;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// One version.
#[derive(Serialize)]
struct Version {
    policy: PolicyRef,
    /// When it came to this device; `None` of one that the reader has no record of.
    came: Option<UtcTime>,
    /// Whose signatures were verified then.
    signed_by: BTreeSet<KeyId>,
    /// When people could see its notice.
    shown: Option<UtcTime>,
    /// When its notice was first acknowledged.
    acknowledged: Option<UtcTime>,
    /// From when on it is in force by itself.
    from: Option<UtcTime>,
    /// What it changed against the version before it.
    changes: Vec<Change>,
    reports: u64,
    first_report: Option<UtcTime>,
    last_report: Option<UtcTime>,
}

/// Documents that were refused, or that it was well again.
#[derive(Serialize)]
struct Refusal {
    at: UtcTime,
    #[serde(flatten)]
    event: PolicyChange,
}

/// What was done to the ceiling.
#[derive(Serialize)]
struct CeilingSet {
    at: UtcTime,
    change: CeilingChange,
    /// Whether the one before could not be understood any more, or was gone.
    was_damaged: bool,
}

/// All of it.
#[derive(Serialize)]
struct History {
    versions: Vec<Version>,
    refusals: Vec<Refusal>,
    ceilings: Vec<CeilingSet>,
    /// The organisation's keys that came, oldest first.
    tenant_keys: Vec<KeptTenantKey>,
}

type Versions = BTreeMap<((u64, u64), collector_proto::digest::Digest), Version>;

/// Lists the versions.
pub(super) fn run(args: &ListArgs, context: &Context) -> Result<(), Failure> {
    let (history, is_whole) = history(context)?;
    if args.format == Format::Json {
        context.print_json(&history)?;
    } else {
        let words = words::load(args.lang.as_deref())?;
        let text = write(&history.versions, &words, words::width())?
            + &write_refusals(&history.refusals, words::width())
            + &write_ceilings(&history.ceilings, &words, words::width())?
            + &write_keys(&history.tenant_keys, &words)?;
        context.print(&text)?;
    }
    if is_whole {
        return Ok(());
    }
    let message = "the reader's record of policies is not whole: a line of it was changed or removed";
    Err(Failure::new(Exit::Tampered, anyhow::anyhow!(message)))
}

fn write(versions: &[Version], words: &Words, width: usize) -> Result<String, LocaleError> {
    if versions.is_empty() {
        return Ok(words.text("notice-history-none")? + "\n");
    }
    let mut text = String::new();
    for version in versions {
        let line = |text: &mut String, line: &str| {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  {line}");
        };
        let values = [("version", version.policy.version.into()), ("reports", version.reports.into())];
        let _ = writeln!(text, "{}", words.text_with("notice-history-line", &values)?);
        line(&mut text, &format!("{}: {}", words.text("notice-about-digest")?, version.policy.sha256));
        for (key, at) in [
            ("notice-history-came", version.came),
            ("notice-history-shown", version.shown),
            ("notice-history-acknowledged", version.acknowledged),
            ("notice-history-from", version.from),
            ("notice-history-first-report", version.first_report),
            ("notice-history-last-report", version.last_report),
        ] {
            if let Some(at) = at {
                line(&mut text, &words.text_with(key, &[("at", instant(at).into())])?);
            }
        }
        for key in &version.signed_by {
            let key = key.as_str();
            line(&mut text, &words.text_with("notice-history-signed", &[("key", key.into())])?);
        }
        let changes = InWords(&version.changes).to_string();
        for change in changes.lines().flat_map(|change| wrap(&plain(change), width.saturating_sub(2))) {
            line(&mut text, &change);
        }
    }
    Ok(text)
}

fn write_refusals(refusals: &[Refusal], width: usize) -> String {
    let mut text = String::new();
    for Refusal { at, event } in refusals {
        let told = match event {
            PolicyChange::Refused { attack, document, offered, held } => {
                let digest = offered.and_then(|named| named.sha256);
                let digest = digest.map(|digest| format!("; it was {digest}")).unwrap_or_default();
                format!("refused: {}{digest}", refused::described(*attack, *document, *offered, *held))
            }
            PolicyChange::Well {} => "the collector gave documents that were accepted".to_owned(),
            PolicyChange::Came { .. }
            | PolicyChange::Shown { .. }
            | PolicyChange::Acknowledged { .. }
            | PolicyChange::Ceiling { .. } => continue,
        };
        for line in wrap(&format!("{at} {told}"), width) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

fn write_ceilings(ceilings: &[CeilingSet], words: &Words, width: usize) -> Result<String, LocaleError> {
    let mut text = String::new();
    for CeilingSet { at, change, was_damaged } in ceilings {
        let key = match change {
            CeilingChange::Set => "notice-history-ceiling-set",
            CeilingChange::Narrowed => "notice-history-ceiling-narrowed",
            CeilingChange::Widened => "notice-history-ceiling-widened",
            CeilingChange::Changed => "notice-history-ceiling-changed",
            CeilingChange::Lifted => "notice-history-ceiling-lifted",
        };
        let mut told = words.text_with(key, &[("at", instant(*at).into())])?;
        if *was_damaged {
            told = format!("{told} {}", words.text("notice-history-ceiling-was-damaged")?);
        }
        for line in wrap(&told, width) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{line}");
        }
    }
    Ok(text)
}

fn write_keys(keys: &[KeptTenantKey], words: &Words) -> Result<String, LocaleError> {
    let line = |key: &KeptTenantKey| {
        let id = plain(&key.id).into_owned();
        let values = [("id", id.into()), ("version", key.version.into()), ("at", instant(key.since).into())];
        Ok(words.text_with("notice-history-tenant-key", &values)? + "\n")
    };
    keys.iter().map(line).collect()
}

/// The versions by placement, number and digest, as the reader keeps them on record; and whether that record is whole. The reports are those that
/// are kept, or, for who may not look into the ledger, as far back as the reader's record of readings goes.
fn history(context: &Context) -> Result<(History, bool), Failure> {
    context.device()?.ok_or_else(|| not_enrolled(context))?;
    let HistoryAnswer { events, is_whole, tenant_keys } = context.observer(None).history()?;
    let (mut versions, mut refusals, mut ceilings) = (Versions::new(), Vec::new(), Vec::new());
    for PolicyEvent { at, policy, event, .. } in events {
        if let PolicyChange::Ceiling { change, was_damaged } = event {
            ceilings.push(CeilingSet { at, change, was_damaged });
            continue;
        }
        let Some(policy) = policy else {
            refusals.push(Refusal { at, event });
            continue;
        };
        let version = entry(&mut versions, policy);
        match event {
            // Of documents as they were given and of the ceiling, not of a version.
            PolicyChange::Refused { .. } | PolicyChange::Well {} | PolicyChange::Ceiling { .. } => {}
            PolicyChange::Came { signed_by, from, changes } => {
                let came = version.came.or(Some(at));
                *version = Version { came, signed_by, from, changes, ..Version::of(policy) };
            }
            PolicyChange::Shown { from } => {
                version.shown = version.shown.or(Some(at));
                version.from = version.from.or(from);
            }
            PolicyChange::Acknowledged { from } => {
                version.shown = version.shown.or(Some(at));
                version.acknowledged = version.acknowledged.or(Some(at));
                version.from = version.from.or(from);
            }
        }
    }
    for (policy, at) in made(context)? {
        let version = entry(&mut versions, policy);
        version.reports += 1;
        version.first_report = Some(version.first_report.map_or(at, |first| first.min(at)));
        version.last_report = version.last_report.max(Some(at));
    }
    Ok((History { versions: versions.into_values().collect(), refusals, ceilings, tenant_keys }, is_whole))
}

fn entry(versions: &mut Versions, policy: PolicyRef) -> &mut Version {
    versions.entry((policy.order(), policy.sha256)).or_insert_with(|| Version::of(policy))
}

impl Version {
    fn of(policy: PolicyRef) -> Self {
        Self {
            policy,
            came: None,
            signed_by: BTreeSet::new(),
            shown: None,
            acknowledged: None,
            from: None,
            changes: Vec::new(),
            reports: 0,
            first_report: None,
            last_report: None,
        }
    }
}

/// Under what each report was made, and when.
fn made(context: &Context) -> Result<Vec<(PolicyRef, UtcTime)>, Failure> {
    let Some(ledger) = context.ledger()? else {
        let readings = context.observer(None).readings()?.into_iter();
        let recorded = readings.filter(|reading| reading.entry.is_some());
        return Ok(recorded.filter_map(|reading| Some((reading.policy?, reading.at))).collect());
    };
    let of_entry = |(entry, _)| {
        let recorded = ledger.load(entry)?;
        let report = recorded.report().document();
        Ok((report.policy.base(), report.created))
    };
    ledger.entries().map(of_entry).collect()
}
