//! `candor preview`: what would be sent now. Sends and stores nothing.

use super::subject::{Subject, observe};
use super::{Context, Failure, Format, words};
use crate::reader_client::Disclosed;
use crate::show::{Content, Layout, table};
use collector_proto::policy::Standing;
use std::path::PathBuf;

/// Arguments of `candor preview`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor preview                             what would be sent now
  candor preview --policy draft.toml         what a policy would send that is not signed yet
  candor preview --root /mnt/image           what would be sent of the system in that directory
  candor preview --format json               the rows exactly as they would be sent")]
pub struct PreviewArgs {
    /// An author's policy file, taken as a draft
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Read the system in DIR instead of this one
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Language of the text, such as `en`; otherwise the one of the environment
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
}

/// Shows the preview.
pub fn run(args: &PreviewArgs, context: &Context) -> Result<(), Failure> {
    // Before anything is read: an unknown language is told at once. JSON has no words, and loads none.
    let words = match args.format {
        Format::Text => Some(words::load(args.lang.as_deref())?),
        Format::Json => None,
    };
    match observe(args.policy.as_deref(), args.root.clone(), context)? {
        Subject::InForce(disclosed) => write(&disclosed, "notice-list-preview", words.as_ref(), context),
        Subject::Draft(disclosed) => write(&disclosed, "notice-list-preview-draft", words.as_ref(), context),
        Subject::Nothing(nothing) => Err(nothing.failure()),
    }
}

fn write<S: Standing>(
    disclosed: &Disclosed<S>,
    head: &str,
    words: Option<&crate::notice::Words>,
    context: &Context,
) -> Result<(), Failure> {
    let shown = Content::from(disclosed.disclosure());
    let Some(words) = words else {
        return context.print(&(shown.to_json() + "\n"));
    };
    let treatment = |field| disclosed.permit().grant(field).map(|grant| grant.treatment);
    let layout = Layout { width: words::width(), rows: None };
    let head = words.text(head)?;
    context.print(&format!("{head}\n\n{}", table(&shown, words, layout, &treatment)?))
}
