//! `report`: stored reports.

mod list;
mod show;
mod verify;

use crate::cli::output::Output;
use std::process::ExitCode;

/// Verbs of `report`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List reports, newest first
    List(list::Args),
    /// Show one report with its receipt
    Show(show::Args),
    /// Verify every stored report, receipt and row again
    Verify(verify::Args),
}

pub(super) async fn run(command: &Command, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    match command {
        Command::List(args) => list::run(args, out).await,
        Command::Show(args) => show::run(args, out).await,
        Command::Verify(args) => verify::run(args, out).await,
    }
}
