//! Candor's own formats: what travels between its programs, what their files hold, and what people write for them.
//!
//! Beyond not failing, each target asserts what has to hold of whatever comes: what was read and is written again is read as
//! the same; nothing counts as signed that nobody signed; two programs that read the same bytes agree; a finding points into
//! the text; and an error does not repeat a value ([`MARKER`]).
//!
//! Where a signature stands before a parser, the input is what is signed and the target signs it: a fuzzer forges none, and
//! what stands behind the signature would never be reached.

mod author;
mod bundle;
mod documents;
mod envelope;
mod files;
mod header;
mod ledger;
mod reader;
mod receipt;
mod report;
mod request;
mod socket;
mod stand;
mod vectors;
mod words;

use super::Run;
use collector_proto::text::chain;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::error::Error;
use std::fmt::Debug;

/// A format: its name, what takes it, and documents as they are written today.
pub(super) struct Target {
    /// Name of the target and of its folder in the corpus.
    pub(super) name: &'static str,
    /// Makes what takes the inputs.
    pub(super) prepare: fn() -> Run,
    /// What to begin with.
    seeds: fn() -> Vec<Seed>,
}

/// An input to begin with, and its name.
pub type Seed = (String, Vec<u8>);

const fn target(name: &'static str, prepare: fn() -> Run, seeds: fn() -> Vec<Seed>) -> Target {
    Target { name, prepare, seeds }
}

/// Every format of Candor's own that takes bytes of somebody else.
pub(super) const TARGETS: &[Target] = &[
    target("header", header::prepare, header::seeds),
    target("http_signature", request::prepare, request::seeds),
    target("answer", header::prepare_answer, header::answers),
    target("envelope", envelope::prepare, envelope::seeds),
    target("documents", documents::prepare, documents::seeds),
    target("signed_documents", documents::prepare_signed, documents::signed_seeds),
    target("given_documents", documents::prepare_given, documents::given_seeds),
    target("bundle", bundle::prepare, bundle::seeds),
    target("policy_toml", author::prepare_policy, author::policies),
    target("ceiling_toml", author::prepare_ceiling, author::ceilings),
    target("report", report::prepare, report::seeds),
    target("report_coding", report::prepare_coding, report::codings),
    target("intake", report::prepare_intake, report::seeds),
    target("receipt", receipt::prepare, receipt::seeds),
    target("reader_request", reader::prepare_request, reader::requests),
    target("reader_answer", socket::prepare_answer, socket::answers),
    target("reader_state", reader::prepare_state, reader::states),
    target("ledger_question", socket::prepare_question, socket::questions),
    target("ledger_reply", reader::prepare_reply, reader::replies),
    target("ledger_file", ledger::prepare, ledger::seeds),
    target("agent_config", files::prepare_agent, files::agents),
    target("collector_config", files::prepare_collector, files::collectors),
    target("journal", files::prepare_journal, files::journals),
    target("words", words::prepare, words::seeds),
];

/// The inputs that the target of this name begins with.
///
/// # Panics
/// When there is no such target.
pub fn seeds(name: &str) -> Vec<Seed> {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target of this name");
    (target.seeds)()
}

/// Stands for a collected value, or a secret, in the inputs that targets begin with and in the dictionary. No name of Candor's own
/// holds it.
const MARKER: &str = "CanaryValue";

/// Asserts that an error repeats no value, however it is shown.
fn assert_silent(error: &dyn Error, what: &str) {
    let shown = format!("{} {error:?}", chain(error));
    assert!(!shown.contains(MARKER), "an error of {what} repeats a value");
}

/// Asserts that what was read is written so that it is read as the same; gives what is written.
fn assert_stable<T: Serialize + DeserializeOwned>(read: &T, what: &str) -> Vec<u8> {
    let written = serde_json::to_vec(read).expect("what was read can be written");
    let again: T = serde_json::from_slice(&written)
        .unwrap_or_else(|error| panic!("{what} is not read as it was written: {error}"));
    let twice = serde_json::to_vec(&again).expect("what was read can be written");
    assert_eq!(text(&written), text(&twice), "{what} changes when it is read and written again");
    written
}

/// The same for what can be compared.
fn assert_same<T: Serialize + DeserializeOwned + PartialEq + Debug>(read: &T, what: &str) -> Vec<u8> {
    let written = assert_stable(read, what);
    let again: T = serde_json::from_slice(&written).expect("it was read before");
    assert_eq!(*read, again, "{what} is another one when it is read again");
    written
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The first line of an input, and what follows it: a file's name and its content, or a choice and what it is about.
fn first_line(input: &[u8]) -> Option<(&str, &[u8])> {
    let end = input.iter().position(|byte| *byte == b'\n')?;
    let (line, rest) = input.split_at(end);
    Some((std::str::from_utf8(line).ok()?, rest.get(1..)?))
}

/// An input of a first line and what follows it.
fn with_first_line(line: &str, rest: &[u8]) -> Vec<u8> {
    [line.as_bytes(), b"\n", rest].concat()
}
