//! `token new`

use crate::cli::output::{self, Format};
use crate::cli::{Data, now, system_random};
use crate::clock::random_bytes;
use crate::store::{Store, wait};
use anyhow::ensure;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use collector_proto::digest::Digest;
use collector_proto::time::{Span, UtcTime};
use std::io::Write;
use std::process::ExitCode;

/// Arguments of `token new`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector token new --data /srv/candor
  candor-collector token new --data /srv/candor --group laptops --expires 1d --format json

`candor-collector bundle` makes a token and everything else that a device needs in one file.")]
pub(crate) struct Args {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    for_whom: GroupAndLife,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Whom a token is for, and how long it works.
#[derive(Debug, clap::Args)]
pub(crate) struct GroupAndLife {
    /// Group that the device joins
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub(crate) group: String,
    /// How long the token works unless it is used before
    #[arg(long, value_name = "SPAN", default_value = "7d", value_parser = Span::parse)]
    pub(crate) expires: Span,
}

/// A token that was made. Secret.
#[derive(serde::Serialize)]
pub(crate) struct Made {
    pub(crate) token: String,
    pub(crate) group: String,
    pub(crate) expires: UtcTime,
}

/// Makes a token and stores its digest.
pub(crate) fn make(store: &dyn Store, for_whom: &GroupAndLife) -> anyhow::Result<Made> {
    ensure!(!for_whom.group.trim().is_empty(), "the group has no name");
    let token = URL_SAFE_NO_PAD.encode(random_bytes::<32>(system_random().as_ref())?);
    let now = now();
    let expires = now.plus_seconds(for_whom.expires.seconds());
    wait(store.add_token(&Digest::of(token.as_bytes()), &for_whom.group, expires, now))?;
    Ok(Made { token, group: for_whom.group.clone(), expires })
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let made = make(args.data.store()?.as_ref(), &args.for_whom)?;
    match args.format {
        Format::Json => output::json(out, &made)?,
        Format::Text => {
            writeln!(
                out,
                "One-time token for the group `{}`, until {}, shown this once:",
                made.group, made.expires
            )?;
            writeln!(out, "  {}", made.token)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
