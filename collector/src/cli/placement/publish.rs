//! `placement publish`

use super::say;
use crate::admin::placements::{self, PlacementFile};
use crate::cli::Data;
use crate::cli::output::{Format, Output};
use crate::data_dir::read_file;
use anyhow::Context as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `placement publish`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  candor-collector placement publish moves.json --data /srv/candor

A running server gives each placement to its device with the next request. Refused are placements that the devices would not take, and a group without a
published policy. Publishing the same file again changes nothing.")]
pub(crate) struct Args {
    /// The signed placements
    file: PathBuf,
    #[command(flatten)]
    data: Data,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let name = args.file.display();
    let bytes = read_file(&args.file).with_context(|| format!("cannot read {name}"))?;
    let file = PlacementFile::read(&bytes)?;
    let (admin, actor) = args.data.open()?;
    let published = placements::publish(&admin, &actor, &file).await?;
    if args.format == Format::Json {
        out.json(&serde_json::json!({
            "moves": published.moves, "moved": published.moved, "were_before": published.before,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    if !published.moved.is_empty() {
        say(&published.moves, out)?;
    }
    writeln!(out, "{} device(s) moved, {} moved before", published.moved.len(), published.before.len())?;
    Ok(ExitCode::SUCCESS)
}
