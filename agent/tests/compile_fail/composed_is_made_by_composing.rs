//! A report that somebody put together is not a composed one: only what was disclosed is composed.
use candor::ledger::{Composed, LedgerWriter};
use collector_proto::messages::Report;

fn put_together<'w, 'lock>(writer: &'w mut LedgerWriter<'lock>, report: Report) -> Composed<'w, 'lock> {
    Composed { writer, report }
}

fn main() {}
