//! `device revoke`

use crate::admin::devices::{self, Revoked};
use crate::cli::Data;
use crate::cli::output::Output;
use std::process::ExitCode;
use uuid::Uuid;

/// Arguments of `device revoke`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  candor-collector device revoke 0b0f3a52-5f7b-4a0e-9d9c-0d2b6f1e7c11 --data /srv/candor

The device's stored reports stay until their time is over. It can only come back by enrolling again, with a new id and key.")]
pub(crate) struct Args {
    /// The device's id
    device: Uuid,
    #[command(flatten)]
    data: Data,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let (admin, actor) = args.data.open()?;
    match devices::revoke(&admin, &actor, args.device).await? {
        Revoked::Now => writeln!(out, "Device {} is revoked", args.device)?,
        Revoked::Before => writeln!(out, "Device {} was revoked before", args.device)?,
    }
    Ok(ExitCode::SUCCESS)
}
