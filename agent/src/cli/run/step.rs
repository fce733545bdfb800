//! One step of a service, in a process of its own: what it needed is gone with it, and the service sleeps small.
//!
//! The step answers the service with one [`StepEnd`] as JSON on standard output. Its standard input is open for as long
//! as the service lives; a step whose service is gone ends where it stands, as after a loss of power.

use crate::cli::online::{self, LazyUplink, block_on};
use crate::cli::{Context, Exit, Failure, confinement};
use crate::identity;
use crate::ledger::Ledger;
use crate::lock::StateLock;
use crate::pipeline::{CycleError, Pipeline, QUESTIONS, QUESTIONS_TO_RESEND};
use candor_uplink::UplinkError;
use collector_proto::time::{Span, UtcTime};
use ring::rand::SystemRandom;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a service has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ServiceStep {
    /// Make a report and send all that is kept.
    Report,
    /// Send what is kept, if anything is.
    Resend,
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub(super) enum StepEnd {
    /// Everything is delivered.
    Done {
        /// What the next report is counted from; without it one is due at once.
        rhythm: Option<Rhythm>,
    },
    /// Everything was sent, and the collector asks for the newest report to be made again.
    Remake,
    /// The policy came with this step, and its notice has to be shown before anything is collected under it: the next report begins
    /// with that.
    ToBeShown,
    /// Something hindered it.
    Failed(Hindrance),
}

/// The newest report and the interval that the policy asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rhythm {
    /// When the newest report was made.
    pub(super) made: UtcTime,
    /// How often one is asked for.
    pub(super) every: Span,
}

/// What hindered a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hindrance {
    /// For people.
    pub(super) message: String,
    /// Exit status of the service, if it ends for this.
    pub(super) exit: Exit,
    /// What is tried next, if time may heal it; else the service ends.
    pub(super) next: Option<ServiceStep>,
    /// How long the collector asks to be left alone.
    pub(super) retry_after: Option<Duration>,
    /// What the next report is counted from, where what is tried next makes none.
    pub(super) rhythm: Option<Rhythm>,
}

/// Takes the step and answers the service.
pub(super) fn run(step: ServiceStep, context: &Context) -> Result<(), Failure> {
    let end = taken(step, context).unwrap_or_else(StepEnd::Failed);
    let answer = serde_json::to_string(&end).map_err(anyhow::Error::from)?;
    context.print(&answer)
}

/// Every step can be cut short: what it writes is complete or not there.
fn end_with_the_service() {
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(1)
    });
}

fn taken(step: ServiceStep, context: &Context) -> Result<StepEnd, Hindrance> {
    // A step that was left behind by a killed service may hold the lock for a moment.
    let lock = StateLock::take_for_service(&context.paths)
        .map_err(|error| Hindrance::new(&error.into(), Some(step)))?;
    let hindered = |error: CycleError| Hindrance::cycle(error, step);
    let shown = if step == ServiceStep::Report { super::shown::show(None, context) } else { None };
    let reader = context.reader(None);
    let enrolment = context.enrolment_for_cycle(&reader).map_err(|error| hindered(error.into()))?;
    reader.prepare(match step {
        ServiceStep::Report => QUESTIONS,
        ServiceStep::Resend => QUESTIONS_TO_RESEND * usize::from(anything_waits(context).map_err(hindered)?),
    });
    let way = online::way(context, &enrolment.collector);
    let confined = confinement::enter(context, &way, &reader);
    // From here on: a thread that was there before would not be confined.
    end_with_the_service();
    let mut pipeline = Pipeline::open(&context.paths, reader, &lock, confined).map_err(hindered)?;
    let link = LazyUplink::new(way);
    let (clock, random) = (|| context.now(), SystemRandom::new());
    let work = async {
        match step {
            ServiceStep::Report => pipeline.cycle(&link, &clock, &random).await,
            ServiceStep::Resend => pipeline.resend(&link, &clock, &random).await,
        }
    };
    let done = block_on(work).map_err(|failure| Hindrance::new(&failure, Some(step)))?;
    let not_due = match &done {
        Ok(outcome) | Err((outcome, _)) => outcome.quiet_until.or(outcome.not_due),
    };
    let rhythm = rhythm(&mut pipeline, not_due, clock());
    match done {
        Err((_, error)) if super::shown::is_to_be_shown(&error, shown, context) => Ok(StepEnd::ToBeShown),
        Ok(outcome) if outcome.remake => Ok(StepEnd::Remake),
        Ok(_) => Ok(StepEnd::Done { rhythm: rhythm.map_err(hindered)? }),
        Err((outcome, error))
            if outcome.remake
                || (step == ServiceStep::Report && outcome.recorded.is_none() && not_due.is_none()) =>
        {
            Err(Hindrance::cycle(error, ServiceStep::Report))
        }
        Err((_, error)) => {
            // What hindered the step is told rather than what the ledger says on top of it.
            let rhythm = rhythm.unwrap_or_default();
            Err(Hindrance { rhythm, ..Hindrance::cycle(error, ServiceStep::Resend) })
        }
    }
}

/// What the next report is counted from: the newest report, or, where the reader does not read yet, so that the interval ends
/// when it does.
fn rhythm(
    pipeline: &mut Pipeline<'_>,
    not_due: Option<UtcTime>,
    now: UtcTime,
) -> Result<Option<Rhythm>, CycleError> {
    if let Some(next) = not_due {
        let every = pipeline.interval(now)?;
        let before = i64::try_from(every.seconds()).unwrap_or(i64::MAX);
        let made = UtcTime::from_unix(next.unix().saturating_sub(before));
        return Ok(Some(Rhythm { made, every }));
    }
    Ok(pipeline.rhythm(now)?.map(|(made, every)| Rhythm { made, every }))
}

/// Whether a report is kept that has still to be sent. Only then is the reader asked about it.
fn anything_waits(context: &Context) -> Result<bool, CycleError> {
    let key = identity::load_key(&context.paths)?;
    Ok(Ledger::view(&context.paths.ledger(), key.public())?.pending().next().is_some())
}

impl Hindrance {
    /// A failure, and what is tried next if time may heal it.
    pub(super) fn new(failure: &Failure, next: Option<ServiceStep>) -> Self {
        let message = format!("{:#}", failure.error);
        Self { message, exit: failure.exit, next, retry_after: None, rhythm: None }
    }

    fn cycle(error: CycleError, next: ServiceStep) -> Self {
        let retry_after = error.uplink().and_then(UplinkError::retry_after);
        let next = error.heals().then_some(next);
        Self { retry_after, ..Self::new(&error.into(), next) }
    }
}
