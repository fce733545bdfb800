//! `policy new`: a starter policy to edit.

use crate::cli::output::Output;
use crate::data_dir::write_new_secret;
use anyhow::Context as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Writes a starter policy.
///
/// The file is commented; put your organisation's names in and delete what you do not need. An existing file is never
/// overwritten.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector policy new                                    the smallest policy, on standard output
  candor-collector policy new --from inventory --output p.toml   an asset inventory, as a file
  candor-collector policy check p.toml                           what is next

Exit codes: 0 written; 1 the file exists or cannot be written; 2 wrong usage.")]
pub(crate) struct Args {
    /// Which starter policy
    #[arg(long, value_enum, default_value = "minimal")]
    from: Starter,
    /// File to write; standard output if left out
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Starter {
    /// Which system a device runs, and the agent's random id
    Minimal,
    /// Devices, their parts and their software
    Inventory,
    /// Software with known flaws and protections that are off
    Security,
    /// Every field there is, each treated: a menu to delete from
    Full,
}

impl Starter {
    const fn text(self) -> &'static str {
        match self {
            Self::Minimal => include_str!("../../../../packaging/policies/minimal.toml"),
            Self::Inventory => include_str!("../../../../packaging/policies/inventory.toml"),
            Self::Security => include_str!("../../../../packaging/policies/security.toml"),
            Self::Full => include_str!("../../../../packaging/policies/full.toml"),
        }
    }
}

/// Runs the verb.
pub(super) fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let text = args.from.text();
    let Some(file) = &args.output else {
        out.lines(text)?;
        return Ok(ExitCode::SUCCESS);
    };
    // Nothing is overwritten: a policy somebody wrote is worth more than a starter.
    write_new_secret(file, text.as_bytes())
        .with_context(|| format!("cannot create {} (an existing file is not overwritten)", file.display()))?;
    writeln!(out, "wrote {}", file.display())?;
    writeln!(
        out,
        "put your organisation's names in, then: candor-collector policy check {}",
        file.display()
    )?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_a_file_once() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("policy.toml");
        let args = Args { from: Starter::Inventory, output: Some(file.clone()) };
        let mut out = Vec::new();
        assert_eq!(run(&args, &mut Output::to(&mut out)).unwrap(), ExitCode::SUCCESS);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), Starter::Inventory.text());
        std::fs::write(&file, "mine").unwrap();
        let error = format!("{:#}", run(&args, &mut Output::to(&mut out)).unwrap_err());
        assert!(error.contains("not overwritten"), "{error}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    }

    #[test]
    fn writes_to_standard_output() {
        let mut out = Vec::new();
        run(&Args { from: Starter::Minimal, output: None }, &mut Output::to(&mut out)).unwrap();
        assert_eq!(out, Starter::Minimal.text().as_bytes());
    }
}
