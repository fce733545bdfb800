//! `policy`: from an author's file to what devices accept.

mod check;
mod diff;
mod explain;
mod new;
mod publish;
mod show;
mod sign;
mod source;
mod verify;

use crate::cli::output::Output;
use std::process::ExitCode;

/// Verbs of `policy`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Write a starter policy
    New(new::Args),
    /// Check policy files and report every mistake at once
    Check(check::Args),
    /// Say what a policy means, field by field
    Explain(explain::Args),
    /// Compare two policies, the changes that widen first
    Diff(diff::Args),
    /// Compile an author's file and sign it, or add a signature to a signed policy
    Sign(sign::Args),
    /// Verify the signatures, dates and content of a signed policy
    Verify(verify::Args),
    /// Give a signed policy to the devices of its group
    Publish(publish::Args),
    /// Show published policies
    Show(show::Args),
}

pub(super) async fn run(command: &Command, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    match command {
        Command::New(args) => new::run(args, out),
        Command::Check(args) => check::run(args, out),
        Command::Explain(args) => explain::run(args, out),
        Command::Diff(args) => diff::run(args, out),
        Command::Sign(args) => sign::run(args, out).await,
        Command::Verify(args) => verify::run(args, out).await,
        Command::Publish(args) => publish::run(args, out).await,
        Command::Show(args) => show::run(args, out).await,
    }
}
