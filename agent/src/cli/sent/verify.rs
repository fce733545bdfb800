//! `candor sent verify`.

use super::Books;
use crate::cli::{Context, Exit, Failure, Format};
use crate::ledger::Findings;
use crate::reader_client::ReaderError;
use collector_proto::disclosure::LedgerHead;
use serde::Serialize;

/// Arguments of `candor sent verify`.
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What was found, and what the ledger was compared with.
#[derive(Serialize)]
struct Verified {
    #[serde(flatten)]
    findings: Findings,
    /// The newest entry that the reader knows of.
    known_to_the_reader: Option<LedgerHead>,
    compared_with_the_collector: bool,
}

/// Verifies every entry; the first that is wrong is the failure.
pub(super) fn run(args: &VerifyArgs, context: &Context) -> Result<(), Failure> {
    // Before the ledger is viewed: an agent at work moves both on.
    let documents = context.documents()?;
    let known = context.reader(None).status(&documents).map(|status| status.ledger);
    let books = Books::open(context)?;
    let findings = books.ledger.verify(&books.receipt_keys, books.confirmed.as_ref())?;
    let known_to_the_reader = known.map_err(unknown)?;
    if let Some(known) = &known_to_the_reader {
        books.ledger.continues(known).map_err(|other| Failure::new(Exit::Tampered, other))?;
    }
    if args.format == Format::Json {
        let compared_with_the_collector = false;
        return context.print_json(&Verified { findings, known_to_the_reader, compared_with_the_collector });
    }
    let Findings { reports, receipts, refused, unsent, dropped } = findings;
    let compared = match known_to_the_reader {
        Some(LedgerHead { entries, .. }) => {
            format!("None is missing of the {entries} that the reader was told of.")
        }
        None => "The reader was told of none yet, so that a missing one would not be noticed.".to_owned(),
    };
    context.print(&format!(
        "Every entry verifies: {reports} reports, {receipts} receipts, {refused} refused, {unsent} not receipted, \
         {dropped} dropped and recorded as such.\n{compared}\nWhat the collector has was not compared.\n"
    ))
}

/// Without the reader's word a ledger that lost its end cannot be told from a young one.
fn unknown(error: ReaderError) -> Failure {
    let error = Failure::from(error).error;
    Failure::new(
        Exit::Failed,
        error.context("every entry verifies, but it is unknown whether the last ones are missing"),
    )
}
