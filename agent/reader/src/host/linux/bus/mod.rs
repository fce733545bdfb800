//! The system message bus, for questions only: one connection per process, no thread, nothing is listened to or offered.
//!
//! ```text
//! helper      a process of its own that is connected for the reader      helper/
//! answer      the types that are expected                               answer.rs
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

mod answer;
mod connection;
mod helper;
mod message;
mod question;
mod wire;

pub(crate) use answer::{Answer, Real};
pub(crate) use helper::serve_bus;
pub(crate) use question::Argument;
pub(crate) use wire::ObjectPath;

use super::accounts::effective_user;
use crate::host::system::exchange::{Exchange, Unanswered};
use crate::host::{AccountId, Host, Unreadable};
use answer::Children;
use collector_proto::catalog::SourcePlace;
use collector_proto::disclosure::Sandbox;
use connection::Connection;
use helper::{Helper, Remote};
use question::{Member, Members, Question, Way};
use std::cell::{Cell, RefMut};
use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Where the system bus listens: the specification's `/var/run/dbus/system_bus_socket`, without the link in front.
const SYSTEM_BUS: &str = "/run/dbus/system_bus_socket";

/// Longest that all questions of a process may take together: whoever waits for a preview notices two seconds.
const MAX_TOTAL: Duration = Duration::from_millis(1900);

/// Longest that the questions to one service may take together, so that one that hangs leaves time to the others.
const MAX_PER_SERVICE: Duration = Duration::from_millis(900);

/// Longest that a message without an answer may take to be taken. A bus that works takes it at once.
const MAX_FAREWELL: Duration = Duration::from_millis(20);

/// Longest that a helper takes to start, with what a busy machine adds.
const MAX_START: Duration = Duration::from_millis(500);

/// The connection, once it was made or did not come about, and how long it may still be used.
pub(crate) struct Bus {
    socket: PathBuf,
    left: Duration,
    /// Who asks in this process's place. Without anybody this process connects by itself.
    helper: Option<Helper>,
    link: Option<Result<Link, Unreadable>>,
}

/// Who is connected to the bus.
enum Link {
    /// This process.
    Own(Connection),
    /// A helper.
    Helper(Remote),
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

    /// This machine with its bus asked by a helper that runs this program, such as a test's.
    #[must_use]
    pub fn with_bus_asked_by(mut self, program: &Path) -> Self {
        if let Some(live) = &mut self.live {
            live.bus.get_mut().helper = Some(Helper::Program(program.to_owned()));
        }
        self
    }

    /// This machine with its bus asked by helpers of this user that are started for connections to a socket, such as a test's.
    #[must_use]
    pub fn with_bus_asked_at(mut self, socket: &Path, user: AccountId) -> Self {
        if let Some(live) = &mut self.live {
            let service = Helper::Service { socket: socket.to_owned(), user };
            live.bus.get_mut().helper = Some(service);
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
    pub(crate) fn property<T: Answer>(
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
        let interface = "org.freedesktop.DBus.Introspectable";
        self.call::<Children>(object, interface, "Introspect").map(|children| children.0)
    }

    /// The result of a method without arguments.
    pub(crate) fn call<T: Answer>(
        &self,
        object: &str,
        interface: &'static str,
        name: &'static str,
    ) -> Result<T, Unreadable> {
        self.ask(&Question { member: self.member(interface, name), object, way: Way::Call(None) })
    }

    fn ask<T: Answer>(&self, question: &Question<'_>) -> Result<T, Unreadable> {
        self.host.touch(question.member.into());
        let left = self.left();
        if left.is_zero() {
            return Err(Unreadable::Missing);
        }
        self.spending(|deadline| self.host.bus()?.ask(question, deadline), left)
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
        if let Ok(mut bus) = self.host.bus() {
            bus.tell(&question, Instant::now() + MAX_FAREWELL);
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
        Self { socket: socket.to_owned(), left: MAX_TOTAL, helper: None, link: None }
    }

    /// Has a helper ask, as soon as a sandbox is put up.
    pub(super) fn ask_through_helper(&mut self) {
        self.helper = Some(Helper::OfThisMachine);
    }

    /// Gets ready for a sandbox: from now on nothing but the members among these sources is asked for, over a connection
    /// that is there before anything is read. What it costs to make it is one service's time at most. Says what confines
    /// the helper, where there is one.
    pub(super) fn prepare(&mut self, sources: &BTreeSet<SourcePlace>) -> Option<Sandbox> {
        let members: BTreeSet<Member> = sources.iter().filter_map(Member::of).collect();
        let since = Instant::now();
        let deadline = since + MAX_PER_SERVICE;
        let (link, sandbox) = match &self.helper {
            _ if members.is_empty() => (Err(Unreadable::Denied), None),
            // Where there is no bus nobody has to be started to say so.
            Some(_) if !self.socket.exists() => (Err(Unreadable::Missing), None),
            Some(helper) => match Remote::of(helper, &self.socket, &members, deadline + MAX_START) {
                Ok((remote, sandbox)) => (Ok(Link::Helper(remote)), Some(sandbox)),
                Err(reason) => (Err(reason), None),
            },
            None => (connect(&self.socket, Members::These(members), deadline), None),
        };
        self.link = Some(link);
        self.left = self.left.saturating_sub(since.elapsed());
        sandbox
    }

    /// Asks. Where nothing was prepared a connection is made at the first question; one that broke or did not come about is
    /// not tried again.
    fn ask<T: Answer>(&mut self, question: &Question<'_>, deadline: Instant) -> Result<T, Unreadable> {
        let socket = &self.socket;
        let link = self.link.get_or_insert_with(|| connect(socket, Members::Any, deadline));
        let answer = match link {
            Ok(Link::Own(connection)) => connection.ask(question, deadline),
            Ok(Link::Helper(remote)) => remote.ask(question, deadline),
            Err(reason) => return Err(*reason),
        };
        answer.map_err(|failure| match failure {
            Unanswered::Answer(reason) => reason,
            Unanswered::Broken(reason) => {
                self.link = Some(Err(reason));
                reason
            }
        })
    }

    /// Asks for something to be done. Where nobody takes it there is nobody to mind.
    fn tell(&mut self, question: &Question<'_>, deadline: Instant) {
        let _ = match &mut self.link {
            Some(Ok(Link::Own(connection))) => connection.tell(question, deadline),
            Some(Ok(Link::Helper(remote))) => remote.tell(question, deadline),
            Some(Err(_)) | None => Ok(()),
        };
    }
}

/// A connection of this process's own.
fn connect(socket: &Path, members: Members, deadline: Instant) -> Result<Link, Unreadable> {
    let exchange = Exchange::connect(socket, deadline)?;
    Connection::log_in(exchange, effective_user(), members, deadline).map(Link::Own)
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
