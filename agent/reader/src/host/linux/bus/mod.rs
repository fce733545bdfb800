//! The system message bus, for questions only: one connection per process, no thread, nothing is listened to or offered.
//!
//! ```text
//! connection  SASL EXTERNAL over a local socket, then messages          connection.rs
//! question    a member of a service that the permit names              question.rs
//! message     a header of 16 bytes and fields, padded to 8, then a body  message.rs
//! body        values, each aligned to its size, in the sender's order    wire.rs
//! ```
//!
//! After the D-Bus specification 0.43 (sections "Message Protocol", "Authentication Protocol", "Message Bus"). Why the
//! code is our own stands in docs/decisions/0010.
//!
//! The socket is the one at its well-known path. `DBUS_SYSTEM_BUS_ADDRESS` is not read: whoever starts a privileged
//! reader could point it at a bus of his own, and other forms of address (`tcp:`, `unixexec:`) would have it talk to
//! the network or start programs. A tree (`--root`) has no bus.

mod connection;
mod message;
mod question;
mod stream;
mod wire;

pub(crate) use question::Argument;
pub(crate) use wire::{ObjectPath, Typed};

use crate::host::{Host, Unreadable};
use collector_proto::catalog::SourcePlace;
use connection::{Connection, Unanswered};
use question::{Member, Members, Question, Way};
use std::cell::{Cell, RefMut};
use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use wire::Variant;

/// Where the system bus listens: the specification's `/var/run/dbus/system_bus_socket`, without the link in front.
const SYSTEM_BUS: &str = "/run/dbus/system_bus_socket";

/// Longest that all questions of a process may take together: whoever waits for a preview notices two seconds.
const MAX_TOTAL: Duration = Duration::from_millis(1900);

/// Longest that the questions to one service may take together, so that one that hangs leaves time to the others.
const MAX_PER_SERVICE: Duration = Duration::from_millis(900);

/// Longest that a message without an answer may take to be taken. A bus that works takes it at once.
const MAX_FAREWELL: Duration = Duration::from_millis(20);

/// The connection, once it was made, what may be asked over it, and how long.
pub(crate) struct Bus {
    socket: PathBuf,
    left: Duration,
    members: Members,
    connection: Option<Result<Connection, Unreadable>>,
}

/// A service on the bus.
pub(crate) struct Service<'a> {
    host: &'a Host,
    name: &'static str,
    left: Cell<Duration>,
}

impl Host {
    /// A service by its name (`org.freedesktop.login1`).
    pub(crate) fn service(&self, name: &'static str) -> Service<'_> {
        Service { host: self, name, left: Cell::new(MAX_PER_SERVICE) }
    }

    /// A service that the bus starts for a question. It may use all the time that is left.
    pub(crate) fn started_service(&self, name: &'static str) -> Service<'_> {
        Service { host: self, name, left: Cell::new(MAX_TOTAL) }
    }

    /// This machine with its bus at another place, such as that of a test. A tree of files stays without one.
    #[must_use]
    pub fn with_bus_at(mut self, socket: &Path) -> Self {
        if let Some(live) = &mut self.live {
            live.bus = Bus::at(socket).into();
        }
        self
    }

    /// The bus of this machine.
    fn bus(&self) -> Result<RefMut<'_, Bus>, Unreadable> {
        self.live.as_ref().map(|live| live.bus.borrow_mut()).ok_or(Unreadable::Missing)
    }
}

impl Service<'_> {
    /// A property's value. Only this one property leaves the service.
    pub(crate) fn property<T: Typed>(
        &self,
        object: &str,
        interface: &'static str,
        name: &'static str,
    ) -> Result<T, Unreadable> {
        self.ask(&Question { member: self.member(interface, name), object, way: Way::Get })
    }

    /// Sets a property of an object that the service made for us.
    pub(crate) fn set(
        &self,
        object: &str,
        interface: &'static str,
        name: &'static str,
        value: Argument,
    ) -> Result<(), Unreadable> {
        self.ask(&Question { member: self.member(interface, name), object, way: Way::Set(value) })
    }

    /// The names of the objects directly below `object`, without any of their properties.
    pub(crate) fn children(&self, object: &str) -> Result<Vec<String>, Unreadable> {
        let xml: String = self.call(object, "org.freedesktop.DBus.Introspectable", "Introspect")?;
        Ok(children(&xml).map(str::to_owned).collect())
    }

    /// The result of a method without arguments.
    pub(crate) fn call<T: Typed>(
        &self,
        object: &str,
        interface: &'static str,
        name: &'static str,
    ) -> Result<T, Unreadable> {
        self.ask(&Question { member: self.member(interface, name), object, way: Way::Call(None) })
    }

    fn ask<T: Typed>(&self, question: &Question<'_>) -> Result<T, Unreadable> {
        self.host.touch(question.member.into());
        let left = self.left();
        if left.is_zero() {
            return Err(Unreadable::Missing);
        }
        let reply = self.spending(|deadline| self.host.bus()?.ask(question, deadline), left)?;
        if question.is_of_property() {
            reply.decode::<Variant<T>>().map(|variant| variant.0)
        } else {
            reply.decode()
        }
    }

    /// Calls a method whose result does not matter, also when no time is left.
    pub(crate) fn tell(
        &self,
        object: &str,
        interface: &'static str,
        name: &'static str,
        argument: Option<Argument>,
    ) {
        let question = Question { member: self.member(interface, name), object, way: Way::Call(argument) };
        self.host.touch(question.member.into());
        if let Ok(mut bus) = self.host.bus()
            && let Some(Ok(connection)) = &mut bus.connection
        {
            // Where nobody takes it there is nobody to mind.
            let _ = connection.tell(&question, Instant::now() + MAX_FAREWELL);
        }
    }

    /// Waits a moment between two questions; `false` when there is no time for another one.
    pub(crate) fn pause(&self, moment: Duration) -> bool {
        let left = self.left();
        self.spending(|_| std::thread::sleep(moment.min(left)), left);
        moment < left
    }

    /// What is asked for, as the catalogue declares it: a property by its own interface.
    const fn member(&self, interface: &'static str, name: &'static str) -> Member {
        Member { service: self.name, interface, name }
    }

    /// How long the service may still be asked; no time at all where there is no bus.
    fn left(&self) -> Duration {
        self.host.bus().map_or(Duration::ZERO, |bus| self.left.get().min(bus.left))
    }

    /// Counts the time that `work` takes against the service and the bus.
    fn spending<T>(&self, work: impl FnOnce(Instant) -> T, left: Duration) -> T {
        let since = Instant::now();
        let outcome = work(since + left);
        let spent = since.elapsed();
        self.left.set(self.left.get().saturating_sub(spent));
        if let Ok(mut bus) = self.host.bus() {
            bus.left = bus.left.saturating_sub(spent);
        }
        outcome
    }
}

impl Bus {
    fn at(socket: &Path) -> Self {
        Self { socket: socket.to_owned(), left: MAX_TOTAL, members: Members::Any, connection: None }
    }

    /// Gets ready for a sandbox: it asks for nothing but the members among these sources from now on, and is connected if
    /// there are any. What the connecting costs is one service's time at most.
    pub(super) fn prepare(&mut self, sources: &BTreeSet<SourcePlace>) {
        self.members = Members::of(sources);
        if self.members.is_empty() {
            self.connection = Some(Err(Unreadable::Denied));
            return;
        }
        let since = Instant::now();
        self.connect(since + MAX_PER_SERVICE.min(self.left));
        self.left = self.left.saturating_sub(since.elapsed());
    }

    /// Connects, unless that was tried before. A connection that broke or did not come about is not tried again.
    fn connect(&mut self, deadline: Instant) -> &mut Result<Connection, Unreadable> {
        let (socket, members) = (&self.socket, &self.members);
        self.connection.get_or_insert_with(|| Connection::open(socket, members.clone(), deadline))
    }

    /// Asks, over a connection that is made at the first question where nothing was prepared.
    fn ask(&mut self, question: &Question<'_>, deadline: Instant) -> Result<message::Reply, Unreadable> {
        let answer = self.connect(deadline).as_mut().map_err(|reason| *reason)?.ask(question, deadline);
        answer.map_err(|failure| match failure {
            Unanswered::Answer(reason) => reason,
            Unanswered::Broken(reason) => {
                self.connection = Some(Err(reason));
                reason
            }
        })
    }
}

impl Default for Bus {
    fn default() -> Self {
        Self::at(Path::new(SYSTEM_BUS))
    }
}

impl fmt::Debug for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bus")
    }
}

impl fmt::Debug for Service<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Names in the `<node name="…"/>` elements of introspection data. The outermost node, if it has one, names a path.
fn children(xml: &str) -> impl Iterator<Item = &str> {
    xml.split("<node").skip(1).filter_map(|element| {
        let attributes = element.split('>').next()?;
        let (_, value) = attributes.split_once("name=")?;
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        value.split(quote).nth(1).filter(|name| !name.is_empty() && !name.contains('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::children;

    #[test]
    fn objects_below_an_object_are_found_in_its_introspection() {
        let xml = "<!DOCTYPE node PUBLIC \"x\" \"y\">\n<node name=\"/a/b\">\n <interface name=\"c.d\"/>\n \
                   <node name=\"0\"/><node name='12'></node>\n <node/><node name=></node>\n</node>";
        assert_eq!(children(xml).collect::<Vec<_>>(), ["0", "12"]);
        assert_eq!(children("").count(), 0);
        assert_eq!(children("<node name=\"").count(), 0);
    }
}
