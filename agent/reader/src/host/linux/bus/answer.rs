//! The types of answers that services are asked for. They are a closed list, so that one process can name to another what it
//! expects, and hand on the value that was found in place of the message that it stood in.

use super::connection::Connection;
use super::question::Question;
use super::wire::{Decoder, ObjectPath, Typed};
use crate::host::Unreadable;
use crate::host::system::exchange::Unanswered;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Instant;

/// A type of answers.
pub(crate) trait Answer: Typed + Serialize + DeserializeOwned {
    /// Which of them it is.
    const KIND: Kind;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $type:ty;)+) => {
        /// The types of answers.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub(crate) enum Kind {
            $($(#[$doc])* $kind,)+
        }

        $(impl Answer for $type {
            const KIND: Kind = Kind::$kind;
        })+

        impl Kind {
            /// Asks for a value of this type.
            pub(super) fn ask(
                self,
                connection: &mut Connection,
                question: &Question<'_>,
                deadline: Instant,
            ) -> Result<Value, Unanswered> {
                match self {
                    $(Self::$kind => plain(&connection.ask::<$type>(question, deadline)?),)+
                }
            }
        }
    };
}

kinds! {
    /// Nothing but that it was done.
    Done = ();
    /// A number.
    Number = u32;
    /// A number that may be negative.
    Signed = i32;
    /// A number with a fraction.
    Real = Real;
    /// A text.
    Text = String;
    /// Texts.
    Texts = Vec<String>;
    /// Bytes that may be a text.
    Bytes = Vec<u8>;
    /// An object.
    Object = ObjectPath;
    /// Objects.
    Objects = Vec<ObjectPath>;
    /// The names of the objects directly below one.
    Children = Children;
    /// A modem's signal: per cent, and whether it was measured lately.
    Signal = (u32, bool);
    /// Sessions: id, user id, user name, seat, object.
    Sessions = Vec<(String, u32, String, String, ObjectPath)>;
}

fn plain<T: Serialize>(value: &T) -> Result<Value, Unanswered> {
    serde_json::to_value(value).map_err(|_| Unanswered::Answer(Unreadable::Odd))
}

/// A number with a fraction, which is handed on bit by bit: as decimal digits it could come out as its neighbour.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(from = "u64", into = "u64")]
pub(crate) struct Real(pub(crate) f64);

impl From<u64> for Real {
    fn from(bits: u64) -> Self {
        Self(f64::from_bits(bits))
    }
}

impl From<Real> for u64 {
    fn from(real: Real) -> Self {
        real.0.to_bits()
    }
}

impl Typed for Real {
    const ALIGNMENT: usize = f64::ALIGNMENT;

    fn signature() -> String {
        f64::signature()
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        f64::decode(from).map(Self)
    }
}

/// The names in an object's introspection, which is a text in XML.
#[derive(Serialize, Deserialize)]
pub(crate) struct Children(pub(crate) Vec<String>);

impl Typed for Children {
    const ALIGNMENT: usize = String::ALIGNMENT;

    fn signature() -> String {
        String::signature()
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        Some(Self(children(from.text()?).map(str::to_owned).collect()))
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
    use super::*;

    #[test]
    fn objects_below_an_object_are_found_in_its_introspection() {
        let xml = "<!DOCTYPE node PUBLIC \"x\" \"y\">\n<node name=\"/a/b\">\n <interface name=\"c.d\"/>\n \
                   <node name=\"0\"/><node name='12'></node>\n <node/><node name=></node>\n</node>";
        assert_eq!(children(xml).collect::<Vec<_>>(), ["0", "12"]);
        assert_eq!(children("").count(), 0);
        assert_eq!(children("<node name=\"").count(), 0);
    }

    #[test]
    fn values_are_handed_on_unchanged_and_paths_are_looked_at_again() {
        for real in [52.518_623_f64, 0.1 + 0.2, -0.0, f64::MIN_POSITIVE] {
            let text = serde_json::to_string(&Real(real)).unwrap();
            assert_eq!(serde_json::from_str::<Real>(&text).unwrap().0.to_bits(), real.to_bits());
        }
        assert!(serde_json::from_str::<ObjectPath>("\"/a/b_1\"").is_ok());
        for odd in ["\"a\"", "\"/a b\"", "\"/a\\u0000\"", "\"\""] {
            assert!(serde_json::from_str::<ObjectPath>(odd).is_err(), "{odd}");
        }
    }
}
