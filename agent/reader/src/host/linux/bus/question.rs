//! What is asked of services: members that the catalogue names, and of those the ones that a permit names.

use super::message::Call;
use super::wire::{Arguments, ObjectPath};
use crate::host::Unreadable;
use collector_proto::catalog::SourcePlace;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Interface of every object that has properties.
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// Services that run only while they are asked, so that the bus may start them for a question. Every other one that does
/// not run has nothing to say of this machine, and starting it would change the machine.
const STARTED: &[&str] = &["org.freedesktop.GeoClue2"];

/// A property or a method of a service, as the catalogue names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Member {
    pub(super) service: &'static str,
    pub(super) interface: &'static str,
    pub(super) name: &'static str,
}

impl Member {
    /// The member that a source is, if it is one.
    pub(super) const fn of(source: &SourcePlace) -> Option<Self> {
        match *source {
            SourcePlace::Bus { service, interface, member } => {
                Some(Self { service, interface, name: member })
            }
            _ => None,
        }
    }
}

impl From<Member> for SourcePlace {
    fn from(Member { service, interface, name }: Member) -> Self {
        Self::Bus { service, interface, member: name }
    }
}

/// The members that may be asked for.
#[derive(Debug, Clone)]
pub(super) enum Members {
    /// Any: nothing confines this process, and the probes ask for what they need.
    Any,
    /// Those of a permit.
    These(BTreeSet<Member>),
}

impl Members {
    /// Refuses what is none of them.
    pub(super) fn check(&self, question: &Question<'_>) -> Result<(), Unreadable> {
        match self {
            Self::These(these) if !these.contains(&question.member) => Err(Unreadable::Denied),
            Self::Any | Self::These(_) => Ok(()),
        }
    }
}

/// A question to a service. The message that is sent follows from it alone.
pub(super) struct Question<'a> {
    pub(super) member: Member,
    /// Path of the object.
    pub(super) object: &'a str,
    pub(super) way: Way,
}

/// What is done with the member.
#[derive(Clone, Serialize, Deserialize)]
pub(super) enum Way {
    /// The property is read.
    Get,
    /// The property is set.
    Set(Argument),
    /// The method is called.
    Call(Option<Argument>),
}

/// The one argument of a question.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Argument {
    /// A text.
    Text(String),
    /// A number.
    Number(u32),
    /// The path of an object.
    Object(ObjectPath),
}

impl Question<'_> {
    /// The message's arguments.
    pub(super) fn arguments(&self) -> Arguments {
        let of_property = || Arguments::none().text(self.member.interface).text(self.member.name);
        match &self.way {
            Way::Get => of_property(),
            Way::Set(value) => of_property().variant(&value.alone()),
            Way::Call(None) => Arguments::none(),
            Way::Call(Some(argument)) => argument.alone(),
        }
    }

    /// The message with these arguments.
    pub(super) fn call<'a>(&'a self, arguments: &'a Arguments) -> Call<'a> {
        let Member { service, interface, name } = self.member;
        let (interface, member) = match self.way {
            Way::Get => (PROPERTIES, "Get"),
            Way::Set(_) => (PROPERTIES, "Set"),
            Way::Call(_) => (interface, name),
        };
        let is_started = STARTED.contains(&service);
        Call { destination: service, path: self.object, interface, member, arguments, is_started }
    }

    /// Whether the answer is a property's value.
    pub(super) const fn is_of_property(&self) -> bool {
        matches!(self.way, Way::Get)
    }
}

impl Argument {
    fn alone(&self) -> Arguments {
        match self {
            Self::Text(text) => Arguments::none().text(text),
            Self::Number(number) => Arguments::none().number(*number),
            Self::Object(path) => Arguments::none().path(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_members_of_the_permit_may_be_asked_for() {
        let place = |service, member| SourcePlace::Bus { service, interface: "a.B", member };
        let sources = [place("a", "C"), SourcePlace::File("/a"), place("a", "D")];
        let members = Members::These(sources.iter().filter_map(Member::of).collect());
        let question = |service, name, way| Question {
            member: Member { service, interface: "a.B", name },
            object: "/",
            way,
        };
        assert_eq!(members.check(&question("a", "C", Way::Get)), Ok(()));
        assert_eq!(members.check(&question("a", "D", Way::Call(None))), Ok(()));
        assert_eq!(members.check(&question("a", "E", Way::Get)), Err(Unreadable::Denied));
        assert_eq!(members.check(&question("b", "C", Way::Get)), Err(Unreadable::Denied));
    }

    #[test]
    fn a_property_is_read_through_its_own_interface_and_no_other_service_is_started() {
        let member = Member { service: "a", interface: "a.B", name: "C" };
        let question = Question { member, object: "/o", way: Way::Get };
        let arguments = question.arguments();
        assert_eq!(arguments.signature(), "ss");
        assert_eq!(arguments.body(), b"\x03\0\0\0a.B\0\x01\0\0\0C\0");
        let call = question.call(&arguments);
        assert_eq!((call.destination, call.interface, call.member), ("a", PROPERTIES, "Get"));
        assert!(!call.is_started);
        let started = Member { service: "org.freedesktop.GeoClue2", ..member };
        let question = Question { member: started, object: "/o", way: Way::Call(None) };
        let arguments = question.arguments();
        let call = question.call(&arguments);
        assert_eq!((call.interface, call.member, call.is_started), ("a.B", "C", true));
    }
}
