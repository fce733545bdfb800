//! `token revoke`

use crate::cli::{Data, now};
use crate::store::wait;
use anyhow::{bail, ensure};
use std::io::Write;
use std::process::ExitCode;

/// Fewest digits that name a token: enough that none is taken back by mistake.
const FEWEST_DIGITS: usize = 8;

/// Arguments of `token revoke`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  candor-collector token revoke 3f9a1c04 --data /srv/candor")]
pub(crate) struct Args {
    /// First digits of the token's SHA-256, as `token list` shows them
    digits: String,
    #[command(flatten)]
    data: Data,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let digits = args.digits.trim_start_matches("sha256:").to_ascii_lowercase();
    ensure!(
        digits.len() >= FEWEST_DIGITS && digits.bytes().all(|b| b.is_ascii_hexdigit()),
        "give at least {FEWEST_DIGITS} hex digits of the token's SHA-256; `token list` shows them"
    );
    match wait(args.data.store()?.revoke_token(&digits, now()))? {
        0 => bail!("no unused token's SHA-256 starts with {digits}"),
        count => writeln!(out, "{count} token(s) revoked")?,
    }
    Ok(ExitCode::SUCCESS)
}
