//! `candor run`: the agent. One cycle, or cycle after cycle until it is told to stop.

use super::online::{self, Link, block_on};
use super::{Context, Exit, Failure, Format};
use crate::identity::Enrolment;
use crate::lock::StateLock;
use crate::pipeline::{CycleError, Outcome, Pipeline};
use crate::{platform, schedule};
use candor_uplink::{Backoff, Endpoint};
use collector_proto::messages::ProblemKind;
use collector_proto::time::{Span, UtcTime};
use ring::rand::SystemRandom;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

/// Arguments of `candor run`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor run                        as a service: reports as often as the policy says
  candor run --once                 one report, then the end
  RUST_LOG=debug candor run --once  with what it does on standard error; collected values are never logged

Exit status of --once: 0 delivered; 3 nothing may be collected, nothing was read; 4 the ledger or an answer was tampered
with; 5 the collector cannot be reached, the report is kept and sent by the next run.")]
pub struct RunArgs {
    /// Make and deliver one report, then end
    #[arg(long)]
    once: bool,
    /// Read the system tree under DIR instead of this machine's
    #[arg(long, value_name = "DIR", requires = "once", hide = true)]
    root: Option<PathBuf>,
    /// How the outcome of --once is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the agent.
pub fn run(args: &RunArgs, context: &Context) -> Result<(), Failure> {
    let enrolment = Enrolment::load(&context.paths)?;
    let lock = StateLock::take(&context.paths)?;
    let mut pipeline =
        Pipeline::open(&context.paths, context.reader(args.root.clone()), &lock).map_err(Failure::from)?;
    let endpoint = online::endpoint(context, &enrolment.collector);
    if args.once {
        block_on(once(&mut pipeline, endpoint, args.format, context))?
    } else {
        block_on(serve(&mut pipeline, &endpoint, context))?
    }
}

async fn once(
    pipeline: &mut Pipeline<'_>,
    endpoint: Endpoint,
    format: Format,
    context: &Context,
) -> Result<(), Failure> {
    let cycle = pipeline.cycle(&Link::new(endpoint), context.now(), &SystemRandom::new()).await;
    let (outcome, failed) = match cycle {
        Ok((outcome, _)) => (outcome, None),
        Err((outcome, error)) => (outcome, Some(error)),
    };
    report(&outcome, pipeline, format, context)?;
    match failed {
        Some(error) => Err(error.into()),
        None => rejected(&outcome),
    }
}

/// Cycles until the process is told to stop or something is wrong that time does not heal.
async fn serve(pipeline: &mut Pipeline<'_>, endpoint: &Endpoint, context: &Context) -> Result<(), Failure> {
    let random = SystemRandom::new();
    let mut backoff = Backoff::new();
    let mut rhythm = Rhythm::default();
    let mut stop = std::pin::pin!(platform::stop_requested());
    loop {
        let now = context.now();
        let work = async {
            let link = Link::new(endpoint.clone());
            if rhythm.is_due(now) {
                let cycle = pipeline.cycle(&link, now, &random).await;
                cycle.map(|(outcome, disclosed)| (outcome, Some(disclosed.policy().document().report_every)))
            } else {
                pipeline.resend(&link, now).await.map(|outcome| (outcome, None))
            }
        };
        let done = tokio::select! {
            biased;
            stopped = &mut stop => return stopped_by(stopped),
            done = work => done,
        };
        let wait = match done {
            Ok((outcome, every)) => {
                backoff.reset();
                note(&outcome);
                rhythm.reported(now, every, &random);
                rhythm.wait(context.now())
            }
            Err((outcome, error)) => {
                note(&outcome);
                if !heals(&error) {
                    return Err(error.into());
                }
                if outcome.recorded.is_some() {
                    rhythm.reported(now, pipeline.report_every(), &random);
                }
                let wait = backoff.next(&random, retry_after(&error));
                let failure = Failure::from(error);
                tracing::warn!(wait_seconds = wait.as_secs(), "{:#}", failure.error);
                wait
            }
        };
        tokio::select! {
            biased;
            stopped = &mut stop => return stopped_by(stopped),
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// When reports are due.
#[derive(Debug, Default)]
struct Rhythm {
    due: Option<(UtcTime, Span)>,
}

impl Rhythm {
    fn is_due(&self, now: UtcTime) -> bool {
        self.due.is_none_or(|(due, every)| schedule::seconds_until(due, now, every) == 0)
    }

    fn reported(&mut self, at: UtcTime, every: Option<Span>, random: &SystemRandom) {
        if let Some(every) = every {
            self.due = Some((schedule::next_report(at, every, random), every));
        }
    }

    fn wait(&self, now: UtcTime) -> Duration {
        Duration::from_secs(self.due.map_or(0, |(due, every)| schedule::seconds_until(due, now, every)))
    }
}

/// Whether the error can pass while the agent keeps running.
fn heals(error: &CycleError) -> bool {
    match error {
        CycleError::Reader(error) => !error.is_violation(),
        CycleError::Unreachable(_) | CycleError::Documents(_) | CycleError::Ship(_) | CycleError::File(_) => {
            !is_revoked(error)
        }
        CycleError::Ledger(error) => !error.is_tampering(),
        CycleError::Identity(_) => false,
    }
}

fn is_revoked(error: &CycleError) -> bool {
    uplink_error(error).and_then(candor_uplink::UplinkError::problem_kind) == Some(ProblemKind::Revoked)
}

fn retry_after(error: &CycleError) -> Option<Duration> {
    uplink_error(error).and_then(candor_uplink::UplinkError::retry_after)
}

fn uplink_error(error: &CycleError) -> Option<&candor_uplink::UplinkError> {
    use crate::ship::ShipError;
    match error {
        CycleError::Unreachable(error) | CycleError::Documents(error) => Some(error),
        CycleError::Ship(ShipError::Later { source, .. } | ShipError::Stopped { source, .. }) => Some(source),
        _ => None,
    }
}

fn stopped_by(stopped: std::io::Result<()>) -> Result<(), Failure> {
    tracing::info!("told to stop");
    stopped.map_err(|error| anyhow::Error::new(error).context("signals cannot be received").into())
}

fn note(outcome: &Outcome) {
    for (entry, kind) in &outcome.rejected {
        tracing::error!(entry, kind = kind.map(ProblemKind::name), "the collector refused a report for good");
    }
}

fn rejected(outcome: &Outcome) -> Result<(), Failure> {
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
    recorded: Option<u64>,
    receipted: Vec<WrittenReceipt>,
    rejected: Vec<u64>,
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
    outcome: &Outcome,
    pipeline: &Pipeline<'_>,
    format: Format,
    context: &Context,
) -> Result<(), Failure> {
    let mut receipted = Vec::new();
    for (entry, wire_bytes) in &outcome.receipted {
        let (recorded, receipt) = pipeline.receipted(*entry)?;
        receipted.push(WrittenReceipt {
            entry: *entry,
            json_bytes: recorded.report().body().len(),
            wire_bytes: *wire_bytes,
            received_at: receipt.as_ref().map(|receipt| receipt.received_at),
            stored_until: receipt.as_ref().map(|receipt| receipt.stored_until),
        });
    }
    let written = WrittenOutcome {
        recorded: outcome.recorded,
        receipted,
        rejected: outcome.rejected.iter().map(|(entry, _)| *entry).collect(),
        pending: pipeline.ledger().pending().collect(),
    };
    if format == Format::Json {
        return context.print_json(&written);
    }
    let mut text = String::new();
    for receipt in &written.receipted {
        // Writing to a String cannot fail.
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
    if let Some(entry) = outcome.recorded {
        let _ = writeln!(text, "See it: candor sent show {entry}");
    }
    context.print(&text)
}
