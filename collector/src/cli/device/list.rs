//! `device list`

use crate::admin::devices;
use crate::cli::output::{Output, or_dash};
use crate::cli::{Listing, walk};
use std::process::ExitCode;

pub(super) async fn run(args: &Listing, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let (admin, actor) = args.data.open()?;
    let devices = walk(None, async |page| devices::list(&admin, &actor, page).await).await?;
    let heading = ["DEVICE", "STATE", "GROUP", "CONTRACT", "ENROLLED", "LAST REPORT"];
    out.listing(args.format, "devices", devices, heading, |device| {
        let state = if device.revoked.is_some() { "revoked" } else { "active" };
        let (contract, enrolled) = (device.contract.to_string(), device.enrolled.to_string());
        let last = or_dash(device.last_report);
        let group = device.group_in_words();
        [device.device_id.to_string(), state.to_owned(), group, contract, enrolled, last]
    })?;
    Ok(ExitCode::SUCCESS)
}
