//! The name of a field as a policy or a report writes it, which this program's catalogue may not have.

use crate::catalog::FieldId;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// Longest name in bytes: more than twice the catalogue's longest.
const MAX_BYTES: usize = 64;

/// A field's dotted name: lower-case letters, digits, `_` and `.`, so that it can stand in messages. Ordered as text, as
/// the catalogue is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct FieldName(Cow<'static, str>);

impl FieldName {
    /// Takes a name. `None` when it cannot be one in any catalogue.
    pub fn parse(name: &str) -> Option<Self> {
        if let Some(field) = FieldId::parse(name) {
            return Some(field.into());
        }
        let letters = name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.'));
        (letters && (1..=MAX_BYTES).contains(&name.len())).then(|| Self(Cow::Owned(name.to_owned())))
    }

    /// The field, if this program's catalogue has it.
    pub fn field(&self) -> Option<FieldId> {
        FieldId::parse(&self.0)
    }

    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<FieldId> for FieldName {
    fn from(field: FieldId) -> Self {
        Self(Cow::Borrowed(field.name()))
    }
}

impl PartialEq<FieldId> for FieldName {
    fn eq(&self, field: &FieldId) -> bool {
        self.0 == field.name()
    }
}

/// A map by names can be asked by text.
impl std::borrow::Borrow<str> for FieldName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for FieldName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl serde::de::Visitor<'_> for Name {
            type Value = FieldName;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a field")
            }
            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<FieldName, E> {
                // The text itself is not repeated: it comes from outside and may be anything.
                FieldName::parse(name).ok_or_else(|| E::custom("no catalogue can have a field of this name"))
            }
        }
        deserializer.deserialize_str(Name)
    }
}
