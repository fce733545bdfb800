//! `candor ledger-service`: what the system's manager starts behind the ledger's socket. Nobody else has a use for it.

use super::{Context, Failure};
use crate::sent::{self, Ended};
use anyhow::Context as _;
use std::time::Duration;

/// Arguments of `candor ledger-service`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor ledger-service                          as a service, with a listening socket as standard input
  candor ledger-service --idle 1")]
pub struct LedgerServiceArgs {
    /// End when nobody asks for so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    idle: u64,
}

/// Answers the reader's questions about this user's ledger.
pub fn run(args: &LedgerServiceArgs, context: &Context) -> Result<(), Failure> {
    let ended = sent::serve(&context.paths, Duration::from_secs(args.idle))
        .context("the ledger is not served; standard input has to be a local socket that listens")?;
    match ended {
        Ended::Idle => tracing::debug!("nobody asked"),
        Ended::NotEnrolled => tracing::info!("this device is not enrolled"),
    }
    Ok(())
}
