//! Nobody but the verdict clears a report to leave.
use candor::ledger::Recorded;
use candor::verdict::Cleared;

fn clear(recorded: &Recorded) -> Cleared<'_> {
    Cleared { recorded, parts: Default::default() }
}

fn main() {}
