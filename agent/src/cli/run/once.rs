//! `candor run --once`: one cycle in this process, and what came of it.

use crate::cli::online::{self, LazyUplink, block_on};
use crate::cli::{Context, Exit, Failure, Format, confinement, everybody};
use crate::lock::StateLock;
use crate::pipeline::{CycleError, CycleOutcome, Pipeline, QUESTIONS};
use collector_proto::messages::{ProblemKind, Receipt};
use collector_proto::time::UtcTime;
use ring::rand::SystemRandom;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;

/// One cycle over the tree under `root`, or over this machine.
pub(super) fn run(root: Option<PathBuf>, format: Format, context: &Context) -> Result<(), Failure> {
    context.enrolment()?;
    let lock = StateLock::take(&context.paths)?;
    let shown = super::shown::show(root.clone(), context);
    let reader = context.reader(root).by_hand();
    let enrolment = context.enrolment_for_cycle(&reader)?;
    reader.prepare(QUESTIONS);
    let way = online::way(context, &enrolment.collector);
    let confined = confinement::enter(context, &way, &reader);
    let mut pipeline = Pipeline::open(&context.paths, reader, &lock, confined)?;
    let link = LazyUplink::new(way);
    let cycle = block_on(pipeline.cycle(&link, &|| context.now(), &SystemRandom::new()))?;
    let (outcome, failed) = match cycle {
        Ok(outcome) => (outcome, None),
        Err((outcome, error)) => (outcome, Some(error)),
    };
    report(&outcome, &pipeline, format, context)?;
    match failed {
        Some(error) if super::shown::is_to_be_shown(&error, shown, context) => {
            Err(to_be_shown(&error, context))
        }
        Some(error) => Err(error.into()),
        None => rejected(&outcome).and_then(|()| quiet(&outcome)),
    }
}

fn quiet(outcome: &CycleOutcome) -> Result<(), Failure> {
    let Some(until) = outcome.quiet_until else { return Ok(()) };
    Err(Failure::new(
        Exit::Refused,
        anyhow::anyhow!(
            "the quiet hours of this device's ceiling last until {until}: nothing is read for a report and nothing is sent before; \
             what is recorded is kept. See it: candor ceiling show"
        ),
    ))
}

/// A process that was confined for its cycle cannot write the notice any more.
fn to_be_shown(error: &CycleError, context: &Context) -> Failure {
    let page = context.paths.notice().join(everybody::PAGE);
    Failure::new(
        Exit::Refused,
        anyhow::anyhow!(
            "{error}. It came with this run. Run `candor run --once` again: that writes the notice to {} first, and then makes \
             the report",
            page.display()
        ),
    )
}

fn rejected(outcome: &CycleOutcome) -> Result<(), Failure> {
    let Some((entry, kind)) = outcome.rejected.first() else { return Ok(()) };
    let title = kind.map_or("for a reason unknown to this version", ProblemKind::title);
    Err(Failure::new(
        Exit::Failed,
        anyhow::anyhow!(
            "the collector refused report {entry} for good: {title}; `candor sent show {entry}` shows both"
        ),
    ))
}

#[derive(Serialize)]
struct WrittenOutcome {
    not_due: Option<UtcTime>,
    quiet_until: Option<UtcTime>,
    recorded: Option<u64>,
    receipted: Vec<WrittenReceipt>,
    rejected: Vec<u64>,
    withheld: Vec<u64>,
    pending: Vec<u64>,
}

#[derive(Serialize)]
struct WrittenReceipt {
    entry: u64,
    json_bytes: usize,
    wire_bytes: usize,
    received_at: Option<UtcTime>,
    stored_until: Option<UtcTime>,
}

fn report(
    outcome: &CycleOutcome,
    pipeline: &Pipeline<'_>,
    format: Format,
    context: &Context,
) -> Result<(), Failure> {
    let mut receipted = Vec::new();
    for (entry, wire_bytes) in &outcome.receipted {
        let (recorded, receipt) = pipeline.receipted(*entry)?;
        let parts = pipeline.ledger().parts(&recorded).map_err(CycleError::from)?;
        receipted.push(WrittenReceipt {
            entry: *entry,
            json_bytes: recorded.report().body().len() + parts.values().map(Vec::len).sum::<usize>(),
            wire_bytes: *wire_bytes,
            received_at: receipt.as_ref().map(|receipt| receipt.received_at),
            stored_until: receipt.as_ref().and_then(Receipt::last_value_until),
        });
    }
    let written = WrittenOutcome {
        not_due: outcome.not_due,
        quiet_until: outcome.quiet_until,
        recorded: outcome.recorded,
        receipted,
        rejected: outcome.rejected.iter().map(|(entry, _)| *entry).collect(),
        withheld: outcome.withheld.clone(),
        pending: pipeline.ledger().pending().collect(),
    };
    if format == Format::Json {
        return context.print_json(&written);
    }
    // Writing to a String cannot fail.
    let mut text = String::new();
    if let Some(next) = written.not_due {
        let _ = writeln!(text, "Nothing was read: the policy asks for reports less often; from {next} on.");
    }
    for receipt in &written.receipted {
        let _ = writeln!(
            text,
            "Report {} was sent and receipted: {} bytes, {} on the wire{}.",
            receipt.entry,
            receipt.json_bytes,
            receipt.wire_bytes,
            receipt
                .stored_until
                .map(|until| format!(", kept by the collector until {}", until.date()))
                .unwrap_or_default(),
        );
    }
    for entry in &written.withheld {
        let _ =
            writeln!(text, "Report {entry} is kept and not sent: what is in force now does not permit it.");
    }
    if let Some(entry) = outcome.recorded {
        let _ = writeln!(text, "See it: candor sent show {entry}");
    }
    context.print(&text)
}
