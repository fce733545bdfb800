//! `candor sent show`.

use crate::cli::{Context, Failure, Format};
use candor_notice::locale::Words;
use candor_notice::table::{Layout, TableContent, table};
use collector_proto::catalog::Section;
use collector_proto::disclosure::sent::{Fate, SentEntry, SentReceipt, ShownReport};
use collector_proto::envelope::{DetachedSignature, Document as _};
use collector_proto::messages::{ProblemKind, Report};
use collector_proto::text::plain;
use serde::Serialize;
use std::collections::BTreeSet;
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
pub(super) fn run(args: &ShowArgs, context: &Context) -> Result<(), Failure> {
    let shown = if context.is_own() {
        context.books()?.show(args.number)?
    } else {
        context.observer(None).sent_entry(args.number)?
    };
    match (args.format, &shown.report) {
        (Format::Json, ShownReport::Whole(body)) => context.print_bytes(format!("{body}\n").as_bytes()),
        (Format::Json, ShownReport::InPart { report, left_out }) => {
            context.print_json(&InPart::of(&shown, report, left_out))
        }
        (Format::Text, ShownReport::Whole(body)) => {
            let report = Report::read(body.as_bytes()).map_err(anyhow::Error::from)?;
            context.print(&text(&shown, &report, None)?)
        }
        (Format::Text, ShownReport::InPart { report, left_out }) => {
            context.print(&text(&shown, report, Some(left_out))?)
        }
    }
}

/// What is shown in the place of the signed bytes, and says so.
#[derive(Serialize)]
struct InPart<'a> {
    signed_bytes: bool,
    left_out: &'a BTreeSet<Section>,
    entry: u64,
    digest_of_signed_bytes: String,
    number_of_signed_bytes: u64,
    state: Fate,
    receipt: Option<&'a SentReceipt>,
    problem: Option<ProblemKind>,
    report: &'a Report,
}

impl<'a> InPart<'a> {
    fn of(shown: &'a SentEntry, report: &'a Report, left_out: &'a BTreeSet<Section>) -> Self {
        Self {
            signed_bytes: false,
            left_out,
            entry: shown.entry,
            digest_of_signed_bytes: shown.digest.to_string(),
            number_of_signed_bytes: shown.bytes,
            state: shown.state,
            receipt: shown.receipt.as_ref(),
            problem: shown.problem,
            report,
        }
    }
}

/// The report as a table, without the sections that are named as left out.
fn text(shown: &SentEntry, report: &Report, left_out: Option<&BTreeSet<Section>>) -> Result<String, Failure> {
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
        (Some(receipt), _) => writeln!(
            text,
            "Receipted by {} at {}; the last of it is deleted by {}",
            plain(&receipt.collector),
            receipt.received_at,
            receipt.stored_until
        ),
        (None, Fate::Refused) => {
            let problem = shown.problem.map_or("unknown reason", ProblemKind::title);
            writeln!(text, "Refused by the collector: {problem}")
        }
        (None, Fate::Receipted | Fate::Unsent) => writeln!(text, "Not receipted; it may have left"),
    };
    if let Some(left_out) = left_out {
        text.push_str(&in_part(left_out));
    }
    text.push('\n');
    let words = Words::load("en").map_err(anyhow::Error::from)?;
    let layout = Layout { width: WIDTH, rows: None };
    text.push_str(
        &table(&TableContent::from(report), &words, layout, &|_| None).map_err(anyhow::Error::from)?,
    );
    Ok(text)
}

/// What an account without rights over the machine is not shown.
fn in_part(left_out: &BTreeSet<Section>) -> String {
    let names: Vec<&str> = left_out.iter().map(|section| section.name()).collect();
    match names.as_slice() {
        [] => "What follows are its values and not the signed bytes; none are left out.\n".to_owned(),
        names => format!(
            "Left out for this account, because they can be about other accounts: {}. Root is shown the signed bytes.\n",
            names.join(", ")
        ),
    }
}
