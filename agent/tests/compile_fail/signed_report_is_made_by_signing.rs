//! Nobody but the signing of a composed report makes a signed one.
use candor::ledger::{Kept, LedgerWriter, SignedReport};
use collector_proto::messages::Report;

fn pass_off<'w, 'lock>(writer: &'w mut LedgerWriter<'lock>, report: Kept<Report>) -> SignedReport<'w, 'lock> {
    SignedReport { writer, report }
}

fn main() {}
