//! `candor policy`: what the rules on this device say.

mod compare;
mod explain;
mod export;
mod history;
mod show;

use super::{Context, Failure, Format};

/// Arguments of `candor policy`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor policy show                  the rules in force, field by field
  candor policy explain host.mac      what the rules say about one kind of value
  candor policy history               every version that was here, what was refused, and when the ceiling was set
  candor policy export > mine.json    what this device was given, for somebody else to compare
  candor policy compare theirs.json   whether another device was given the same")]
pub struct PolicyArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Show the policy in force
    #[command(after_help = "Examples:
  candor policy show                  who collects what, why, and for how long
  candor policy show --format json    the policy as it was signed")]
    Show(ListArgs),
    /// Explain what the policy says about a field
    #[command(after_help = "Examples:
  candor policy explain host.mac                  whether it is collected, how it is treated, and why
  candor policy explain host.mac --format json
  candor policy explain screen.capture            what there is no code for")]
    Explain(explain::ExplainArgs),
    /// List the policy versions that were here, what was refused, and when the ceiling was set
    #[command(after_help = "Examples:
  candor policy history
  candor policy history --format json")]
    History(ListArgs),
    /// Write what this device was given, for somebody else to compare; it holds no value and no id of the device
    #[command(after_help = "Examples:
  candor policy export > mine.json    the signed documents, and the number and digest of each version that was here")]
    Export,
    /// Compare what this device was given with what another one was, or with a policy as it was signed
    #[command(after_help = "Examples:
  candor policy compare theirs.json   what `candor policy export` wrote on the other device
  candor policy compare policy.json   the policy as its holders signed it
  ssh other candor policy export | candor policy compare -

Exit codes: 0 the same documents, as far as both had them; 1 nothing can be compared; 2 wrong usage; 4 they contradict each other.")]
    Compare(compare::CompareArgs),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Language of the text, such as `en`; otherwise the one of the environment
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
}

/// Shows the policy.
pub fn run(args: &PolicyArgs, context: &Context) -> Result<(), Failure> {
    match &args.verb {
        Verb::Show(args) => show::run(args, context),
        Verb::Explain(args) => explain::run(args, context),
        Verb::History(args) => history::run(args, context),
        Verb::Export => export::run(context),
        Verb::Compare(args) => compare::run(args, context),
    }
}
