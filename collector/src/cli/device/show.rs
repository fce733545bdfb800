//! `device show`

use crate::admin::devices::{self, DeviceValues};
use crate::cli::output::{Format, Output, or_dash};
use crate::cli::{Data, ShownFor};
use collector_proto::value::Row;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use std::collections::BTreeMap;
use std::process::ExitCode;
use uuid::Uuid;

/// Rows of a table that the text form shows.
const ROWS_SHOWN: usize = 20;

/// Arguments of `device show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector device show 0b0f3a52-5f7b-4a0e-9d9c-0d2b6f1e7c11 --data /srv/candor --purpose ticket-4711
  candor-collector device show 0b0f3a52-5f7b-4a0e-9d9c-0d2b6f1e7c11 --data /srv/candor --purpose 'yearly audit' --format json

`x.package.purl` is not sent: it is computed here from the row and the operating system, and no part of the digest. Rows are kept by part: a part has one
holder, whom only the device knows, and one date, on which its rows are deleted unless a report stands by them again.")]
pub(crate) struct Args {
    /// The device's id
    device: Uuid,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    shown_for: ShownFor,
    /// How the device is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let (admin, actor) = args.data.open()?;
    let shown = devices::show(&admin, &actor, &args.shown_for.purpose, args.device).await?;
    match args.format {
        Format::Json => json(out, &shown)?,
        Format::Text => text(out, &shown)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn json(out: &mut Output<'_>, shown: &DeviceValues) -> std::io::Result<()> {
    let mut parts: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    for held in &shown.sections {
        let whole = |row| WholeRow { row, derived: shown.derived(held, row) };
        let rows: Vec<_> = held.rows.rows.iter().map(whole).collect();
        let part = parts
            .entry(held.part.to_string())
            .or_insert_with(|| serde_json::json!({ "stored_until": held.stored_until, "sections": {} }));
        part["sections"][held.section.name()] = serde_json::json!({ "digest": held.digest, "rows": rows });
    }
    out.json(&serde_json::json!({ "device": shown.device, "parts": parts }))
}

/// A row and what is derived for it, written as one object.
struct WholeRow<'a> {
    row: &'a Row,
    derived: Vec<(&'static str, String)>,
}

impl Serialize for WholeRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (field, value) in self.row.iter() {
            map.serialize_entry(&field, value)?;
        }
        for (name, value) in &self.derived {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

fn text(out: &mut Output<'_>, shown: &DeviceValues) -> std::io::Result<()> {
    let device = &shown.device;
    writeln!(out, "Device {}", device.device_id)?;
    writeln!(out, "  group         {}", device.group_in_words())?;
    writeln!(out, "  keys          {}", device.keys.join(", "))?;
    writeln!(out, "  contract      {}", device.contract)?;
    writeln!(out, "  enrolled      {}", device.enrolled)?;
    writeln!(out, "  last report   {}", or_dash(device.last_report))?;
    writeln!(out, "  revoked       {}", or_dash(device.revoked))?;
    writeln!(out, "  kept until    {}", device.records_until)?;
    let mut part = None;
    for held in &shown.sections {
        if part.replace(held.part) != Some(held.part) {
            writeln!(out, "Part {}, kept until {}", held.part, held.stored_until)?;
        }
        let rows = &held.rows.rows;
        writeln!(out, "{} ({} rows, {})", held.section.name(), rows.len(), held.digest)?;
        for row in rows.iter().take(ROWS_SHOWN) {
            let stored = row.iter().map(|(field, value)| format!("{field}={}", value.to_plain()));
            let derived = shown.derived(held, row).into_iter().map(|(name, value)| format!("{name}={value}"));
            let cells: Vec<_> = stored.chain(derived).collect();
            writeln!(out, "  {}", cells.join("  "))?;
        }
        if rows.len() > ROWS_SHOWN {
            writeln!(out, "  … {} more; --format json shows all", rows.len() - ROWS_SHOWN)?;
        }
    }
    Ok(())
}
