//! `event list`: security events.

use super::output::{Output, or_dash};
use super::{Listing, walk};
use crate::admin::events;
use std::process::ExitCode;

/// Verbs of `event`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List security events, newest first
    #[command(after_help = "Example:\n  candor-collector event list --data /srv/candor --format json")]
    List(Listing),
}

pub(super) async fn run(command: &Command, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let Command::List(args) = command;
    let (admin, actor) = args.data.open()?;
    let events = walk(None, async |page| events::list(&admin, &actor, page).await).await?;
    let heading = ["HOUR", "EVENT", "DEVICE", "COUNT", "LAST NUMBER"];
    out.listing(args.format, "events", events, heading, |event| {
        let (hour, count) = (event.hour.to_string(), event.count.to_string());
        [hour, event.kind, event.device_id, count, or_dash(event.last_seq)]
    })?;
    Ok(ExitCode::SUCCESS)
}
