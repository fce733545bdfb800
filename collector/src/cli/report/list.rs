//! `report list`

use crate::admin::reports;
use crate::cli::output::{Format, Output, or_dash};
use crate::cli::{Data, walk};
use crate::store::{Order, ReportQuery};
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

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let (admin, actor) = args.data.open()?;
    let query = ReportQuery { device: args.device, order: Order::NewestFirst };
    let list = async |page| reports::list(&admin, &actor, query, page).await;
    let reports = walk(Some(args.limit), list).await?;
    let heading =
        ["REPORT", "DEVICE", "NUMBER", "RECEIVED", "POLICY", "BYTES", "STORED UNTIL", "MISSING FROM"];
    out.listing(args.format, "reports", reports, heading, |report| {
        let received = report.received.to_string();
        let until = match report.deleted_at {
            Some(deleted) => format!("deleted on {deleted}"),
            None => or_dash(report.stored_until),
        };
        let (id, seq, bytes) = (report.id.to_string(), report.seq.to_string(), report.bytes.to_string());
        let version = report.policy_version.to_string();
        [id, report.device_id, seq, received, version, bytes, until, or_dash(report.gap_from)]
    })?;
    Ok(ExitCode::SUCCESS)
}
