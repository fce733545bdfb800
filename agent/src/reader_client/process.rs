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

/// Starts a reader, asks, and takes the answer.
pub(super) fn converse(
    program: &Program,
    question: Vec<u8>,
    timeout: Duration,
) -> Result<Answer, ReaderError> {
    let mut child = program.start()?;
    let answer = program.exchange(&mut child, question, timeout);
    if answer.is_err() {
        // It may already have ended; either way it must not outlive the question.
        let _ = child.kill();
    }
    let status = child.wait().map_err(ReaderError::Pipe)?;
    let answer = answer?;
    let ended = || ReaderError::Ended { program: program.path.clone(), status };
    if answer.is_empty() {
        return Err(ended());
    }
    match parse(&answer)? {
        Answer::Refused(refusal) => Ok(Answer::Refused(refusal)),
        answer if status.success() => Ok(answer),
        _ => Err(ended()),
    }
}

impl Program {
    fn start(&self) -> Result<Child, ReaderError> {
        let mut command = Command::new(&self.path);
        command.arg("--state").arg(&self.state);
        if let Some(root) = &self.root {
            command.arg("--root").arg(root);
        }
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|source| ReaderError::Start { program: self.path.clone(), source })
    }

    /// Writes the question and reads to the end of the answer.
    fn exchange(
        &self,
        child: &mut Child,
        question: Vec<u8>,
        timeout: Duration,
    ) -> Result<Vec<u8>, ReaderError> {
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
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
