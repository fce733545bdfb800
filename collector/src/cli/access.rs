//! `access list`: to whom values were shown.

use super::output::Output;
use super::{Listing, walk};
use crate::admin::accesses;
use std::process::ExitCode;

/// Verbs of `access`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List who was shown the values of which device and for which purpose, newest first
    #[command(after_help = "\
Example:
  candor-collector access list --data /srv/candor --format json

`device show` and `report show` are recorded, with the purpose given there; equal ones are counted by the hour. After
400 days the record is deleted.")]
    List(Listing),
}

pub(super) async fn run(command: &Command, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let Command::List(args) = command;
    let (admin, actor) = args.data.open()?;
    let accesses = walk(None, async |page| accesses::list(&admin, &actor, page).await).await?;
    let heading = ["HOUR", "OPERATION", "DEVICE", "SHOWN TO", "COUNT", "PURPOSE"];
    out.listing(args.format, "accesses", accesses, heading, |access| {
        let (hour, count) = (access.hour.to_string(), access.count.to_string());
        [hour, access.operation, access.device_id, access.actor, count, access.purpose]
    })?;
    Ok(ExitCode::SUCCESS)
}
