//! `root`: which keys devices believe, who holds them, and where the collector is reached.

mod new_version;
mod publish;
mod show;
mod sign;

use crate::cli::output::Output;
use std::process::ExitCode;

/// Verbs of `root`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Show the root in force: holders, keys, thresholds, addresses, and how long it lives
    Show(show::Args),
    /// Write the next root to a file to be edited, with another year to live
    NewVersion(new_version::Args),
    /// Sign a root with one holder's key, or add a signature to a signed one
    Sign(sign::Args),
    /// Give a signed root to devices
    Publish(publish::Args),
}

pub(super) async fn run(command: &Command, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    match command {
        Command::Show(args) => show::run(args, out).await,
        Command::NewVersion(args) => new_version::run(args, out).await,
        Command::Sign(args) => sign::run(args, out).await,
        Command::Publish(args) => publish::run(args, out).await,
    }
}
