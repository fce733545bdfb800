//! `token revoke`

use crate::admin::tokens;
use crate::cli::Data;
use crate::cli::output::Output;
use std::process::ExitCode;

/// Arguments of `token revoke`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  candor-collector token revoke 3f9a1c04 --data /srv/candor")]
pub(crate) struct Args {
    /// First digits of the token's SHA-256, as `token list` shows them
    digits: String,
    #[command(flatten)]
    data: Data,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let (admin, actor) = args.data.open()?;
    let revoked = tokens::revoke(&admin, &actor, &args.digits).await?;
    writeln!(out, "{revoked} token(s) revoked")?;
    Ok(ExitCode::SUCCESS)
}
