//! `report show`

use crate::cli::Data;
use crate::cli::output::{self, Format, or_dash};
use crate::store::wait;
use anyhow::Context as _;
use collector_proto::envelope::Envelope;
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use serde_json::Value;
use std::io::Write;
use std::process::ExitCode;

/// Arguments of `report show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  candor-collector report show 12 --data /srv/candor")]
pub(crate) struct Args {
    /// Number of the report, as `report list` shows it
    report: i64,
    #[command(flatten)]
    data: Data,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let stored = wait(args.data.store()?.report(args.report))?
        .with_context(|| format!("there is no report {}; `report list` shows the numbers", args.report))?;
    let content: Option<Value> =
        stored.payload().map(serde_json::from_slice).transpose().context("the report is not JSON")?;
    let receipt: Value = Envelope::parse(&stored.receipt, MAX_DOCUMENT_BYTES)
        .and_then(|envelope| envelope.unverified_payload())
        .map_err(anyhow::Error::from)
        .and_then(|payload| Ok(serde_json::from_slice(&payload)?))
        .context("the receipt cannot be read; `report verify` says more")?;
    match args.format {
        Format::Json => output::json(
            out,
            &serde_json::json!({
                "summary": stored.summary,
                "key_id": stored.key_id,
                "signature": stored.signature,
                "report": content,
                "receipt": receipt,
            }),
        )?,
        Format::Text => {
            let summary = &stored.summary;
            writeln!(out, "Report {} of device {}", summary.id, summary.device_id)?;
            writeln!(out, "  stream        {}", summary.stream)?;
            writeln!(out, "  number        {}", summary.seq)?;
            writeln!(out, "  digest        {}", summary.sha256)?;
            writeln!(out, "  key           {}", stored.key_id)?;
            writeln!(out, "  policy        version {}", summary.policy_version)?;
            writeln!(out, "  received      {}", summary.received)?;
            writeln!(out, "  stored until  {}", summary.stored_until)?;
            writeln!(out, "  missing from  {}", or_dash(summary.gap_from))?;
            match content {
                Some(content) => output::json(out, &content)?,
                None => match summary.deleted_at {
                    Some(deleted) => writeln!(out, "The content was deleted on {deleted}.")?,
                    None => writeln!(out, "The content is missing; `report verify` says more.")?,
                },
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
