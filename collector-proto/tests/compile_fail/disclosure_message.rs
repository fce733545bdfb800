//! Rows that somebody put together are not a reader's message.
use collector_proto::disclosure::DisclosureMessage;
use std::collections::BTreeMap;

fn forge() -> DisclosureMessage {
    DisclosureMessage { sections: BTreeMap::new(), absent: BTreeMap::new(), failed: BTreeMap::new() }
}

fn main() {
    let _ = forge;
}
