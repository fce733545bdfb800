//! Nobody but the ledger says that a report is recorded.
use candor::ledger::{Kept, Recorded};
use collector_proto::messages::Report;

fn record(report: Kept<Report>) -> Recorded {
    Recorded { number: 1, report }
}

fn main() {}
