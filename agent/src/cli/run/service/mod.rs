//! `candor run` as a service: starts a step when one is due, and sleeps.

use super::step::{Hindrance, Rhythm, ServiceStep, StepEnd};
use crate::cli::online::block_on;
use crate::cli::{Context, Failure};
use crate::lock::AgentLock;
use crate::{platform, schedule};
use anyhow::Context as _;
use candor_uplink::Backoff;
use clap::ValueEnum as _;
use collector_proto::time::UtcTime;
use ring::rand::{SecureRandom, SystemRandom};
use std::ffi::OsString;
use std::path::PathBuf;
use std::pin::Pin;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

/// Longest sleep before the clock is looked at again: what a sleep is measured by stands still while the machine is
/// suspended, and a laptop that sleeps at night would report ever later.
const LONGEST_SLEEP: Duration = Duration::from_mins(15);

/// Longest answer of a step. It is all that this process takes of one, which may have been taken over: a longer one is cut
/// off and then not understood.
const MAX_ANSWER_BYTES: u64 = 64 * 1024;

/// Steps until the process is told to stop or something is wrong that time does not heal.
pub(super) fn run(context: &Context) -> Result<(), Failure> {
    let _agent = AgentLock::take(&context.paths)?;
    let program = std::env::current_exe().context("this program cannot find itself")?;
    let arguments = std::env::args_os().skip(1).collect();
    block_on(serve(&Steps { program, arguments }, context))?
}

async fn serve(steps: &Steps, context: &Context) -> Result<(), Failure> {
    let random = SystemRandom::new();
    let mut backoff = Backoff::new();
    let mut due = Due { retry: Some((ServiceStep::Resend, Duration::ZERO)), report: None };
    let mut told = std::pin::pin!(platform::stop_requested());
    loop {
        let step = loop {
            let (step, wait) = due.first(context.now());
            if wait.is_zero() {
                break step;
            }
            let wait = wait.min(LONGEST_SLEEP);
            tokio::select! {
                biased;
                stopped = &mut told => return stopped_by(stopped),
                () = tokio::time::sleep(wait) => due.slept(wait),
            }
        };
        let end = match steps.take(step, told.as_mut()).await {
            Taken::Ended(end) => end,
            Taken::Stopped(stopped) => return stopped_by(stopped),
        };
        if let StepEnd::Failed(hindrance @ Hindrance { next: None, .. }) = end {
            return Err(Failure::new(hindrance.exit, anyhow::anyhow!(hindrance.message)));
        }
        due = Due::after(end, &mut backoff, &random);
    }
}

/// What is done next, and when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Due {
    /// Another attempt, when so much time has passed.
    retry: Option<(ServiceStep, Duration)>,
    /// The next report, at the instant that the rhythm gives. Without any of both a report is made at once.
    report: Option<(UtcTime, Rhythm)>,
}

impl Due {
    fn after(end: StepEnd, backoff: &mut Backoff, random: &dyn SecureRandom) -> Self {
        let at = |rhythm: Rhythm| (schedule::next_report(rhythm.made, rhythm.every, random), rhythm);
        match end {
            StepEnd::Done { rhythm } => {
                backoff.reset();
                Self { retry: None, report: rhythm.map(at) }
            }
            // At once: in full, where a collector that refuses that as well is not asked faster for it; and with the
            // notice written first, where the next step fails if it cannot be.
            StepEnd::Remake | StepEnd::ToBeShown => Self::default(),
            StepEnd::Failed(hindrance) => {
                let wait = backoff.next(random, hindrance.retry_after);
                tracing::warn!(wait_seconds = wait.as_secs(), "{}", hindrance.message);
                let retry = hindrance.next.map(|next| (next, wait));
                Self { retry, report: hindrance.rhythm.map(at) }
            }
        }
    }

    /// What is done first, and how long until then. What cannot be sent does not keep reports from being made.
    fn first(self, now: UtcTime) -> (ServiceStep, Duration) {
        let until = self.report.map(|(due, rhythm)| schedule::seconds_until(due, now, rhythm.every));
        let report = until.map(|seconds| (ServiceStep::Report, Duration::from_secs(seconds)));
        let first = [self.retry, report].into_iter().flatten().min_by_key(|(_, wait)| *wait);
        first.unwrap_or((ServiceStep::Report, Duration::ZERO))
    }

    fn slept(&mut self, slept: Duration) {
        if let Some((_, wait)) = &mut self.retry {
            *wait = wait.saturating_sub(slept);
        }
    }
}

/// How a step is started: this program again, as it was called.
struct Steps {
    program: PathBuf,
    arguments: Vec<OsString>,
}

enum Taken {
    Ended(StepEnd),
    /// The service was told to stop, and the step was.
    Stopped(std::io::Result<()>),
}

impl Steps {
    async fn take(
        &self,
        step: ServiceStep,
        told: Pin<&mut impl Future<Output = std::io::Result<()>>>,
    ) -> Taken {
        match self.converse(step, told).await {
            Ok(taken) => taken,
            // A step that was killed, or that there was no memory for, may fare better later.
            Err(error) => Taken::Ended(StepEnd::Failed(Hindrance::new(&error.into(), Some(step)))),
        }
    }

    async fn converse(
        &self,
        step: ServiceStep,
        told: Pin<&mut impl Future<Output = std::io::Result<()>>>,
    ) -> anyhow::Result<Taken> {
        let name = step.to_possible_value().context("the step has no name")?;
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .args(["--step", name.get_name()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started", self.program.display()))?;
        // Open until here: the step ends when it is closed.
        let _alive = child.stdin.take();
        let output = child.stdout.take().context("the step has no output")?;
        let mut output = output.take(MAX_ANSWER_BYTES);
        let mut answer = Vec::new();
        tokio::select! {
            biased;
            stopped = told => {
                // Waited for, so that the next agent finds the state free.
                child.kill().await.context("the step cannot be stopped")?;
                return Ok(Taken::Stopped(stopped));
            }
            read = output.read_to_end(&mut answer) => read.context("the step's answer cannot be read")?,
        };
        let status = child.wait().await.context("the end of the step cannot be awaited")?;
        let end = serde_json::from_slice(&answer)
            .with_context(|| format!("the step ended with {status} and without an answer"))?;
        Ok(Taken::Ended(end))
    }
}

fn stopped_by(stopped: std::io::Result<()>) -> Result<(), Failure> {
    tracing::info!("told to stop");
    stopped.map_err(|error| anyhow::Error::new(error).context("signals cannot be received").into())
}

#[cfg(test)]
mod tests;
