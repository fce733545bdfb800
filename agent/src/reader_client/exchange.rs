//! One question and one answer, whichever way leads to the reader.

use super::process::StartedReader;
use super::socket::{self, ServedReader};
use super::{ReaderClient, ReaderError, Way};
use collector_proto::disclosure::{Answer, Ask, DisclosureMessage, Question};
use collector_proto::limits::MAX_REPORT_BYTES;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

/// Longest answer in bytes: the rows of the largest report, and as much again for what stands around them.
pub(super) const MAX_ANSWER_BYTES: usize = 2 * MAX_REPORT_BYTES;

/// A reader that waits for its question.
#[derive(Debug)]
pub(super) enum Reached {
    Started(StartedReader),
    Served(ServedReader),
}

impl Way {
    /// Starts a reader, or connects to one.
    pub(super) fn reach(&self) -> Result<Reached, ReaderError> {
        match self {
            Self::Started(program) => program.start().map(Reached::Started),
            Self::Served(place) | Self::Asked(place) => socket::connect(place).map(Reached::Served),
        }
    }
}

impl Reached {
    /// The process that was started.
    pub(super) fn process(&self) -> Option<u32> {
        match self {
            Self::Started(reader) => Some(reader.id()),
            Self::Served(_) => None,
        }
    }

    fn converse(self, question: Vec<u8>, timeout: Duration) -> Result<Answer, ReaderError> {
        match self {
            Self::Started(reader) => reader.converse(question, timeout),
            Self::Served(reader) => reader.converse(question, timeout),
        }
    }
}

impl ReaderClient {
    /// Asks the reader that waits, or one that is reached now, and takes the answer. A refusal is an error for every
    /// question.
    pub(super) fn ask<Q: Ask>(&self, question: Q) -> Result<Q::Answer<DisclosureMessage>, ReaderError> {
        let question =
            serde_json::to_vec(&Question::of(question)).map_err(|error| ReaderError::Pipe(error.into()))?;
        match self.answered(question)? {
            Answer::Refused(refusal) if refusal.is_of_the_question() => {
                Err(ReaderError::NotAnswered(refusal))
            }
            Answer::Refused(refusal) => Err(ReaderError::Refused(refusal)),
            answer => Q::answer(answer).ok_or(ReaderError::OtherAnswer),
        }
    }

    fn answered(&self, question: Vec<u8>) -> Result<Answer, ReaderError> {
        let waiting = self.waiting.borrow_mut().pop();
        let reader = waiting.unwrap_or_else(|| self.way.reach());
        let answered = reader.and_then(|reader| reader.converse(question, self.timeout));
        match &self.way {
            Way::Started(_) | Way::Served(_) => answered,
            Way::Asked(socket) => answered.map_err(|error| not_told(socket, error)),
        }
    }
}

/// That nobody can be told what is collected, with the reason alone: what else an error says concerns the agent's socket.
fn not_told(socket: &Path, error: ReaderError) -> ReaderError {
    let socket = socket.to_path_buf();
    match error {
        ReaderError::Unserved { source, .. } => ReaderError::People { socket, source: source.into() },
        ReaderError::HungUp { .. } => ReaderError::People { socket, source: "it gave no answer".into() },
        error => ReaderError::People { socket, source: error.into() },
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
