//! One question and one answer, whichever way leads to the reader.

use super::{ReaderClient, ReaderError, Way, process, socket};
use collector_proto::disclosure::{Answer, Ask, DisclosureMessage, Question};
use collector_proto::limits::MAX_REPORT_BYTES;
use std::sync::mpsc;
use std::time::Duration;

/// Longest answer in bytes: the rows of the largest report, and as much again for what stands around them.
pub(super) const MAX_ANSWER_BYTES: usize = 2 * MAX_REPORT_BYTES;

impl ReaderClient {
    /// Asks, and takes the answer. A refusal is an error for every question.
    pub(super) fn ask<Q: Ask>(&self, question: Q) -> Result<Q::Answer<DisclosureMessage>, ReaderError> {
        let question =
            serde_json::to_vec(&Question::of(question)).map_err(|error| ReaderError::Pipe(error.into()))?;
        let answer = match &self.way {
            Way::Started(program) => process::converse(program, question, self.timeout)?,
            Way::Served(place) => socket::converse(place, question, self.timeout)?,
        };
        match answer {
            Answer::Refused(refusal) => Err(ReaderError::Refused(refusal)),
            answer => Q::answer(answer).ok_or(ReaderError::OtherAnswer),
        }
    }
}

/// What was answered. Only the place of a fault is kept: the answer may hold collected values.
pub(super) fn parse(answer: &[u8]) -> Result<Answer, ReaderError> {
    serde_json::from_slice(answer)
        .map_err(|error| ReaderError::Unreadable { line: error.line(), column: error.column() })
}

/// The outcome of `work`, which runs in a thread so that a reader that hangs can be left; `None` when it takes too long.
pub(super) fn within<T: Send + 'static>(
    timeout: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        // The receiver is gone after a timeout; then nobody wants the outcome.
        let _ = sender.send(work());
    });
    receiver.recv_timeout(timeout).ok()
}
