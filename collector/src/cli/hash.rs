//! `hash`: what a device sends in the place of a value, computed where the tenant key is.

use super::output::{Format, Output, complain};
use super::tenant_key::TenantKeyFile;
use anyhow::{Context as _, bail, ensure};
use collector_proto::catalog::{FieldId, TreatmentKind};
use collector_proto::keyed_hash::{HashKey, canonical};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Most bad values that are told one by one.
const MAX_TOLD: usize = 20;

/// Longest file of values in bytes: a million of them.
const MAX_INPUT_BYTES: u64 = 64 * 1024 * 1024;

/// Arguments of `hash`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector hash --tenant-key tenant.key --field host.mac AC:DE:48:23:45:67
  candor-collector hash --tenant-key tenant.key --field device.serial_number --input purchases.txt --format json

Run it where the tenant key is: it needs no collector. A file has one value on each line; empty lines are left out. Hardware addresses and IP addresses may be
written in any usual way. Text is compared as devices send it: upper and lower case differ. Each line that is printed is a hash, two spaces and the value as it was given.

Hashes of one tenant key do not match those of another: hash a list again after `tenant-key rotate`.")]
pub(crate) struct Args {
    #[command(flatten)]
    key: TenantKeyFile,
    /// The field whose values these are
    #[arg(long, value_name = "FIELD", value_parser = hashed_field)]
    field: FieldId,
    /// The values
    #[arg(required_unless_present = "input", conflicts_with = "input")]
    values: Vec<String>,
    /// File with one value on each line; `-` for standard input
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// How the hashes are printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Serialize)]
struct Hashed<'a> {
    value: &'a str,
    hash: String,
}

/// A field that a policy can have hashed.
fn hashed_field(name: &str) -> Result<FieldId, String> {
    let field = FieldId::parse(name).ok_or("there is no such field; docs/fields.md lists them")?;
    if field.field().treatments.contains(&TreatmentKind::Hmac) {
        Ok(field)
    } else {
        Err("no policy can have this field hashed".to_owned())
    }
}

pub(super) fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let key = args.key.load()?;
    let key = HashKey::parse(&key.id, &key.key)?;
    let text = args.input.as_deref().map(read).transpose()?;
    let values: Vec<(usize, &str)> = match &text {
        Some(text) => text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).collect(),
        None => args.values.iter().map(String::as_str).enumerate().collect(),
    };
    ensure!(!values.is_empty(), "there is no value in the input");
    let (mut hashed, mut bad) = (Vec::with_capacity(values.len()), Vec::new());
    for (index, value) in values {
        match canonical(args.field, value) {
            Ok(canonical) => hashed.push(Hashed { value, hash: key.hash(args.field, &canonical) }),
            Err(why) => bad.push((index + 1, why)),
        }
    }
    let what = if text.is_some() { "line" } else { "value" };
    for (number, why) in bad.iter().take(MAX_TOLD) {
        complain(&format!("{what} {number}: {why}"));
    }
    match (bad.first(), bad.len()) {
        (None, _) => print(&hashed, args, out)?,
        (Some((number, why)), 1) => bail!("nothing was hashed: {what} {number}: {why}"),
        (Some((number, _)), count) => bail!(
            "nothing was hashed: {count} {what}s are not values of {}, the first is {number}",
            args.field
        ),
    }
    Ok(ExitCode::SUCCESS)
}

fn print(hashed: &[Hashed<'_>], args: &Args, out: &mut Output<'_>) -> anyhow::Result<()> {
    match args.format {
        Format::Json => out.json(&serde_json::json!({ "field": args.field, "hashes": hashed }))?,
        Format::Text => {
            for Hashed { value, hash } in hashed {
                writeln!(out, "{hash}  {value}")?;
            }
        }
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<String> {
    let text = if path == Path::new("-") {
        std::io::read_to_string(std::io::stdin())
    } else {
        candor_durable::read_given(path, MAX_INPUT_BYTES)
            .and_then(|bytes| String::from_utf8(bytes).map_err(|_| std::io::ErrorKind::InvalidData.into()))
    };
    text.with_context(|| format!("cannot read {}", path.display()))
}
