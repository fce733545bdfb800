//! A reader for one question of one account. It ends with the answer, when it takes too long, or when whoever asked hangs up.

use super::super::Service;
use super::refusal::NotAnswered;
use crate::host::AccountId;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::ffi::OsString;
use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Instant;

/// Most bytes of an answer: the rows of the largest report, and as much again for what stands around them. candor takes no more.
const MAX_ANSWER_BYTES: usize = 2 * collector_proto::limits::MAX_REPORT_BYTES;

/// Size of a pipe (pipe(7)).
const PIPE_BYTES: usize = 64 * 1024;

/// This program, as it answers one account.
pub(super) struct Program {
    path: PathBuf,
    arguments: Vec<OsString>,
}

impl Program {
    pub(super) fn of(service: Service) -> io::Result<Self> {
        let mut arguments: Vec<OsString> =
            vec!["--state".into(), service.state.into(), "--root".into(), service.root.into()];
        arguments.extend(service.agent.into_iter().flat_map(|agent| ["--agent".into(), agent.into()]));
        Ok(Self { path: std::env::current_exe()?, arguments })
    }

    /// What a reader answers to the account.
    pub(super) fn answer(
        &self,
        account: &AccountId,
        question: &[u8],
        asker: &UnixStream,
        deadline: Instant,
    ) -> Result<Vec<u8>, NotAnswered> {
        let mut command = Command::new(&self.path);
        command.args(&self.arguments).arg("--account").arg(account.to_string());
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut reader = Reader(child.map_err(|_| NotAnswered::NoAnswer)?);
        let (Some(mut input), Some(output)) = (reader.0.stdin.take(), reader.0.stdout.take()) else {
            return Err(NotAnswered::NoAnswer);
        };
        // It reads all of the question before it does anything else.
        input.write_all(question).map_err(|_| NotAnswered::NoAnswer)?;
        drop(input);
        let answer = collect(output, asker, deadline)?;
        if answer.is_empty() { Err(NotAnswered::NoAnswer) } else { Ok(answer) }
    }
}

/// A reader that was started. It does not outlive the question.
struct Reader(Child);

impl Drop for Reader {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The answer to its end, as long as somebody waits for it.
fn collect(mut output: ChildStdout, asker: &UnixStream, deadline: Instant) -> Result<Vec<u8>, NotAnswered> {
    let (mut answer, mut buffer) = (Vec::new(), vec![0; PIPE_BYTES]);
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).unwrap_or_default();
        // Of the asker only that it hung up, which is always told.
        let mut waited = [PollFd::new(&output, PollFlags::IN), PollFd::new(asker, PollFlags::empty())];
        match poll(&mut waited, Some(&left)) {
            Ok(0) => return Err(NotAnswered::TooSlow),
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(_) => return Err(NotAnswered::NoAnswer),
        }
        let [of_reader, of_asker] = waited.map(|waited| waited.revents());
        if !of_asker.is_empty() {
            return Err(NotAnswered::NoAnswer);
        }
        if of_reader.is_empty() {
            continue;
        }
        let read = output.read(&mut buffer).map_err(|_| NotAnswered::NoAnswer)?;
        answer.extend_from_slice(buffer.get(..read).unwrap_or_default());
        if read == 0 {
            return Ok(answer);
        }
        if answer.len() > MAX_ANSWER_BYTES {
            return Err(NotAnswered::NoAnswer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Shutdown;
    use std::time::Duration;

    /// A reader that hangs.
    fn hanging() -> (Reader, ChildStdout) {
        let mut child = Command::new("sleep").arg("600").stdout(Stdio::piped()).spawn().unwrap();
        let output = child.stdout.take().unwrap();
        (Reader(child), output)
    }

    #[test]
    fn an_answer_is_given_up_when_it_takes_too_long_and_when_nobody_waits_for_it() {
        let soon = || Instant::now() + Duration::from_millis(50);
        let late = Instant::now() + Duration::from_mins(5);
        let (asker, other) = UnixStream::pair().unwrap();
        // Whoever has asked its question has nothing more to say, and waits.
        other.shutdown(Shutdown::Write).unwrap();
        let (_reader, output) = hanging();
        assert_eq!(collect(output, &asker, soon()), Err(NotAnswered::TooSlow));
        drop(other);
        let (_reader, output) = hanging();
        assert_eq!(collect(output, &asker, late), Err(NotAnswered::NoAnswer));
    }

    #[test]
    fn a_reader_does_not_outlive_its_question() {
        let (reader, mut output) = hanging();
        drop(reader);
        assert_eq!(output.read_to_end(&mut Vec::new()).unwrap(), 0);
    }
}
