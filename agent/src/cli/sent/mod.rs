//! `candor sent`: the ledger as its person reads it. Works without the agent, and without a network unless it is asked for.

mod compare;
mod export;
mod list;
mod show;
mod verify;

use super::{Context, Failure};

/// Arguments of `candor sent`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor sent list
  candor sent show 12
  candor sent verify
  candor sent verify --online
  candor sent export /tmp/my-data")]
pub struct SentArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List every report: when it was made, its size, what happened to it
    #[command(after_help = "Examples:
  candor sent list
  candor sent list --format json")]
    List(list::ListArgs),
    /// Show one report as it was signed and sent, and its receipt
    #[command(after_help = "Examples:
  candor sent show 12                            as a table
  candor sent show 12 --format json              the signed head and the parts, byte for byte")]
    Show(show::ShowArgs),
    /// Verify every signature, chain and receipt
    #[command(after_help = "Examples:
  candor sent verify
  candor sent verify --online                    asks the collector which reports it has
  candor sent verify --format json

The reader keeps the number and the digest of the newest report. Where the ledger ends before it, or holds another one in its place,
its last entries were removed or an older copy was put back. Whoever puts back an older copy of what the reader keeps as well is
found out by the collector alone: with --online it says, signed, what the newest report is that it has of each stream.

Exit status: 0 every entry verifies; 1 the reader or the collector cannot be asked; 4 an entry was changed, some are missing, or the
collector has others; 5 the collector cannot be reached.")]
    Verify(verify::VerifyArgs),
    /// Write every report and receipt as a standard DSSE envelope, and the parts beside them
    #[command(after_help = "Examples:
  candor sent export /tmp/my-data                 a file for each report and each receipt")]
    Export(export::ExportArgs),
}

/// Shows the ledger: this user's own, or through the reader another user's.
pub fn run(args: &SentArgs, context: &Context) -> Result<(), Failure> {
    match &args.verb {
        Verb::List(args) => list::run(args, context),
        Verb::Show(args) => show::run(args, context),
        Verb::Verify(args) => verify::run(args, context),
        Verb::Export(args) => export::run(args, context),
    }
}
