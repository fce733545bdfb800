//! `access list`: to whom values were shown.

use super::output::{Format, Output};
use super::{Data, walk};
use crate::admin::accesses;
use std::process::ExitCode;

/// Verbs of `access`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List who was shown the values of which device and for which purpose, newest first
    List(ListArgs),
}

/// Arguments of `access list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  candor-collector access list --data /srv/candor --format json

`device show` and `report show` are recorded, with the purpose given there; equal ones are counted by the hour. After
400 days the record is deleted.")]
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
    let accesses = walk(None, async |page| accesses::list(&admin, &actor, page).await).await?;
    match args.format {
        Format::Json => out.json(&serde_json::json!({ "accesses": accesses }))?,
        Format::Text => {
            let rows: Vec<_> = accesses
                .into_iter()
                .map(|access| {
                    let (hour, count) = (access.hour.to_string(), access.count.to_string());
                    [hour, access.operation, access.device_id, access.actor, count, access.purpose]
                })
                .collect();
            out.table(["HOUR", "OPERATION", "DEVICE", "SHOWN TO", "COUNT", "PURPOSE"], &rows)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
