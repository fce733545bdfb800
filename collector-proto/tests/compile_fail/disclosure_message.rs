//! Rows that somebody put together are not a reader's message, checked or not.
use collector_proto::disclosure::{DisclosureMessage, TreatedRows};

fn forge(rows: TreatedRows) -> DisclosureMessage {
    DisclosureMessage(rows)
}

fn main() {
    let _ = forge;
}
