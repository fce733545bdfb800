//! `candor ceiling check`.

use super::file;
use crate::cli::{Context, Failure};
use collector_proto::catalog::FieldId;
use std::path::PathBuf;

/// Arguments of `candor ceiling check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor ceiling check ceiling.toml

Exit status: 0 it can be set; 1 it has mistakes, each of which is told with line and column.")]
pub(super) struct CheckArgs {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn run(args: &CheckArgs, context: &Context) -> Result<(), Failure> {
    let terms = file::compile(&args.file)?;
    let (allowed, all) = (terms.allow.len(), FieldId::all().count());
    context.print(&format!("{} can be set: it allows {allowed} of {all} fields.\n", args.file.display()))
}
