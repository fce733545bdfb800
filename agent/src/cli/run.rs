//! `candor run`: the agent. One cycle, or cycle after cycle until it is told to stop.

use super::online::{self, Link, Way, block_on};
use super::{Context, Exit, Failure, Format};
use crate::identity::Enrolment;
use crate::lock::StateLock;
use crate::pipeline::{Outcome, Pipeline};
use crate::{platform, schedule};
use candor_uplink::{Backoff, UplinkError};
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
    let way = online::way(context, &enrolment.collector);
    if args.once {
        block_on(once(&mut pipeline, way, args.format, context))?
    } else {
        block_on(serve(&mut pipeline, &way, context))?
    }
}

async fn once(
    pipeline: &mut Pipeline<'_>,
    way: Way,
    format: Format,
    context: &Context,
) -> Result<(), Failure> {
    let cycle = pipeline.cycle(&Link::new(way), context.now(), &SystemRandom::new()).await;
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
async fn serve(pipeline: &mut Pipeline<'_>, way: &Way, context: &Context) -> Result<(), Failure> {
    let random = SystemRandom::new();
    let mut backoff = Backoff::new();
    let mut due = Due::after(pipeline.rhythm(context.now())?, &random);
    let mut stop = std::pin::pin!(platform::stop_requested());
    loop {
        let wait = due.wait(context.now());
        tokio::select! {
            biased;
            stopped = &mut stop => return stopped_by(stopped),
            () = tokio::time::sleep(wait) => {}
        }
        let now = context.now();
        // Belongs to this cycle: idle, the agent holds no connection and no memory for one.
        let link = Link::new(way.clone());
        let work = async {
            match due {
                Due::Retry { report: false, .. } => pipeline.resend(&link, now, &random).await,
                Due::Report(_) | Due::Retry { .. } => {
                    pipeline.cycle(&link, now, &random).await.map(|(outcome, _)| outcome)
                }
            }
        };
        let done = tokio::select! {
            biased;
            stopped = &mut stop => return stopped_by(stopped),
            done = work => done,
        };
        due = match done {
            // At once, in full; a collector that refuses that as well is not asked faster for it.
            Ok(outcome) if outcome.remake => Due::Report(None),
            Ok(_) => {
                backoff.reset();
                Due::after(pipeline.rhythm(now)?, &random)
            }
            Err((_, error)) if !error.heals() => return Err(error.into()),
            Err((outcome, error)) => {
                let wait = backoff.next(&random, error.uplink().and_then(UplinkError::retry_after));
                let failure = Failure::from(error);
                tracing::warn!(wait_seconds = wait.as_secs(), "{:#}", failure.error);
                due.retry(wait, &outcome)
            }
        };
    }
}

/// What is done next, and when.
#[derive(Debug, Clone, Copy)]
enum Due {
    /// A report, at an instant that the rhythm gives; at once where there is none yet.
    Report(Option<(UtcTime, Span)>),
    /// Another attempt after a failure.
    Retry {
        /// How long to wait for it.
        wait: Duration,
        /// Whether a report has to be made; otherwise one is only sent.
        report: bool,
    },
}

impl Due {
    fn after(rhythm: Option<(UtcTime, Span)>, random: &SystemRandom) -> Self {
        Self::Report(rhythm.map(|(made, every)| (schedule::next_report(made, every, random), every)))
    }

    fn retry(self, wait: Duration, outcome: &Outcome) -> Self {
        let owed = match self {
            Self::Report(_) => true,
            Self::Retry { report, .. } => report,
        };
        Self::Retry { wait, report: outcome.remake || (owed && outcome.recorded.is_none()) }
    }

    fn wait(self, now: UtcTime) -> Duration {
        match self {
            Self::Report(None) => Duration::ZERO,
            Self::Report(Some((due, every))) => Duration::from_secs(schedule::seconds_until(due, now, every)),
            Self::Retry { wait, .. } => wait,
        }
    }
}

fn stopped_by(stopped: std::io::Result<()>) -> Result<(), Failure> {
    tracing::info!("told to stop");
    stopped.map_err(|error| anyhow::Error::new(error).context("signals cannot be received").into())
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
