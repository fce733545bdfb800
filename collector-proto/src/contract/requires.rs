//! `requires`: the members and meanings that a reader must understand or refuse.

use super::Contract;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// Most names that one `requires` lists.
const MAX_NAMES: usize = 32;

/// Longest name in bytes.
const MAX_NAME_BYTES: usize = 64;

/// What this program understands beyond the members of contract 1: each name with the contract that introduced it.
pub const KNOWN: Names = Names(&[]);

/// Names that can stand in `requires`, each with the number of the contract that introduced it.
#[derive(Debug, Clone, Copy)]
pub struct Names(pub &'static [(&'static str, u16)]);

/// The names of one `requires`: lower-case letters, digits and `.`, `_`, `-`, so that they can stand in messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Requires(BTreeSet<String>);

/// Why something newer than this program is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotUnderstood {
    /// Its `requires` lists names that this program does not know.
    #[error("it requires {}, which this program does not understand", quoted(.0))]
    Names(BTreeSet<String>),
    /// Its format is another.
    #[error("its format is version {0}, and this program reads version 1")]
    Version(u64),
    /// The collector does not give it to a program of this contract.
    #[error("the collector keeps it back, because this program does not understand it")]
    KeptBack,
}

fn quoted(names: &BTreeSet<String>) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl Names {
    /// The contract that introduced the name.
    pub fn since(self, name: &str) -> Option<Contract> {
        self.0.iter().find(|(known, _)| *known == name).and_then(|(_, number)| Contract::new(*number))
    }

    /// The oldest contract that understands all of the names, or those that nothing here knows.
    pub fn oldest_for(self, requires: &Requires) -> Result<Contract, NotUnderstood> {
        let mut oldest = Contract::FIRST;
        let mut unknown = BTreeSet::new();
        for name in &requires.0 {
            match self.since(name) {
                Some(since) => oldest = oldest.max(since),
                None => {
                    unknown.insert(name.clone());
                }
            }
        }
        if unknown.is_empty() { Ok(oldest) } else { Err(NotUnderstood::Names(unknown)) }
    }
}

impl Requires {
    /// Whether nothing is required.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl<'de> Deserialize<'de> for Requires {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names: Vec<String> = crate::json::bounded_list(deserializer, MAX_NAMES)?;
        let is_name = |name: &String| {
            (1..=MAX_NAME_BYTES).contains(&name.len())
                && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'))
        };
        if names.iter().all(is_name) {
            Ok(Self(names.into_iter().collect()))
        } else {
            Err(serde::de::Error::custom("`requires` lists what is not a name"))
        }
    }
}

impl fmt::Display for Requires {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quoted(&self.0))
    }
}
