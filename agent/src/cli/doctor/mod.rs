//! `candor doctor`: examines everything a report depends on, in one file per check. Changes nothing and sends no report.

mod again;
mod ceiling;
mod clock;
mod collector;
mod documents;
mod enrolment;
mod key;
mod ledger;
mod ledger_socket;
mod page;
mod policy;
mod reader;
mod root;
mod sandbox;
mod socket;
mod space;
mod state;
mod tenant_key;

use super::{Context, Exit, Failure, Format, owner};
use crate::device::Device;
use crate::documents::HeldDocuments;
use crate::identity::Enrolment;
use serde::Serialize;
use std::fmt::Write as _;

/// Arguments of `candor doctor`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor doctor
  candor doctor --offline --format json

Exit status: 0 all is well; 1 a check failed; 4 the ledger was tampered with.")]
pub struct DoctorArgs {
    /// Leave out the check that connects to the collector
    #[arg(long)]
    offline: bool,
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What the checks look at.
struct Examination<'a> {
    context: &'a Context,
    offline: bool,
    /// As the agent's own state says; `None` for who may not look there.
    enrolment: Option<Enrolment>,
    /// Who this device is; or why that cannot be told.
    device: Result<Option<Device>, Failure>,
}

impl Examination<'_> {
    /// The device, where it is enrolled.
    fn device(&self) -> Result<&Device, Finding> {
        match &self.device {
            Ok(Some(device)) => Ok(device),
            Ok(None) => Err(Finding::Skipped("the device is not enrolled")),
            Err(failure) => Err(Finding::of_failure(failure)),
        }
    }

    /// What the collector last gave.
    fn documents(&self) -> HeldDocuments {
        self.device
            .as_ref()
            .ok()
            .and_then(Option::as_ref)
            .map(|device| device.documents.clone())
            .unwrap_or_default()
    }
}

/// What a check found.
enum Finding {
    /// All is well, and what was seen.
    Good(String),
    /// It works, but somebody should look.
    Doubtful(String),
    /// It does not work.
    Bad(String),
    /// Somebody changed what was signed.
    Tampered(String),
    /// It cannot be told, and why.
    Skipped(&'static str),
}

impl Finding {
    fn of_failure(failure: &Failure) -> Self {
        let text = format!("{:#}", failure.error);
        if failure.exit == Exit::Tampered { Self::Tampered(text) } else { Self::Bad(text) }
    }

    fn mark(&self) -> &'static str {
        match self {
            Self::Good(_) => "good",
            Self::Doubtful(_) => "doubtful",
            Self::Bad(_) => "bad",
            Self::Tampered(_) => "tampered",
            Self::Skipped(_) => "skipped",
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Good(text) | Self::Doubtful(text) | Self::Bad(text) | Self::Tampered(text) => text,
            Self::Skipped(text) => text,
        }
    }
}

/// A check: its name, who may perform it and the function that does.
type Check = (&'static str, Performer, fn(&Examination<'_>) -> Finding);

/// Who may perform a check.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Performer {
    /// Every account.
    Anybody,
    /// Whoever may look into the agent's state. Root does it as the agent.
    Agent,
}

use Performer::{Agent, Anybody};

/// Every check, in the order in which one depends on another. The last one confines this process.
const CHECKS: &[Check] = &[
    ("state directory", Agent, state::check),
    ("disk space", Anybody, space::check),
    ("enrolment", Anybody, enrolment::check),
    ("device key", Agent, key::check),
    ("socket", Agent, socket::of_agent),
    ("people's socket", Anybody, socket::of_people),
    ("reader", Anybody, reader::check),
    ("clock", Anybody, clock::check),
    ("root of trust", Anybody, root::check),
    ("ceiling", Anybody, ceiling::check),
    ("policy", Anybody, policy::check),
    ("documents", Anybody, documents::check),
    ("tenant key", Anybody, tenant_key::check),
    ("agent's sandbox", Anybody, sandbox::check),
    ("page for everybody", Anybody, page::check),
    ("ledger", Agent, ledger::check),
    ("reports sent again", Agent, again::check),
    ("ledger's socket", Anybody, ledger_socket::check),
    ("collector", Agent, collector::check),
];

#[derive(Serialize)]
struct Line<'a> {
    check: &'static str,
    result: &'static str,
    detail: &'a str,
}

/// Performs every check.
pub fn run(args: &DoctorArgs, context: &Context) -> Result<(), Failure> {
    // It tries whether the state can be written, which is the agent's to try.
    owner::start_over(context)?;
    let may_look = context.is_own();
    let examination = Examination {
        context,
        offline: args.offline,
        enrolment: if may_look { context.enrolment_by(&context.reader(None)).ok() } else { None },
        device: context.device(),
    };
    let perform = |performer: Performer, check: fn(&Examination<'_>) -> Finding| {
        if performer == Agent && !may_look {
            return Finding::Skipped("only root can examine this");
        }
        check(&examination)
    };
    let findings: Vec<(&str, Finding)> =
        CHECKS.iter().map(|(name, performer, check)| (*name, perform(*performer, *check))).collect();
    let lines: Vec<Line<'_>> = findings
        .iter()
        .map(|(check, finding)| Line { check, result: finding.mark(), detail: finding.text() })
        .collect();
    match args.format {
        Format::Json => context.print_json(&lines)?,
        Format::Text => {
            let mut text = String::new();
            for line in &lines {
                // Writing to a String cannot fail.
                let _ = writeln!(text, "{:<9} {:<18} {}", line.result, line.check, line.detail);
            }
            context.print(&text)?;
        }
    }
    let failed = |wanted: fn(&Finding) -> bool| findings.iter().find(|(_, finding)| wanted(finding));
    if let Some((check, _)) = failed(|finding| matches!(finding, Finding::Tampered(_))) {
        return Err(Failure::new(Exit::Tampered, anyhow::anyhow!("the check `{check}` found tampering")));
    }
    if let Some((check, _)) = failed(|finding| matches!(finding, Finding::Bad(_))) {
        return Err(Failure::new(Exit::Failed, anyhow::anyhow!("the check `{check}` failed")));
    }
    Ok(())
}
