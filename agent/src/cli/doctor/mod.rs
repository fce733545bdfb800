//! `candor doctor`: examines everything a report depends on, in one file per check. Changes nothing and sends no report.

mod clock;
mod collector;
mod enrolment;
mod key;
mod ledger;
mod ledger_socket;
mod page;
mod policy;
mod reader;
mod sandbox;
mod socket;
mod space;
mod state;

use super::{Context, Exit, Failure, Format, owner};
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
    enrolment: Option<Enrolment>,
    documents: HeldDocuments,
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

/// A check: its name and the function that performs it.
type Check = (&'static str, fn(&Examination<'_>) -> Finding);

/// Every check, in the order in which one depends on another.
const CHECKS: &[Check] = &[
    ("state directory", state::check),
    ("disk space", space::check),
    ("enrolment", enrolment::check),
    ("device key", key::check),
    ("socket", socket::check),
    ("reader", reader::check),
    ("clock", clock::check),
    ("policy", policy::check),
    ("agent's sandbox", sandbox::check),
    ("page for everybody", page::check),
    ("ledger", ledger::check),
    ("ledger's socket", ledger_socket::check),
    ("collector", collector::check),
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
    let examination = Examination {
        context,
        offline: args.offline,
        enrolment: Enrolment::find(&context.paths).unwrap_or_default(),
        documents: context.documents().unwrap_or_default(),
    };
    let findings: Vec<(&str, Finding)> =
        CHECKS.iter().map(|(name, check)| (*name, check(&examination))).collect();
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
