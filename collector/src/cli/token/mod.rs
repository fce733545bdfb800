//! `token`: one-time enrolment tokens.

mod list;
mod new;
mod revoke;

use crate::cli::Listing;
use crate::cli::output::Output;
use std::process::ExitCode;

/// Verbs of `token`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make a token; it is shown once and stored as a digest only
    New(new::Args),
    /// List tokens by digest
    #[command(after_help = "Example:\n  candor-collector token list --data /srv/candor --format json")]
    List(Listing),
    /// Take unused tokens back
    Revoke(revoke::Args),
}

pub(super) async fn run(command: &Command, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    match command {
        Command::New(args) => new::run(args, out).await,
        Command::List(args) => list::run(args, out).await,
        Command::Revoke(args) => revoke::run(args, out).await,
    }
}

pub(super) use new::GroupAndLife;
