//! `placement`: moving devices to another group.

mod new;
mod publish;
mod sign;

use crate::admin::placements::Move;
use crate::cli::output::Output;
use collector_proto::policy::diff::InWords;
use std::process::ExitCode;

/// Verbs of `placement`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Write what moves devices to another group, to be signed, and say what it changes for them
    New(new::Args),
    /// Add a holder's signature
    Sign(sign::Args),
    /// Give signed placements to their devices
    Publish(publish::Args),
}

pub(super) async fn run(command: &Command, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    match command {
        Command::New(args) => new::run(args, out).await,
        Command::Sign(args) => sign::run(args, out).await,
        Command::Publish(args) => publish::run(args, out).await,
    }
}

/// What moves change, and from when on.
fn say(moves: &[Move], out: &mut Output<'_>) -> std::io::Result<()> {
    for one in moves {
        writeln!(out, "From the group `{}` to `{}`:", one.from, one.to)?;
        for device in &one.devices {
            writeln!(out, "  device {device}")?;
        }
        match one.changes.as_deref() {
            Some(changes) => out.lines(&InWords(changes).to_string())?,
            None => {
                writeln!(out, "The group `{}` has no policy, so all of it is wider", one.from)?;
            }
        }
        if let Some(effect) = &one.takes_effect {
            writeln!(out, "{effect}")?;
        }
    }
    Ok(())
}
