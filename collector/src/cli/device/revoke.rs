//! `device revoke`

use crate::cli::{Data, now};
use crate::store::wait;
use anyhow::bail;
use std::io::Write;
use std::process::ExitCode;
use uuid::Uuid;

/// Arguments of `device revoke`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  candor-collector device revoke 0b0f3a52-5f7b-4a0e-9d9c-0d2b6f1e7c11 --data /srv/candor

The device's stored reports stay until their time is over. It can only come back by enrolling anew.")]
pub(crate) struct Args {
    /// The device's id
    device: Uuid,
    #[command(flatten)]
    data: Data,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let store = args.data.store()?;
    if wait(store.revoke_device(args.device, now()))? {
        writeln!(out, "Device {} is revoked", args.device)?;
    } else if wait(store.device(args.device))?.is_some() {
        writeln!(out, "Device {} was revoked before", args.device)?;
    } else {
        bail!("there is no device {}", args.device);
    }
    Ok(ExitCode::SUCCESS)
}
