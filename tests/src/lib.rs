//! What the end-to-end tests stand on: the real binaries, started as their users start them, in temporary directories
//! and on loopback.
//!
//! `cargo xtask test` builds the binaries first. A test that finds none says so and fails.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why and fails")]

mod agent;
mod binaries;
mod booted;
mod collector;
mod copy;
mod ends;
mod fault_server;
pub mod fuzz;
mod meddler;
mod message;
mod relay;
mod resign;
mod tls;
pub mod years;

pub use agent::{Agent, Said};
pub use binaries::{binary, fixture, inventory, repository};
pub use booted::Booted;
pub use collector::Collector;
pub use copy::copy;
pub use ends::ends;
pub use fault_server::{Fault, FaultServer};
pub use meddler::Meddler;
pub use message::Message;
pub use relay::{OnAnswer, OnRequest, Relay};
pub use resign::{name_newest, resign};
pub use years::Clock;

use collector_proto::digest::Digest;
use collector_proto::disclosure::DisclosureMessage;

/// What a reader disclosed, with the rows of all parts by section.
///
/// # Panics
/// When it is no disclosure.
pub fn disclosed(disclosure: &serde_json::Value) -> serde_json::Value {
    let message: DisclosureMessage = serde_json::from_value(disclosure.clone()).expect("a disclosure");
    serde_json::json!({
        "sections": message.sections(), "absent": message.absent(), "failed": message.failed(),
    })
}

/// A report as tests look at it: its head, with the sections of those of the parts that it names.
fn report_of(head: &[u8], parts: &[Vec<u8>]) -> serde_json::Value {
    let mut report: serde_json::Value = serde_json::from_slice(head).expect("a head");
    let named: Vec<String> = report["parts"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(_, digest)| digest.as_str().map(str::to_owned))
        .collect();
    let mut sections = serde_json::Map::new();
    for part in parts.iter().filter(|part| named.contains(&Digest::of(part).to_string())) {
        let part: serde_json::Value = serde_json::from_slice(part).expect("a part");
        for (name, body) in part["sections"].as_object().into_iter().flatten() {
            sections.insert(name.clone(), body.clone());
        }
    }
    report["sections"] = sections.into();
    report
}
