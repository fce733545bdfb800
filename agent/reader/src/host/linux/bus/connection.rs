//! The socket: proof of who we are, then one question after the other.
//!
//! ```text
//! we   NUL, AUTH EXTERNAL 31303030 CR LF      the user id in decimal, its digits in hexadecimal
//! bus  OK 1234deadbeef… CR LF                 or REJECTED EXTERNAL … CR LF
//! we   BEGIN CR LF, messages
//! ```
//!
//! D-Bus specification 0.43, section "Authentication Protocol"; the kernel tells the bus who is at the other end. Every
//! wait ends at the deadline of its question, however little arrives at a time.

use super::super::accounts::effective_user;
use super::message::{self, Call, Reply};
use super::question::{Members, Question};
use super::stream::LocalStream;
use super::wire::Arguments;
use crate::host::Unreadable;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// Most bytes of a line of the authentication. Real ones have less than 100.
const MAX_LINE_BYTES: usize = 1024;

/// How much is read at once: more than almost every answer has.
const READ_BYTES: usize = 4 * 1024;

/// How long to wait until a bus that is busy may take another connection.
const BUSY: Duration = Duration::from_millis(20);

/// Why a question has no answer.
pub(super) enum Unanswered {
    /// It was refused, or nobody answered in time; the next one may fare better.
    Answer(Unreadable),
    /// The connection can be used no further.
    Broken(Unreadable),
}

/// A connection that the bus has accepted.
pub(super) struct Connection {
    stream: LocalStream,
    members: Members,
    /// What has arrived and is not taken apart yet.
    received: Vec<u8>,
    serial: u32,
}

impl Connection {
    /// Connects, authenticates and says hello, before the deadline. Nothing but these members is ever asked for.
    pub(super) fn open(socket: &Path, members: Members, deadline: Instant) -> Result<Self, Unreadable> {
        let stream = connect(socket, deadline)?;
        let mut connection = Self { stream, members, received: Vec::new(), serial: 0 };
        let attempt = connection.authenticate(deadline).and_then(|()| connection.greet(deadline));
        attempt
            .map(|()| connection)
            .map_err(|(Unanswered::Answer(reason) | Unanswered::Broken(reason))| reason)
    }

    /// Asks and waits for the answer; whatever else arrives is dropped.
    pub(super) fn ask(&mut self, question: &Question<'_>, deadline: Instant) -> Result<Reply, Unanswered> {
        let serial = self.send(question, true, deadline)?;
        self.answer(serial, deadline)
    }

    /// Asks for something to be done and for no answer.
    pub(super) fn tell(&mut self, question: &Question<'_>, deadline: Instant) -> Result<(), Unanswered> {
        self.send(question, false, deadline).map(|_| ())
    }

    fn answer(&mut self, serial: u32, deadline: Instant) -> Result<Reply, Unanswered> {
        loop {
            let message = self.receive(deadline)?;
            if let Some(reply) = message::reply(&message).map_err(Unanswered::Broken)?
                && reply.to == serial
            {
                return Ok(reply);
            }
        }
    }

    fn authenticate(&mut self, deadline: Instant) -> Result<(), Unanswered> {
        // The digits 0 to 9 are 30 to 39 in hexadecimal.
        let user = effective_user().to_string();
        let user: String = user.chars().flat_map(|digit| ['3', digit]).collect();
        self.write(format!("\0AUTH EXTERNAL {user}\r\n").as_bytes(), deadline)?;
        let line = self.line(deadline)?;
        if line.starts_with(b"REJECTED") {
            return Err(Unanswered::Broken(Unreadable::Denied));
        }
        if !line.starts_with(b"OK ") {
            return Err(Unanswered::Broken(Unreadable::Odd));
        }
        self.write(b"BEGIN\r\n", deadline)
    }

    /// The first message on every connection; the answer is our own name there, which nobody needs.
    fn greet(&mut self, deadline: Instant) -> Result<(), Unanswered> {
        let bus = "org.freedesktop.DBus";
        let arguments = Arguments::none();
        let call = Call {
            destination: bus,
            path: "/org/freedesktop/DBus",
            interface: bus,
            member: "Hello",
            arguments: &arguments,
            is_started: false,
        };
        let serial = self.write_call(&call, true, deadline)?;
        self.answer(serial, deadline)?.decode::<String>().map(|_| ()).map_err(Unanswered::Broken)
    }

    /// Sends a question: every message but the first is made here, from a member that may be asked for.
    fn send(
        &mut self,
        question: &Question<'_>,
        is_answered: bool,
        deadline: Instant,
    ) -> Result<u32, Unanswered> {
        self.members.check(question).map_err(Unanswered::Answer)?;
        let arguments = question.arguments();
        self.write_call(&question.call(&arguments), is_answered, deadline)
    }

    fn write_call(
        &mut self,
        call: &Call<'_>,
        is_answered: bool,
        deadline: Instant,
    ) -> Result<u32, Unanswered> {
        // A process asks some hundred questions; zero is not a serial.
        self.serial = self.serial.wrapping_add(1).max(1);
        self.write(&call.encode(self.serial, is_answered), deadline)?;
        Ok(self.serial)
    }

    fn write(&mut self, mut bytes: &[u8], deadline: Instant) -> Result<(), Unanswered> {
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

    fn receive(&mut self, deadline: Instant) -> Result<Vec<u8>, Unanswered> {
        self.fill(message::PREFIX_BYTES, deadline)?;
        let length = message::length(&self.received).map_err(Unanswered::Broken)?;
        self.fill(length, deadline)?;
        let rest = self.received.split_off(length);
        Ok(std::mem::replace(&mut self.received, rest))
    }

    fn line(&mut self, deadline: Instant) -> Result<Vec<u8>, Unanswered> {
        loop {
            if let Some(end) = self.received.windows(2).position(|two| two == b"\r\n") {
                let rest = self.received.split_off(end.saturating_add(2));
                return Ok(std::mem::replace(&mut self.received, rest));
            }
            if self.received.len() > MAX_LINE_BYTES {
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
            match self.stream.read(&mut chunk, wait) {
                Ok(0) => return Err(Unanswered::Broken(Unreadable::Missing)),
                Ok(read) => self.received.extend(chunk.get(..read).unwrap_or_default()),
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(Unanswered::Broken(error.into())),
            }
        }
        Ok(())
    }
}

/// A socket whose queue is full refuses instead of waiting, so it is asked again.
fn connect(socket: &Path, deadline: Instant) -> Result<LocalStream, Unreadable> {
    loop {
        match LocalStream::connect(socket) {
            Ok(stream) => return Ok(stream),
            Err(error) if is_passing(&error) => {
                std::thread::sleep(until(deadline).ok_or(Unreadable::Missing)?.min(BUSY));
            }
            Err(error) => return Err(error.into()),
        }
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
