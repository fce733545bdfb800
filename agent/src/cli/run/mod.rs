//! `candor run`: the agent. One cycle, or cycle after cycle until it is told to stop.

mod once;
mod service;
mod shown;
mod step;

use self::step::ServiceStep;
use super::{Context, Failure, Format, owner};
use std::path::PathBuf;

/// Arguments of `candor run`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor run                        as a service: reports as often as the policy says
  candor run --once                 one report, then the end
  RUST_LOG=debug candor run --once  with what it does on standard error; collected values are never logged

As a service it tries again what time may heal, and ends for anything else or when it is told to (SIGTERM, SIGINT): with 0.

Where the reader is another user, it reads for a report no more often than the policy says, also for --once: then what waits is
sent, and it is told from when on there is more.

Exit status of --once: 0 delivered, or not due yet; 3 nothing may be collected, nothing was read; 4 the ledger or an answer was tampered
with; 5 the collector cannot be reached, the report is kept and sent by the next run.")]
pub struct RunArgs {
    /// Make and deliver one report, then end
    #[arg(long)]
    once: bool,
    /// Read the system tree under DIR instead of this machine's
    #[arg(long, value_name = "DIR", requires = "once", hide = true)]
    root: Option<PathBuf>,
    /// Take one step for the service that started this process, and answer it on standard output
    #[arg(long, value_enum, conflicts_with = "once", hide = true)]
    step: Option<ServiceStep>,
    /// How the outcome of --once is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the agent.
pub fn run(args: &RunArgs, context: &Context) -> Result<(), Failure> {
    // A step is started by the service, which is the owner already.
    if args.step.is_none() {
        owner::start_over(context)?;
    }
    match args.step {
        Some(step) => step::run(step, context),
        None if args.once => once::run(args.root.clone(), args.format, context),
        None => service::run(context),
    }
}
