//! `report list`

use crate::cli::Data;
use crate::cli::output::{self, Format, or_dash};
use crate::store::{Order, ReportQuery, first, wait};
use std::io::Write;
use std::process::ExitCode;
use uuid::Uuid;

/// Arguments of `report list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector report list --data /srv/candor
  candor-collector report list --data /srv/candor --device 0b0f3a52-5f7b-4a0e-9d9c-0d2b6f1e7c11 --format json")]
pub(crate) struct Args {
    #[command(flatten)]
    data: Data,
    /// Only this device's
    #[arg(long, value_name = "ID")]
    device: Option<Uuid>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
    /// How the list is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let store = args.data.store()?;
    let query = ReportQuery { device: args.device, order: Order::NewestFirst };
    let reports = wait(first(args.limit, |page| store.reports(query, page)))?;
    match args.format {
        Format::Json => output::json(out, &serde_json::json!({ "reports": reports }))?,
        Format::Text => {
            let rows: Vec<_> = reports
                .into_iter()
                .map(|report| {
                    let received = report.received.to_string();
                    let until = report
                        .deleted_at
                        .map_or(report.stored_until.to_string(), |deleted| format!("deleted on {deleted}"));
                    let (id, seq, bytes) =
                        (report.id.to_string(), report.seq.to_string(), report.bytes.to_string());
                    let version = report.policy_version.to_string();
                    [id, report.device_id, seq, received, version, bytes, until, or_dash(report.gap_from)]
                })
                .collect();
            let heading =
                ["REPORT", "DEVICE", "NUMBER", "RECEIVED", "POLICY", "BYTES", "STORED UNTIL", "MISSING FROM"];
            output::table(out, heading, &rows)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
