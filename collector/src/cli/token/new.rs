//! `token new`

use crate::admin::tokens;
use crate::cli::Data;
use crate::cli::output::{Format, Output};
use collector_proto::time::Span;
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

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let (admin, actor) = args.data.open()?;
    let made = tokens::make(&admin, &actor, &args.for_whom.group, args.for_whom.expires).await?;
    match args.format {
        Format::Json => out.json(&made)?,
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
