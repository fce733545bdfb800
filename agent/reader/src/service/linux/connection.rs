//! One connection: a question within its time, the answer, and nothing that holds up anybody else.

use super::limits::{ANSWER, TAKE};
use super::memory::Asked;
use super::refusal::NotAnswered;
use super::{Shared, locked, now};
use crate::host::AccountId;
use collector_proto::disclosure::{Operation, Question};
use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How an answer begins that holds what was read. Others are not remembered.
const DISCLOSURE: &[u8] = br#"{"answer":"disclosure""#;

pub(super) struct Connection<'c> {
    pub(super) stream: UnixStream,
    pub(super) account: &'c AccountId,
    pub(super) shared: &'c Shared,
}

impl Connection<'_> {
    /// Takes the question and answers it. Whoever cannot be answered any more has hung up.
    pub(super) fn serve(self) {
        // It was accepted by a listener that does not wait.
        if self.stream.set_nonblocking(false).is_err() {
            return;
        }
        let answered = self.question().and_then(|(question, operation)| self.answer(question, operation));
        let answer = match answered {
            Ok(answer) => answer,
            Err(refused) => refused.to_bytes(now()).into(),
        };
        let _ = self.hand_over(&answer);
    }

    /// The question to its end, and what is asked.
    fn question(&self) -> Result<(Vec<u8>, Operation), NotAnswered> {
        let bytes = self
            .read(Instant::now() + self.shared.allowance.question)
            .map_err(|_| NotAnswered::NotUnderstood)?;
        let question = Question::read(&bytes).map_err(|_| NotAnswered::NotUnderstood)?;
        Ok((bytes, question.request.operation()))
    }

    fn read(&self, deadline: Instant) -> io::Result<Vec<u8>> {
        let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
        loop {
            self.stream.set_read_timeout(Some(left(deadline)?))?;
            let read = match (&self.stream).read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            bytes.extend_from_slice(buffer.get(..read).unwrap_or_default());
            if read == 0 {
                return Ok(bytes);
            }
            if bytes.len() > self.shared.allowance.question_bytes {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
        }
    }

    fn answer(&self, question: Vec<u8>, operation: Operation) -> Result<Arc<[u8]>, NotAnswered> {
        let deadline = Instant::now() + ANSWER;
        match operation {
            Operation::Preview => self.preview(question, deadline),
            _ => self.ask(&question, deadline),
        }
    }

    /// The account's last preview, or a new one.
    fn preview(&self, question: Vec<u8>, deadline: Instant) -> Result<Arc<[u8]>, NotAnswered> {
        // Whoever waits here may find what another process of the account was shown meanwhile.
        let _turn = self.shared.turns.take(self.account, deadline).ok_or(NotAnswered::TooSlow)?;
        // Before the reading: what changes during it is not remembered as if it had been there.
        let Ok(state) = self.shared.state.fingerprint() else { return self.ask(&question, deadline) };
        let asked = Asked { question, state };
        if let Some(answer) = locked(&self.shared.memory).find(self.account, &asked, Instant::now()) {
            return Ok(answer);
        }
        let answer = self.ask(&asked.question, deadline)?;
        if answer.starts_with(DISCLOSURE) {
            let remembered = Arc::clone(&answer);
            locked(&self.shared.memory).keep(self.account.clone(), asked, remembered, Instant::now());
        }
        Ok(answer)
    }

    fn ask(&self, question: &[u8], deadline: Instant) -> Result<Arc<[u8]>, NotAnswered> {
        self.shared.program.answer(self.account, question, &self.stream, deadline).map(Arc::from)
    }

    fn hand_over(&self, answer: &[u8]) -> io::Result<()> {
        let deadline = Instant::now() + TAKE;
        let mut rest = answer;
        while !rest.is_empty() {
            self.stream.set_write_timeout(Some(left(deadline)?))?;
            let written = match (&self.stream).write(rest) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                written => written?,
            };
            rest = rest.get(written..).unwrap_or_default();
        }
        Ok(())
    }
}

/// Refuses without waiting for anything: what is written fits into an empty socket.
pub(super) fn refuse(mut stream: &UnixStream, refused: NotAnswered) {
    if stream.set_nonblocking(true).is_ok() {
        // What was asked is taken out, so that hanging up is no error to whoever asked.
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write(&refused.to_bytes(now()));
    }
}

fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}
