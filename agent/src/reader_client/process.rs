//! One reader process for each question, started by this process and with its rights.

use super::ReaderError;
use super::exchange::{MAX_ANSWER_BYTES, parse, within};
use collector_proto::disclosure::Answer;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How a reader is started.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    /// Where it keeps its state.
    pub(super) state: PathBuf,
    /// The tree that it reads instead of `/`.
    pub(super) root: Option<PathBuf>,
}

/// A reader that was started and not asked yet. One that is never asked ends with this.
#[derive(Debug)]
pub(super) struct StartedReader {
    path: PathBuf,
    child: Child,
}

impl Drop for StartedReader {
    /// It may already have ended; either way it must not outlive the question.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl StartedReader {
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks, and takes the answer.
    pub(super) fn converse(mut self, question: Vec<u8>, timeout: Duration) -> Result<Answer, ReaderError> {
        let answer = self.exchange(question, timeout)?;
        let status = self.child.wait().map_err(ReaderError::Pipe)?;
        let ended = || ReaderError::Ended { program: self.path.clone(), status };
        if answer.is_empty() {
            return Err(ended());
        }
        match parse(&answer)? {
            Answer::Refused(refusal) => Ok(Answer::Refused(refusal)),
            answer if status.success() => Ok(answer),
            _ => Err(ended()),
        }
    }

    /// Writes the question and reads to the end of the answer.
    fn exchange(&mut self, question: Vec<u8>, timeout: Duration) -> Result<Vec<u8>, ReaderError> {
        let (Some(mut input), Some(output)) = (self.child.stdin.take(), self.child.stdout.take()) else {
            return Err(ReaderError::Pipe(std::io::ErrorKind::BrokenPipe.into()));
        };
        let exchanged = within(timeout, move || {
            // A reader that refuses its arguments ends without reading; what it answered still counts.
            let _ = input.write_all(&question);
            drop(input);
            let mut answer = Vec::new();
            let bound = u64::try_from(MAX_ANSWER_BYTES).unwrap_or(u64::MAX).saturating_add(1);
            output.take(bound).read_to_end(&mut answer).map(|_| answer)
        });
        match exchanged {
            Some(Ok(answer)) if answer.len() > MAX_ANSWER_BYTES => Err(ReaderError::TooLong),
            Some(Ok(answer)) => Ok(answer),
            Some(Err(error)) => Err(ReaderError::Pipe(error)),
            None => Err(ReaderError::Timeout { program: self.path.clone(), timeout }),
        }
    }
}

impl Program {
    /// Starts a reader that waits for its question.
    pub(super) fn start(&self) -> Result<StartedReader, ReaderError> {
        let mut command = Command::new(&self.path);
        command.arg("--state").arg(&self.state);
        if let Some(root) = &self.root {
            command.arg("--root").arg(root);
        }
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let path = self.path.clone();
        match child {
            Ok(child) => Ok(StartedReader { path, child }),
            Err(source) => Err(ReaderError::Start { program: path, source }),
        }
    }
}
