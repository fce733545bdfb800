//! `event list`: security events.

use super::output::{Format, Output, or_dash};
use super::{Data, walk};
use crate::admin::events;
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

pub(super) async fn run(command: &Command, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let Command::List(args) = command;
    let (admin, actor) = args.data.open()?;
    let events = walk(None, async |page| events::list(&admin, &actor, page).await).await?;
    match args.format {
        Format::Json => out.json(&serde_json::json!({ "events": events }))?,
        Format::Text => {
            let rows: Vec<_> = events
                .into_iter()
                .map(|event| {
                    let (hour, count) = (event.hour.to_string(), event.count.to_string());
                    [hour, event.kind, event.device_id, count, or_dash(event.last_seq)]
                })
                .collect();
            out.table(["HOUR", "EVENT", "DEVICE", "COUNT", "LAST NUMBER"], &rows)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
