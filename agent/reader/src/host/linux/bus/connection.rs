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

use super::message::{self, Call, Reply};
use super::question::{Members, Question};
use super::wire::{Arguments, Typed, Variant};
use crate::host::Unreadable;
use crate::host::system::exchange::{Exchange, Unanswered};
use std::time::Instant;

/// Most bytes of a line of the authentication. Real ones have less than 100.
const MAX_LINE_BYTES: usize = 1024;

/// A connection that the bus has accepted.
pub(super) struct Connection {
    exchange: Exchange,
    members: Members,
    serial: u32,
}

impl Connection {
    /// Authenticates and says hello, before the deadline. Nothing but these members is ever asked for.
    pub(super) fn log_in(
        exchange: Exchange,
        user: u32,
        members: Members,
        deadline: Instant,
    ) -> Result<Self, Unreadable> {
        let mut connection = Self { exchange, members, serial: 0 };
        let attempt = connection.authenticate(user, deadline).and_then(|()| connection.greet(deadline));
        attempt.map(|()| connection).map_err(Unanswered::reason)
    }

    /// Asks and waits for the answer; whatever else arrives is dropped.
    pub(super) fn ask<T: Typed>(
        &mut self,
        question: &Question<'_>,
        deadline: Instant,
    ) -> Result<T, Unanswered> {
        let serial = self.send(question, true, deadline)?;
        let reply = self.answer(serial, deadline)?;
        let value = if question.is_of_property() {
            reply.decode::<Variant<T>>().map(|variant| variant.0)
        } else {
            reply.decode()
        };
        value.map_err(Unanswered::Answer)
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

    fn authenticate(&mut self, user: u32, deadline: Instant) -> Result<(), Unanswered> {
        // The digits 0 to 9 are 30 to 39 in hexadecimal.
        let user: String = user.to_string().chars().flat_map(|digit| ['3', digit]).collect();
        self.exchange.write(format!("\0AUTH EXTERNAL {user}\r\n").as_bytes(), deadline)?;
        let line = self.exchange.line(MAX_LINE_BYTES, deadline)?;
        if line.starts_with(b"REJECTED") {
            return Err(Unanswered::Broken(Unreadable::Denied));
        }
        if !line.starts_with(b"OK ") {
            return Err(Unanswered::Broken(Unreadable::Odd));
        }
        self.exchange.write(b"BEGIN\r\n", deadline)
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
        let serial = self.write(&call, true, deadline)?;
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
        self.write(&question.call(&arguments), is_answered, deadline)
    }

    fn write(&mut self, call: &Call<'_>, is_answered: bool, deadline: Instant) -> Result<u32, Unanswered> {
        // A process asks some hundred questions; zero is not a serial.
        self.serial = self.serial.wrapping_add(1).max(1);
        self.exchange.write(&call.encode(self.serial, is_answered), deadline)?;
        Ok(self.serial)
    }

    fn receive(&mut self, deadline: Instant) -> Result<Vec<u8>, Unanswered> {
        let prefix = self.exchange.peek(message::PREFIX_BYTES, deadline)?;
        let length = message::length(prefix).map_err(Unanswered::Broken)?;
        self.exchange.take(length, deadline)
    }
}
