//! `report`: stored reports.

mod list;
mod show;
mod verify;

use std::io::Write;
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

pub(super) fn run(command: &Command, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    match command {
        Command::List(args) => list::run(args, out),
        Command::Show(args) => show::run(args, out),
        Command::Verify(args) => verify::run(args, out),
    }
}
