//! `candor sent show`.

use crate::cli::{Context, Exit, Failure, Format};
use candor_notice::locale::Words;
use candor_notice::table::{Layout, ReportRows, TableContent, table};
use collector_proto::disclosure::sent::{Fate, OpenedReport, SentEntry, SentReceipt};
use collector_proto::envelope::DetachedSignature;
use collector_proto::messages::{PartName, ProblemKind};
use collector_proto::text::plain;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Characters in a line of a report's table.
const WIDTH: usize = 110;

/// Arguments of `candor sent show`.
#[derive(Debug, clap::Args)]
pub(super) struct ShowArgs {
    /// Number of the report, as in `candor sent list`
    number: u64,
    /// Text, or JSON with the signed head and the parts byte for byte
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Shows one report and what the collector said to it.
pub(super) fn run(args: &ShowArgs, context: &Context) -> Result<(), Failure> {
    let shown = if context.is_own() {
        context.books()?.show(args.number)?
    } else {
        context.observer(None).sent_entry(args.number)?
    };
    let opened = shown.open().map_err(|bad| Failure::new(Exit::Tampered, bad))?;
    if args.format == Format::Json {
        return context.print_bytes(json(&shown, &opened)?.as_bytes());
    }
    context.print(&text(&shown, &opened)?)
}

/// What was signed and each part, byte for byte, and which parts are not shown.
fn json(shown: &SentEntry, opened: &OpenedReport) -> Result<String, Failure> {
    let names = |names: &BTreeSet<PartName>| serde_json::to_string(names).map_err(anyhow::Error::from);
    let parts: Vec<String> =
        opened.parts.keys().zip(&shown.parts).map(|(name, bytes)| format!("\"{name}\":{bytes}")).collect();
    Ok(format!(
        "{{\"head\":{},\"parts\":{{{}}},\"missing\":{},\"left_out\":{}}}\n",
        shown.head,
        parts.join(","),
        names(&opened.missing)?,
        names(&shown.left_out)?
    ))
}

/// The report as a table: the rows of all parts together.
fn text(shown: &SentEntry, opened: &OpenedReport) -> Result<String, Failure> {
    let report = &opened.report;
    let signature = DetachedSignature::parse(&shown.signature).map_err(anyhow::Error::from)?;
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "Report {} of {}, made under policy version {}\nStream {} number {}\nSigned by {}, {} bytes\nDigest {}",
        shown.entry,
        report.created,
        report.policy.version,
        plain(&report.stream),
        report.seq,
        plain(signature.key_id().as_str()),
        shown.bytes,
        shown.digest,
    );
    let _ = match (&shown.receipt, shown.state) {
        (Some(receipt), _) => writeln!(text, "{}", receipted(receipt)),
        (None, Fate::Refused) => {
            let problem = shown.problem.map_or("unknown reason", ProblemKind::title);
            writeln!(text, "Refused by the collector: {problem}")
        }
        (None, Fate::Receipted | Fate::Unsent) => writeln!(text, "Not receipted; it may have left"),
    };
    text.push_str(&not_shown(shown, opened));
    text.push('\n');
    let words = Words::load("en").map_err(anyhow::Error::from)?;
    let layout = Layout { width: WIDTH, rows: None };
    let rows = ReportRows::from(opened);
    let shown = table(&TableContent::from(&rows), &words, layout, &|_| None);
    text.push_str(&shown.map_err(anyhow::Error::from)?);
    Ok(text)
}

fn receipted(receipt: &SentReceipt) -> String {
    let dates = receipt.values_until.iter();
    let dates: Vec<String> =
        dates.map(|(retention, until)| format!("on {} what is kept for {retention}", until.date())).collect();
    let values = if dates.is_empty() { "no values".to_owned() } else { dates.join(", ") };
    format!(
        "Receipted by {} at {}; the collector deletes {values}, and this record without values on {}",
        plain(&receipt.collector),
        receipt.received_at,
        receipt.records_until.date()
    )
}

/// Which parts are not shown, and why.
fn not_shown(shown: &SentEntry, opened: &OpenedReport) -> String {
    let count = |count: usize, text: &str| match count {
        0 => String::new(),
        1 => format!("1 part {}\n", text.replace("ARE", "is")),
        more => format!("{more} parts {}\n", text.replace("ARE", "are")),
    };
    count(opened.missing.len(), "ARE not there any more: the time was over, or a newer report took the place")
        + &count(
            shown.left_out.len(),
            "ARE left out for this account, because other accounts are in question; root is shown all",
        )
}
