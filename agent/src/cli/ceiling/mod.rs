//! `candor ceiling`: the most that may ever be collected on this device, whatever a policy says.

mod check;
mod file;
mod set;
mod show;

pub(super) use file::Drift;

/// Arguments of `candor ceiling`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor ceiling check ceiling.toml      every mistake at once, with line and column
  candor ceiling set                     take /etc/candor/ceiling.toml over (root)
  candor ceiling show                    what may be collected here, when nothing is, and what that withholds
  candor ceiling set --none              lift it (root)

A ceiling:
  format = 1
  [[allow]]                              # no other field is ever collected here
  fields = [\"os.*\", \"package.*\"]
  retention = \"90d\"                      # no value may live longer
  accounts = false                       # whether rows about accounts may be read; false where it is left out
  [[allow]]
  fields = [\"host.ip\"]
  treat = { truncate = { v4 = 24, v6 = 48 } }   # nothing that reveals more
  [quiet_hours]                          # nothing is read for a report and nothing is sent
  times = [\"22:00-06:00\", \"sat,sun 00:00-24:00\"]
  zone = \"Europe/Berlin\"                 # the device's own where it is left out
  [never]                                # nothing is read about them, nor in their homes
  accounts = [\"alice\", \"uid:1000\", \"*svc*\"]

The reader keeps a copy, which alone counts. What differs from it in the file is shown by `candor status` and does nothing.")]
pub struct CeilingArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Set the ceiling from a file, or lift it; for root
    Set(set::SetArgs),
    /// Show the ceiling that is set, and what it withholds of the policy in force
    Show(show::ShowArgs),
    /// Examine a file, and set nothing
    Check(check::CheckArgs),
}

/// Sets, shows or examines a ceiling.
pub fn run(args: &CeilingArgs, context: &super::Context) -> Result<(), super::Failure> {
    match &args.verb {
        Verb::Set(args) => set::run(args, context),
        Verb::Show(args) => show::run(args, context),
        Verb::Check(args) => check::run(args, context),
    }
}
