//! `doctor`: examines everything that the collector depends on, and says what to do.

use super::Data;
use super::output::{Format, Output};
use crate::admin::examination::{Finding, Verdict, examine};
use crate::refusal::EXIT_FAILED;
use std::collections::BTreeMap;
use std::process::ExitCode;

/// Arguments of `doctor`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  candor-collector doctor --data /srv/candor --format json

Looks at directory, keys, root, certificate, database, room and quotas, journal, the newest backup and what a restore left, beside a running server or without one. Exit status:
0 nothing is bad, though something may be doubtful; 1 something is bad.")]
pub(crate) struct Args {
    #[command(flatten)]
    data: Data,
    /// How the findings are printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let findings = match args.data.open() {
        Ok((admin, actor)) => examine(&admin, &actor).await?,
        Err(error) => vec![Finding::of_error("directory", error.as_ref())],
    };
    let is_bad = findings.iter().any(|finding| finding.result == Verdict::Bad);
    match args.format {
        Format::Json => out.json(&BTreeMap::from([("findings", findings)]))?,
        Format::Text => {
            for finding in findings {
                writeln!(out, "{:<9} {:<13} {}", finding.result.name(), finding.check, finding.detail)?;
            }
        }
    }
    Ok(if is_bad { ExitCode::from(EXIT_FAILED) } else { ExitCode::SUCCESS })
}
