//! Bytes to and from the other end of a local socket, before a deadline.

mod framed;
mod stream;

pub(super) use framed::MAX_MESSAGE_BYTES;
pub(super) use stream::LocalStream;

use crate::host::Unreadable;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// How much is read at once: more than almost every answer has.
const READ_BYTES: usize = 4 * 1024;

/// How long to wait until a service that is busy may take another connection.
const BUSY: Duration = Duration::from_millis(20);

/// Why a question has no answer.
pub(in crate::host::system) enum Unanswered {
    /// It was refused, or nobody answered in time; the next one may fare better.
    Answer(Unreadable),
    /// The connection can be used no further.
    Broken(Unreadable),
}

impl Unanswered {
    pub(in crate::host::system) const fn reason(self) -> Unreadable {
        match self {
            Self::Answer(reason) | Self::Broken(reason) => reason,
        }
    }
}

/// A connection, with what has arrived and is not taken apart yet.
pub(in crate::host::system) struct Exchange {
    stream: LocalStream,
    received: Vec<u8>,
    /// Most bytes of a message that is waited for.
    max_bytes: usize,
    /// The only user from whom anything is taken.
    sender: Option<u32>,
}

impl Exchange {
    pub(in crate::host::system) const fn over(stream: LocalStream) -> Self {
        Self { stream, received: Vec::new(), max_bytes: MAX_MESSAGE_BYTES, sender: None }
    }

    /// The same, where no message that arrives has more bytes.
    pub(in crate::host::system) fn of_short_messages(self, max_bytes: usize) -> Self {
        Self { max_bytes, ..self }
    }

    /// Over a connection on which nothing is taken but from this user, until whoever is there is [trusted](Self::trust).
    pub(in crate::host::system) fn with(stream: LocalStream, user: u32) -> io::Result<Self> {
        stream.name_senders()?;
        Ok(Self { sender: Some(user), ..Self::over(stream) })
    }

    /// Asks no more who sends: whoever has sent so far is at the other end. In a sandbox it cannot be asked.
    pub(in crate::host::system) fn trust(&mut self) {
        self.sender = None;
    }

    /// Connects. A socket whose queue is full refuses instead of waiting, so it is asked again.
    pub(in crate::host::system) fn connect(socket: &Path, deadline: Instant) -> Result<Self, Unreadable> {
        loop {
            match LocalStream::connect(socket) {
                Ok(stream) => return Ok(Self::over(stream)),
                Err(error) if is_passing(&error) => {
                    std::thread::sleep(until(deadline).ok_or(Unreadable::Missing)?.min(BUSY));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    pub(in crate::host::system) fn write(
        &mut self,
        mut bytes: &[u8],
        deadline: Instant,
    ) -> Result<(), Unanswered> {
        while !bytes.is_empty() {
            // A message that was sent in part cannot be taken back.
            let wait = until(deadline).ok_or(Unanswered::Broken(Unreadable::Missing))?;
            match self.stream.write(bytes, wait) {
                Ok(0) => return Err(Unanswered::Broken(Unreadable::Missing)),
                Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(Unanswered::Broken(error.into())),
            }
        }
        Ok(())
    }

    /// The first `count` bytes that are not taken yet; they stay.
    pub(in crate::host::system) fn peek(
        &mut self,
        count: usize,
        deadline: Instant,
    ) -> Result<&[u8], Unanswered> {
        self.fill(count, deadline)?;
        Ok(self.received.get(..count).unwrap_or_default())
    }

    /// Takes so many bytes.
    pub(in crate::host::system) fn take(
        &mut self,
        count: usize,
        deadline: Instant,
    ) -> Result<Vec<u8>, Unanswered> {
        self.fill(count, deadline)?;
        let rest = self.received.split_off(count);
        Ok(std::mem::replace(&mut self.received, rest))
    }

    /// The user that made the socket listen.
    pub(in crate::host::system) fn listener(&self) -> Result<u32, Unreadable> {
        Ok(self.stream.listener()?)
    }

    /// Takes nothing but from this user from here on, whoever listened for it.
    pub(in crate::host::system) fn take_only_from(&mut self, user: u32) -> Result<(), Unreadable> {
        self.stream.name_senders()?;
        self.sender = Some(user);
        Ok(())
    }

    /// Everything until the other end is done, at most `max` bytes.
    pub(in crate::host::system) fn into_rest(
        mut self,
        max: usize,
        deadline: Instant,
    ) -> Result<Vec<u8>, Unanswered> {
        loop {
            if self.received.len() > max {
                return Err(Unanswered::Broken(Unreadable::TooLarge));
            }
            let more = self.received.len().saturating_add(1);
            match self.fill(more, deadline) {
                Ok(()) => {}
                Err(Unanswered::Broken(Unreadable::Missing)) => return Ok(self.received),
                Err(other) => return Err(other),
            }
        }
    }

    /// Takes a line with its CR LF.
    pub(in crate::host::system) fn line(
        &mut self,
        max: usize,
        deadline: Instant,
    ) -> Result<Vec<u8>, Unanswered> {
        loop {
            if let Some(end) = self.received.windows(2).position(|two| two == b"\r\n") {
                return self.take(end.saturating_add(2), deadline);
            }
            if self.received.len() > max {
                return Err(Unanswered::Broken(Unreadable::Odd));
            }
            self.fill(self.received.len().saturating_add(1), deadline)?;
        }
    }

    /// Reads until so many bytes are there. What arrived before the deadline stays for the next question.
    fn fill(&mut self, count: usize, deadline: Instant) -> Result<(), Unanswered> {
        let mut chunk = [0; READ_BYTES];
        while self.received.len() < count {
            let wait = until(deadline).ok_or(Unanswered::Answer(Unreadable::Missing))?;
            let read = match self.sender {
                None => self.stream.read(&mut chunk, wait),
                Some(user) => self.stream.read_from(user, &mut chunk, wait),
            };
            match read {
                Ok(0) => return Err(Unanswered::Broken(Unreadable::Missing)),
                Ok(read) => self.received.extend(chunk.get(..read).unwrap_or_default()),
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(Unanswered::Broken(error.into())),
            }
        }
        Ok(())
    }
}

fn until(deadline: Instant) -> Option<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    (!left.is_zero()).then_some(left)
}

/// Whether trying again before the deadline makes sense.
fn is_passing(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(error.kind(), Kind::WouldBlock | Kind::TimedOut | Kind::Interrupted)
}
