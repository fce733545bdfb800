//! `candor ceiling set`: root's word, kept by the reader.

use super::{file, show};
use crate::cli::{Context, Exit, Failure};
use crate::platform;
use crate::reader_client::ReaderError;
use collector_proto::policy::Ceiling;
use collector_proto::text::plain;
use std::path::PathBuf;

/// Arguments of `candor ceiling set`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor ceiling set                     take /etc/candor/ceiling.toml over
  candor ceiling set ceiling.toml        take another file over
  candor ceiling set --none              lift the ceiling: the policy alone decides again

The file and the way to it have to be yours or root's, and nobody else's to change. It holds from the next reading on, and for what waits to be sent.

Exit status: 0 set; 1 not set, as where the file has mistakes; 3 refused: whoever asks is neither root nor the reader's own user.")]
pub(super) struct SetArgs {
    /// The file  [default: /etc/candor/ceiling.toml, or ceiling.toml in the directory of --state]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Lift the ceiling
    #[arg(long, conflicts_with = "file")]
    none: bool,
}

pub(super) fn run(args: &SetArgs, context: &Context) -> Result<(), Failure> {
    let ceiling = if args.none {
        Ceiling::Unset
    } else {
        let default = || context.paths.ceiling();
        Ceiling::Set(file::compile_trusted(&args.file.clone().unwrap_or_else(default))?)
    };
    // Root asks where the agent does: a ceiling is longer than what people may ask. Everybody else is told who may set it.
    let reader = if platform::is_privileged() { context.reader(None) } else { context.observer(None) };
    let kept = reader.set_ceiling(ceiling).map_err(not_set)?;
    context.print(match kept {
        Ceiling::Unset => "The ceiling is lifted: the policy alone decides what is collected here.\n",
        Ceiling::Set(_) => "The ceiling is set.\n",
    })?;
    show::print_text(&kept, context)
}

fn not_set(error: ReaderError) -> Failure {
    match error {
        ReaderError::Refused(refusal) | ReaderError::NotAnswered(refusal) => {
            let message = format!("the ceiling is not set: {}", plain(&refusal.message));
            Failure::new(Exit::Refused, anyhow::anyhow!(message))
        }
        other => Failure::new(Exit::Failed, anyhow::Error::new(other).context("the ceiling is not set")),
    }
}
