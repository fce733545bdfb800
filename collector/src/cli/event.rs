//! `event list`: security events.

use super::Data;
use super::output::{self, Format, or_dash};
use crate::store::{all, wait};
use std::io::Write;
use std::process::ExitCode;

/// Verbs of `event`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List security events, newest first
    List(ListArgs),
}

/// Arguments of `event list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  candor-collector event list --data /srv/candor --format json")]
pub(crate) struct ListArgs {
    #[command(flatten)]
    data: Data,
    /// How the list is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(command: &Command, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Command::List(args) = command;
    let store = args.data.store()?;
    let events = wait(all(|page| store.events(page)))?;
    match args.format {
        Format::Json => output::json(out, &serde_json::json!({ "events": events }))?,
        Format::Text => {
            let rows: Vec<_> = events
                .into_iter()
                .map(|event| {
                    let (hour, count) = (event.hour.to_string(), event.count.to_string());
                    [hour, event.kind, event.device_id, count, or_dash(event.last_seq)]
                })
                .collect();
            output::table(out, ["HOUR", "EVENT", "DEVICE", "COUNT", "LAST NUMBER"], &rows)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
