//! One reader process for each question.

use super::{ReaderClient, ReaderError};
use collector_proto::disclosure::{Answer, Ask, DisclosureMessage, Question};
use collector_proto::limits::MAX_REPORT_BYTES;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

/// Longest answer in bytes: the rows of the largest report, and as much again for what stands around them.
pub(super) const MAX_ANSWER_BYTES: usize = 2 * MAX_REPORT_BYTES;

impl ReaderClient {
    /// Starts a reader, asks, and takes the answer. A refusal is an error for every question.
    pub(super) fn ask<Q: Ask>(&self, question: Q) -> Result<Q::Answer<DisclosureMessage>, ReaderError> {
        match self.converse(&Question::of(question))? {
            Answer::Refused(refusal) => Err(ReaderError::Refused(refusal)),
            answer => Q::answer(answer).ok_or(ReaderError::OtherAnswer),
        }
    }

    fn converse(&self, question: &Question) -> Result<Answer, ReaderError> {
        let question = serde_json::to_vec(question).map_err(|error| ReaderError::Pipe(error.into()))?;
        let mut child = self.start()?;
        let answer = self.exchange(&mut child, question);
        if answer.is_err() {
            // It may already have ended; either way it must not outlive the question.
            let _ = child.kill();
        }
        let status = child.wait().map_err(ReaderError::Pipe)?;
        let answer = answer?;
        if answer.is_empty() {
            return Err(ReaderError::Ended { program: self.program.clone(), status });
        }
        match serde_json::from_slice(&answer) {
            Ok(Answer::Refused(refusal)) => Ok(Answer::Refused(refusal)),
            Ok(answer) if status.success() => Ok(answer),
            Ok(_) => Err(ReaderError::Ended { program: self.program.clone(), status }),
            Err(error) => Err(ReaderError::Unreadable { line: error.line(), column: error.column() }),
        }
    }

    fn start(&self) -> Result<Child, ReaderError> {
        let mut command = Command::new(&self.program);
        command.arg("--state").arg(&self.state);
        if let Some(root) = &self.root {
            command.arg("--root").arg(root);
        }
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|source| ReaderError::Start { program: self.program.clone(), source })
    }

    /// Writes the question and reads to the end of the answer, in a thread so that a reader that hangs can be left.
    fn exchange(&self, child: &mut Child, question: Vec<u8>) -> Result<Vec<u8>, ReaderError> {
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(ReaderError::Pipe(std::io::ErrorKind::BrokenPipe.into()));
        };
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            // A reader that refuses its arguments ends without reading; what it answered still counts.
            let _ = input.write_all(&question);
            drop(input);
            let mut answer = Vec::new();
            let bound = u64::try_from(MAX_ANSWER_BYTES).unwrap_or(u64::MAX).saturating_add(1);
            let read = output.take(bound).read_to_end(&mut answer).map(|_| answer);
            // The receiver is gone after a timeout; then nobody wants the answer.
            let _ = sender.send(read);
        });
        match receiver.recv_timeout(self.timeout) {
            Ok(Ok(answer)) if answer.len() > MAX_ANSWER_BYTES => Err(ReaderError::TooLong),
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(ReaderError::Pipe(error)),
            Err(_) => Err(ReaderError::Timeout { program: self.program.clone(), timeout: self.timeout }),
        }
    }
}
