//! `report verify`

use crate::admin::reports;
use crate::cli::Data;
use crate::cli::output::{Format, Output};
use crate::refusal::Reason;
use std::process::ExitCode;

/// Arguments of `report verify`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  candor-collector report verify --data /srv/candor

Verifies again, from the stored bytes: each report's signature and digest, its place in the chain, its parts against the
head that names them, its receipt under the root's receipt keys, each published policy under the root's policy keys, and
each device's current rows against the parts that they came with. Exits 4 when anything does not verify.")]
pub(crate) struct Args {
    #[command(flatten)]
    data: Data,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let (admin, actor) = args.data.open()?;
    let found = reports::verify(&admin, &actor).await?;
    match args.format {
        Format::Json => out.json(&found)?,
        Format::Text => {
            for fault in &found.faults {
                writeln!(out, "FAULT  {}: {}", fault.place, fault.problem)?;
            }
            writeln!(
                out,
                "{} report(s) and {} section(s) of {} device(s) examined, {} fault(s)",
                found.reports,
                found.sections,
                found.devices,
                found.faults.len()
            )?;
            if found.deleted > 0 {
                writeln!(
                    out,
                    "All parts of {} report(s) were deleted when their time was over; of these the head and the receipt were examined",
                    found.deleted
                )?;
            }
        }
    }
    Ok(if found.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(Reason::Tampered.exit_code()) })
}
