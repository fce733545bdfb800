//! `token`: one-time enrolment tokens.

mod list;
mod new;
mod revoke;

use std::io::Write;
use std::process::ExitCode;

/// Verbs of `token`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make a token; it is shown once and stored as a digest only
    New(new::Args),
    /// List tokens by digest
    List(list::Args),
    /// Take unused tokens back
    Revoke(revoke::Args),
}

pub(super) fn run(command: &Command, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    match command {
        Command::New(args) => new::run(args, out),
        Command::List(args) => list::run(args, out),
        Command::Revoke(args) => revoke::run(args, out),
    }
}

pub(super) use new::{GroupAndLife, make};
