//! `device show`

use crate::cli::Data;
use crate::cli::output::{self, Format, or_dash};
use crate::derive::Derivation;
use crate::store::{Device, HeldSection, wait};
use anyhow::Context as _;
use collector_proto::catalog::Section;
use collector_proto::value::Row;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use std::io::Write;
use std::process::ExitCode;
use uuid::Uuid;

/// Rows of a table that the text form shows.
const ROWS_SHOWN: usize = 20;

/// Arguments of `device show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  candor-collector device show 0b0f3a52-5f7b-4a0e-9d9c-0d2b6f1e7c11 --data /srv/candor --format json

`x.package.purl` is not sent: it is computed here from the row and the operating system, and no part of the digest.")]
pub(crate) struct Args {
    /// The device's id
    device: Uuid,
    #[command(flatten)]
    data: Data,
    /// How the device is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let store = args.data.store()?;
    let device =
        wait(store.device(args.device))?.with_context(|| format!("there is no device {}", args.device))?;
    let sections = wait(store.sections(args.device))?;
    let derivation = wait(Derivation::of(store.as_ref(), &device.group, &sections))?;
    match args.format {
        Format::Json => {
            let sections: serde_json::Map<_, _> = sections
                .iter()
                .map(|(section, held)| {
                    let rows: Vec<_> = held
                        .rows
                        .iter()
                        .map(|row| Shown { row, derived: derivation.values(*section, row) })
                        .collect();
                    let body = serde_json::json!({ "digest": held.digest, "rows": rows });
                    (section.name().to_owned(), body)
                })
                .collect();
            output::json(out, &serde_json::json!({ "device": device, "sections": sections }))?;
        }
        Format::Text => text(out, &device, &sections, &derivation)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A row and what is derived for it, written as one object.
struct Shown<'a> {
    row: &'a Row,
    derived: Vec<(&'static str, String)>,
}

impl Serialize for Shown<'_> {
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

fn text(
    out: &mut dyn Write,
    device: &Device,
    sections: &[(Section, HeldSection)],
    derivation: &Derivation,
) -> std::io::Result<()> {
    writeln!(out, "Device {}", device.device_id)?;
    writeln!(out, "  group         {}", device.group)?;
    writeln!(out, "  keys          {}", device.keys.join(", "))?;
    writeln!(out, "  agent         {}", device.agent_version)?;
    writeln!(out, "  enrolled      {}", device.enrolled)?;
    writeln!(out, "  last report   {}", or_dash(device.last_report))?;
    writeln!(out, "  revoked       {}", or_dash(device.revoked))?;
    for (section, held) in sections {
        writeln!(out, "{} ({} rows, {})", section.name(), held.rows.len(), held.digest)?;
        for row in held.rows.iter().take(ROWS_SHOWN) {
            let stored = row.iter().map(|(field, value)| format!("{field}={}", printable(&value.to_plain())));
            // Package URLs are printable ASCII.
            let derived =
                derivation.values(*section, row).into_iter().map(|(name, value)| format!("{name}={value}"));
            let cells: Vec<_> = stored.chain(derived).collect();
            writeln!(out, "  {}", cells.join("  "))?;
        }
        if held.rows.len() > ROWS_SHOWN {
            writeln!(out, "  … {} more; --format json shows all", held.rows.len() - ROWS_SHOWN)?;
        }
    }
    Ok(())
}

/// The value as a terminal may show it: what a device sent must not move the cursor or change colours.
fn printable(value: &str) -> String {
    value.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
