//! `candor readings`: what was read on this device, when, for whom and from where. It holds no value.

use super::{Context, Failure, Format};
use crate::ledger::Fate;
use crate::reader_client::ReaderError;
use candor_notice::{Outcome, Record, Recorded};
use collector_proto::catalog::Section;
use collector_proto::disclosure::{AskedBy, Operation, Reading};
use collector_proto::text::plain;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Arguments of `candor readings`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor readings                   every reading that is on record, the newest last
  candor readings --long            with the fields, and the places that were looked at
  candor readings --format json

The reader writes each reading down before it reads, and keeps at most 1 MiB of that. No value is in it.

Exit status: 0 shown; 1 the reader cannot be asked; 3 this device is not enrolled.")]
pub struct ReadingsArgs {
    /// Name every field and every place
    #[arg(long)]
    long: bool,
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// A reading and what happened to it.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    reading: Reading,
    /// What happened to the report that it went into, where there is one in this ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<Fate>,
}

/// Shows the readings.
pub fn run(args: &ReadingsArgs, context: &Context) -> Result<(), Failure> {
    let shown = on_record(context)?;
    if args.format == Format::Json {
        return context.print_json(&shown);
    }
    if shown.is_empty() {
        return context.print("Nothing was read on this device, as far as its record goes back.\n");
    }
    let mut text = String::new();
    for reading in &shown {
        write(&mut text, reading, args.long);
    }
    context.print(&text)
}

/// What was read on this device for the notice, which is made also where nobody can say.
pub(super) fn record(context: &Context) -> Record {
    match on_record(context) {
        Ok(shown) => Record::Kept(shown.into_iter().map(Recorded::from).collect()),
        Err(error) => Record::Unknown(format!("{:#}", anyhow::Error::new(error))),
    }
}

/// Every reading on record, the oldest first.
fn on_record(context: &Context) -> Result<Vec<Shown>, ReaderError> {
    let readings = context.observer(None).readings()?;
    let fates = fates(context);
    let shown = readings.into_iter().map(|reading| {
        let report = reading.entry.and_then(|entry| fates.get(&entry).copied());
        Shown { reading, report }
    });
    Ok(shown.collect())
}

impl From<Shown> for Recorded {
    fn from(Shown { reading, report }: Shown) -> Self {
        let outcome = match (reading.operation, reading.entry, report) {
            (Operation::Disclose, None, _) => Outcome::NotRecorded,
            (_, None, _) => Outcome::Stayed,
            (_, Some(_), None) => Outcome::Recorded,
            (_, Some(_), Some(Fate::Unsent)) => Outcome::Unconfirmed,
            (_, Some(_), Some(Fate::Receipted)) => Outcome::Confirmed,
            (_, Some(_), Some(Fate::Refused)) => Outcome::Refused,
        };
        Self { reading, outcome }
    }
}

/// What happened to each entry of the ledger; nothing is known where it cannot be read.
fn fates(context: &Context) -> BTreeMap<u64, Fate> {
    let ledger = context.ledger().ok().flatten();
    ledger.map(|ledger| ledger.entries().collect()).unwrap_or_default()
}

fn write(text: &mut String, Shown { reading, report }: &Shown, long: bool) {
    let purpose = match reading.operation {
        Operation::Disclose => "for a report",
        Operation::Preview => "to be shown here",
        Operation::PreviewForEverybody => "for the page that everybody can open",
        Operation::ReadDraft => "to show what a draft would collect",
        _ => "otherwise",
    };
    let asked_by = match &reading.asked_by {
        AskedBy::Agent => "by the agent".to_owned(),
        AskedBy::Starter => "by whoever started the reader".to_owned(),
        AskedBy::Account(account) => format!("by account {}", plain(account)),
        AskedBy::OtherAccount => "by another account".to_owned(),
        AskedBy::Unknown => "by an unknown account".to_owned(),
    };
    let policy = reading
        .policy
        .map_or("under no policy".to_owned(), |policy| format!("under policy version {}", policy.version));
    let sources = reading
        .sources
        .as_ref()
        .map_or("and did not come to its end".to_owned(), |sources| format!("{} places", sources.len()));
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "{}  {purpose}, {asked_by}, {policy}: {} fields, {sources}; {}",
        reading.at,
        reading.fields.len(),
        fate(reading, *report)
    );
    if !long {
        return;
    }
    let mut sections: BTreeMap<Section, Vec<&str>> = BTreeMap::new();
    for field in &reading.fields {
        sections.entry(field.section()).or_default().push(field.name());
    }
    for (section, fields) in sections {
        let _ = writeln!(text, "    {}: {}", section.name(), fields.join(", "));
    }
    for source in reading.sources.iter().flatten() {
        let _ = writeln!(text, "    {}", plain(source));
    }
}

/// Whether what was read left the device.
fn fate(reading: &Reading, report: Option<Fate>) -> String {
    match (reading.operation, reading.entry, report) {
        (Operation::Disclose, None, _) => "handed to the agent, which recorded no report of it".to_owned(),
        (_, Some(entry), Some(Fate::Receipted)) => {
            format!("left as report {entry}, which the collector confirmed")
        }
        (_, Some(entry), Some(Fate::Refused)) => {
            format!("left as report {entry}, which the collector refused")
        }
        (_, Some(entry), Some(Fate::Unsent)) => {
            format!("recorded as report {entry}, not receipted; it may have left")
        }
        (_, Some(entry), None) => format!("recorded as report {entry}"),
        (_, None, _) => "did not leave this device".to_owned(),
    }
}
