//! `candor policy`: what the rules on this device say.

mod explain;
mod history;
mod show;

use super::{Context, Failure, Format};

/// Arguments of `candor policy`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor policy show                  the rules in force, field by field
  candor policy explain host.mac      what the rules say about one kind of value
  candor policy history               the versions that reports were made under")]
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
    /// List the policy versions that reports were made under
    #[command(after_help = "Examples:
  candor policy history
  candor policy history --format json")]
    History(ListArgs),
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
    }
}
