//! `candor sent`: the ledger as its person reads it. Works without the agent and without a network.

use super::{Context, Exit, Failure, Format};
use crate::identity::{self, ReceiptKeys};
use crate::ledger::baseline::{self, Confirmed};
use crate::ledger::{Bound, Fate, Findings, Ledger};
use candor_notice::locale::Words;
use candor_notice::table::{Content, Layout, table};
use collector_proto::text::plain;
use collector_proto::time::UtcTime;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Characters a line of a report's table.
const WIDTH: usize = 110;

/// Arguments of `candor sent`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor sent list
  candor sent show 12
  candor sent verify
  candor sent export /tmp/my-data")]
pub struct SentArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List every report: when it was made, its size, what became of it
    #[command(after_help = "Examples:
  candor sent list
  candor sent list --format json")]
    List(ListArgs),
    /// Show one report as it was signed and sent, and its receipt
    #[command(after_help = "Examples:
  candor sent show 12                            as a table
  candor sent show 12 --format json              the signed bytes")]
    Show(ShowArgs),
    /// Verify every signature, chain and receipt
    #[command(after_help = "Examples:
  candor sent verify
  candor sent verify --format json

Exit status: 0 every entry verifies; 4 one was changed, or confirmed ones are missing.")]
    Verify(ListArgs),
    /// Write every report and receipt as a standard DSSE envelope
    #[command(after_help = "Examples:
  candor sent export /tmp/my-data                 a file for each report and each receipt")]
    Export(ExportArgs),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, clap::Args)]
struct ShowArgs {
    /// Number of the report, as in `candor sent list`
    number: u64,
    /// Text, or the signed JSON byte for byte
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, clap::Args)]
struct ExportArgs {
    /// An empty or new directory
    directory: PathBuf,
}

/// Shows the ledger.
pub fn run(args: &SentArgs, context: &Context) -> Result<(), Failure> {
    let enrolment = context.enrolment()?;
    let key = identity::load_key(&context.paths)?;
    let receipt_keys = enrolment.receipt_keys(&context.paths, &context.documents()?)?;
    let confirmed = baseline::confirmed(&context.paths.baseline());
    let ledger = Ledger::view(&context.paths.ledger(), key.public())?;
    match &args.verb {
        Verb::List(args) => list(&ledger, &receipt_keys, args.format, context),
        Verb::Show(args) => show_one(&ledger, &receipt_keys, args, context),
        Verb::Verify(args) => verify(&ledger, &receipt_keys, confirmed.as_ref(), args.format, context),
        Verb::Export(args) => export(&ledger, &receipt_keys, &args.directory, context),
    }
}

/// One line of the list.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line {
    Report {
        entry: u64,
        created: UtcTime,
        stream: String,
        seq: u64,
        policy_version: u64,
        bytes: usize,
        state: Fate,
        received_at: Option<UtcTime>,
        stored_until: Option<UtcTime>,
        problem: Option<String>,
    },
    Dropped {
        first: u64,
        last: u64,
        at: UtcTime,
        state: Fate,
        why: Bound,
    },
}

fn list(ledger: &Ledger, keys: &ReceiptKeys, format: Format, context: &Context) -> Result<(), Failure> {
    let mut lines = Vec::new();
    for range in ledger.dropped() {
        let record = ledger.drop_record(range)?;
        let record = record.document();
        let (first, last, at) = (record.first, record.last, record.created);
        lines.push((first, Line::Dropped { first, last, at, state: record.fate, why: record.why }));
    }
    for (entry, state) in ledger.entries() {
        let recorded = ledger.load(entry)?;
        let receipt = ledger.receipt(&recorded, keys)?;
        let report = recorded.report().document();
        let problem = ledger
            .refusal(entry)?
            .and_then(|note| note.document().problem.kind())
            .map(|k| k.title().to_owned());
        let line = Line::Report {
            entry,
            created: report.created,
            stream: report.stream.clone(),
            seq: report.seq,
            policy_version: report.policy.version,
            bytes: recorded.report().body().len(),
            state,
            received_at: receipt.as_ref().map(|receipt| receipt.received_at),
            stored_until: receipt.as_ref().map(|receipt| receipt.stored_until),
            problem,
        };
        lines.push((entry, line));
    }
    lines.sort_by_key(|(first, _)| *first);
    let lines: Vec<Line> = lines.into_iter().map(|(_, line)| line).collect();
    if format == Format::Json {
        return context.print_json(&lines);
    }
    if lines.is_empty() {
        return context.print("Nothing was recorded or sent.\n");
    }
    let mut text = format!(
        "{:>6}  {:<20}  {:>6}  {:>9}  {}\n",
        "report", "made", "policy", "bytes", "what became of it"
    );
    for line in &lines {
        write_line(&mut text, line);
    }
    context.print(&text)
}

fn write_line(text: &mut String, line: &Line) {
    // Writing to a String cannot fail.
    let _ = match line {
        Line::Report { entry, created, policy_version, bytes, state, stored_until, problem, .. } => {
            let fate = match (state, stored_until, problem) {
                (Fate::Receipted, Some(until), _) => {
                    format!("receipted; the collector keeps it until {}", until.date())
                }
                (Fate::Refused, _, Some(problem)) => format!("refused: {problem}"),
                (Fate::Receipted | Fate::Refused, _, _) => state.name().to_owned(),
                (Fate::Unsent, _, _) => "not receipted; it may have left".to_owned(),
            };
            writeln!(text, "{entry:>6}  {created:<20}  {policy_version:>6}  {bytes:>9}  {fate}")
        }
        Line::Dropped { first, last, at, state, why } => {
            let why = match why {
                Bound::Age => "too old",
                Bound::Bytes => "the ledger was full",
            };
            writeln!(text, "{first:>6}  to {last}: {} reports dropped on {} ({why})", state.name(), at.date())
        }
    };
}

fn show_one(ledger: &Ledger, keys: &ReceiptKeys, args: &ShowArgs, context: &Context) -> Result<(), Failure> {
    let recorded = ledger.load(args.number)?;
    let receipt = ledger.receipt(&recorded, keys)?;
    let body = recorded.report().body();
    if args.format == Format::Json {
        let mut bytes = body.to_vec();
        bytes.push(b'\n');
        return context.print_bytes(&bytes);
    }
    let report = recorded.report().document();
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "Report {} of {}, made under policy version {}\nStream {} number {}\nSigned by {}, {} bytes\nDigest {}",
        args.number,
        report.created,
        report.policy.version,
        plain(&report.stream),
        report.seq,
        recorded.report().signature().key_id(),
        body.len(),
        recorded.report().digest(),
    );
    let _ = match (&receipt, ledger.refusal(args.number)?) {
        (Some(receipt), _) => writeln!(
            text,
            "Receipted by {} at {}; the last of it is deleted by {}",
            plain(&receipt.collector),
            receipt.received_at,
            receipt.stored_until
        ),
        (None, Some(note)) => {
            let problem = &note.document().problem;
            writeln!(
                text,
                "Refused by the collector: {}",
                problem.kind().map_or("unknown reason", |k| k.title())
            )
        }
        (None, None) => writeln!(text, "Not receipted; it may have left"),
    };
    text.push('\n');
    let words = Words::load("en").map_err(anyhow::Error::from)?;
    let layout = Layout { width: WIDTH, rows: None };
    text.push_str(&table(&Content::from(report), &words, layout, &|_| None).map_err(anyhow::Error::from)?);
    context.print(&text)
}

fn verify(
    ledger: &Ledger,
    keys: &ReceiptKeys,
    confirmed: Option<&Confirmed>,
    format: Format,
    context: &Context,
) -> Result<(), Failure> {
    let findings = ledger.verify(keys, confirmed)?;
    if format == Format::Json {
        return context.print_json(&findings);
    }
    let Findings { reports, receipts, refused, unsent, dropped } = findings;
    context.print(&format!(
        "Every entry verifies: {reports} reports, {receipts} receipts, {refused} refused, {unsent} not receipted, \
         {dropped} dropped and recorded as such.\n"
    ))
}

/// `<n>.report.dsse.json` and `<n>.receipt.dsse.json`, as any DSSE tool reads them.
fn export(ledger: &Ledger, keys: &ReceiptKeys, directory: &Path, context: &Context) -> Result<(), Failure> {
    std::fs::create_dir_all(directory).map_err(|error| unwritable(directory, error))?;
    let mut files = 0;
    for range in ledger.dropped() {
        let name = format!("{:010}-{:010}.dropped.dsse.json", range.start(), range.end());
        write_new(&directory.join(name), &ledger.drop_record(range)?.to_envelope().to_json())?;
        files += 1;
    }
    for (entry, _) in ledger.entries() {
        let recorded = ledger.load(entry)?;
        write_new(
            &directory.join(format!("{entry:010}.report.dsse.json")),
            &recorded.report().to_envelope().to_json(),
        )?;
        files += 1;
        if ledger.receipt(&recorded, keys)?.is_some()
            && let Some(receipt) = ledger.receipt_envelope(entry)?
        {
            write_new(&directory.join(format!("{entry:010}.receipt.dsse.json")), &receipt.to_json())?;
            files += 1;
        }
    }
    context.print(&format!("{files} envelopes written to {}\n", directory.display()))
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    use std::io::Write as _;
    let mut file = std::fs::File::create_new(path).map_err(|error| unwritable(path, error))?;
    file.write_all(bytes).map_err(|error| unwritable(path, error))
}

fn unwritable(path: &Path, error: std::io::Error) -> Failure {
    Failure::new(
        Exit::Failed,
        anyhow::Error::new(error).context(format!("{} cannot be written", path.display())),
    )
}
