//! `device`: enrolled devices.

mod list;
mod revoke;
mod show;

use crate::cli::Listing;
use crate::cli::output::Output;
use std::process::ExitCode;

/// Verbs of `device`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List devices
    #[command(after_help = "Example:\n  candor-collector device list --data /srv/candor --format json")]
    List(Listing),
    /// Show one device and the rows that its last report left
    Show(show::Args),
    /// Take no further report of a device
    Revoke(revoke::Args),
}

pub(super) async fn run(command: &Command, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    match command {
        Command::List(args) => list::run(args, out).await,
        Command::Show(args) => show::run(args, out).await,
        Command::Revoke(args) => revoke::run(args, out).await,
    }
}
