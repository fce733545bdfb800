//! `device list`

use crate::admin::devices;
use crate::cli::output::{Format, Output, or_dash};
use crate::cli::{Data, walk};
use std::process::ExitCode;

/// Arguments of `device list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  candor-collector device list --data /srv/candor --format json")]
pub(crate) struct Args {
    #[command(flatten)]
    data: Data,
    /// How the list is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let (admin, actor) = args.data.open()?;
    let devices = walk(None, async |page| devices::list(&admin, &actor, page).await).await?;
    match args.format {
        Format::Json => out.json(&serde_json::json!({ "devices": devices }))?,
        Format::Text => {
            let rows: Vec<_> = devices
                .into_iter()
                .map(|device| {
                    let state = if device.revoked.is_some() { "revoked" } else { "active" };
                    let enrolled = device.enrolled.to_string();
                    let last = or_dash(device.last_report);
                    let contract = device.contract.to_string();
                    [device.device_id.to_string(), state.to_owned(), device.group, contract, enrolled, last]
                })
                .collect();
            out.table(["DEVICE", "STATE", "GROUP", "CONTRACT", "ENROLLED", "LAST REPORT"], &rows)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
