//! `device list`

use crate::cli::Data;
use crate::cli::output::{self, Format, or_dash};
use crate::store::{all, wait};
use std::io::Write;
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

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let store = args.data.store()?;
    let devices = wait(all(|page| store.devices(page)))?;
    match args.format {
        Format::Json => output::json(out, &serde_json::json!({ "devices": devices }))?,
        Format::Text => {
            let rows: Vec<_> = devices
                .into_iter()
                .map(|device| {
                    let state = if device.revoked.is_some() { "revoked" } else { "active" };
                    let enrolled = device.enrolled.to_string();
                    let last = or_dash(device.last_report);
                    [device.device_id.to_string(), state.to_owned(), device.group, enrolled, last]
                })
                .collect();
            output::table(out, ["DEVICE", "STATE", "GROUP", "ENROLLED", "LAST REPORT"], &rows)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
