//! `candor sent verify`.

use super::Books;
use crate::cli::{Context, Failure, Format};
use crate::ledger::Findings;

/// Arguments of `candor sent verify`.
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Verifies every entry; the first that is wrong is the failure.
pub(super) fn run(args: &VerifyArgs, books: &Books, context: &Context) -> Result<(), Failure> {
    let findings = books.ledger.verify(&books.receipt_keys, books.confirmed.as_ref())?;
    if args.format == Format::Json {
        return context.print_json(&findings);
    }
    let Findings { reports, receipts, refused, unsent, dropped } = findings;
    context.print(&format!(
        "Every entry verifies: {reports} reports, {receipts} receipts, {refused} refused, {unsent} not receipted, \
         {dropped} dropped and recorded as such.\n"
    ))
}
