//! `candor sent show`.

use super::Books;
use crate::cli::{Context, Failure, Format};
use candor_notice::locale::Words;
use candor_notice::table::{Layout, TableContent, table};
use collector_proto::text::plain;
use std::fmt::Write as _;

/// Characters in a line of a report's table.
const WIDTH: usize = 110;

/// Arguments of `candor sent show`.
#[derive(Debug, clap::Args)]
pub(super) struct ShowArgs {
    /// Number of the report, as in `candor sent list`
    number: u64,
    /// Text, or the signed JSON byte for byte
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Shows one report and what the collector said to it.
pub(super) fn run(args: &ShowArgs, books: &Books, context: &Context) -> Result<(), Failure> {
    let ledger = &books.ledger;
    let recorded = ledger.load(args.number)?;
    let receipt = ledger.receipt(&recorded, &books.receipt_keys)?;
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
    text.push_str(
        &table(&TableContent::from(report), &words, layout, &|_| None).map_err(anyhow::Error::from)?,
    );
    context.print(&text)
}
