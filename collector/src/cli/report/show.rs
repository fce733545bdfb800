//! `report show`

use crate::admin::reports::{self, ReportValues};
use crate::cli::output::{Format, Output, or_dash};
use crate::cli::{Data, ShownFor};
use crate::store::StoredPart;
use serde_json::Value;
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
            "report": shown.head,
            "parts": shown.parts.iter().map(|(part, said)| json(part, said.as_ref())).collect::<Vec<_>>(),
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
    writeln!(out, "  kept until    {}", summary.records_until)?;
    writeln!(out, "  missing from  {}", or_dash(summary.gap_from))?;
    out.json(&shown.head)?;
    for (part, said) in &shown.parts {
        let (name, until) = (part.name, part.stored_until);
        match (said, part.deleted_at) {
            (Some(said), _) => {
                writeln!(out, "Part {name}, kept until {until}")?;
                out.json(said)?;
            }
            (None, Some(deleted)) => writeln!(out, "Part {name} was deleted on {deleted}.")?,
            (None, None) if part.came => {
                writeln!(out, "Part {name} is missing; `report verify` says more.")?;
            }
            (None, None) => writeln!(out, "Part {name} did not come.")?,
        }
    }
    Ok(())
}

fn json(part: &StoredPart, said: Option<&Value>) -> Value {
    serde_json::json!({
        "part": part.name,
        "sha256": part.sha256,
        "stored_until": part.stored_until,
        "came": part.came,
        "deleted_at": part.deleted_at,
        "content": said,
    })
}
