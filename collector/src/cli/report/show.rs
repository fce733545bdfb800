//! `report show`

use crate::admin::reports::{self, ReportValues};
use crate::cli::output::{Format, Output, or_dash};
use crate::cli::{Data, ShownFor};
use std::process::ExitCode;

/// Arguments of `report show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector report show 12 --data /srv/candor --purpose ticket-4711
  candor-collector report show 12 --data /srv/candor --purpose 'yearly audit' --format json")]
pub(crate) struct Args {
    /// Number of the report, as `report list` shows it
    report: i64,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    shown_for: ShownFor,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let (admin, actor) = args.data.open()?;
    let shown = reports::show(&admin, &actor, &args.shown_for.purpose, args.report).await?;
    match args.format {
        Format::Json => out.json(&serde_json::json!({
            "summary": shown.stored.summary,
            "key_id": shown.stored.key_id,
            "signature": shown.stored.signature,
            "report": shown.content,
            "receipt": shown.receipt,
        }))?,
        Format::Text => text(out, &shown)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn text(out: &mut Output<'_>, shown: &ReportValues) -> std::io::Result<()> {
    let summary = &shown.stored.summary;
    writeln!(out, "Report {} of device {}", summary.id, summary.device_id)?;
    writeln!(out, "  stream        {}", summary.stream)?;
    writeln!(out, "  number        {}", summary.seq)?;
    writeln!(out, "  digest        {}", summary.sha256)?;
    writeln!(out, "  key           {}", shown.stored.key_id)?;
    writeln!(out, "  policy        version {}", summary.policy_version)?;
    writeln!(out, "  received      {}", summary.received)?;
    writeln!(out, "  stored until  {}", summary.stored_until)?;
    writeln!(out, "  missing from  {}", or_dash(summary.gap_from))?;
    match (&shown.content, summary.deleted_at) {
        (Some(content), _) => out.json(content),
        (None, Some(deleted)) => writeln!(out, "The content was deleted on {deleted}."),
        (None, None) => writeln!(out, "The content is missing; `report verify` says more."),
    }
}
