//! `report verify`

use crate::cli::output::{self, Format};
use crate::cli::{Data, EXIT_TAMPERED};
use crate::reverify::reverify;
use std::io::Write;
use std::process::ExitCode;

/// Arguments of `report verify`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  candor-collector report verify --data /srv/candor

Verifies again, from the stored bytes: each report's signature and digest, its place in the chain, its receipt under
the root's receipt keys, each published policy under the root's policy keys, and each device's current rows against
the report that they came with. Exits 4 when anything does not verify.")]
pub(crate) struct Args {
    #[command(flatten)]
    data: Data,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let outcome = reverify(&args.data.connect()?)?;
    match args.format {
        Format::Json => output::json(out, &outcome)?,
        Format::Text => {
            for fault in &outcome.faults {
                writeln!(out, "FAULT  {}: {}", fault.place, fault.problem)?;
            }
            writeln!(
                out,
                "{} report(s) and {} section(s) of {} device(s) examined, {} fault(s)",
                outcome.reports,
                outcome.sections,
                outcome.devices,
                outcome.faults.len()
            )?;
            if outcome.deleted > 0 {
                writeln!(
                    out,
                    "The content of {} report(s) was deleted when its retention ended; of these the receipt was examined",
                    outcome.deleted
                )?;
            }
        }
    }
    Ok(if outcome.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_TAMPERED) })
}
