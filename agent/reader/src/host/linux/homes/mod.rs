//! What lies in the directories of accounts, read as those accounts.
//!
//! root without capabilities enters no directory that its owner keeps to itself, and should not. So where a launcher's socket is
//! there, the reader has a process started for each account before it confines itself, and asks it for what lies there:
//!
//! ```text
//! reader  connects: a launcher starts a process of this program as root with two capabilities
//! reader  an account, its directories, and the permit's places in them            Begin
//! helper  becomes the account for good, lists, confines itself to these places     Ready
//! reader  a place by its number, the names for its `*`, and what it wants of it    Asking
//! helper  what is there, copied, or why there is nothing                           Answered
//! ```
//!
//! The helper has no key, knows no policy and takes nothing apart. Whoever takes the reader over while it reads can ask for what
//! was begun with, and whoever has the account can stop its helper or have it say anything: that costs the rows of that
//! account, which it decides about anyway.

mod account;
mod by_account;
mod launch;
mod remote;
mod serve;
#[cfg(test)]
mod tests;

pub(super) use by_account::ByAccount;
pub(crate) use launch::launch;
pub(crate) use serve::serve_account;

use crate::host::Unreadable;
use crate::host::broker::Last;
use collector_proto::catalog::{FieldId, Platform, SourcePlace};
use collector_proto::disclosure::Sandbox;
use collector_proto::time::UtcTime;
use serde::{Deserialize, Serialize};

/// Where the launcher listens, for root alone.
const LAUNCHER: &str = "/run/candor-reader/accounts.sock";

/// The first message of the reader.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    /// The account to become.
    uid: u32,
    /// Its directories.
    directories: Vec<String>,
    /// The permit's places in directories of persons, as the catalogue writes them.
    places: Vec<String>,
}

/// The first message of the helper: what confines it, or why it does not begin.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ready {
    sandbox: Result<Sandbox, Unreadable>,
}

/// A question of the reader.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asking {
    /// The place's number among those that were begun with.
    place: usize,
    /// The names for its `*`.
    names: Vec<String>,
    way: Way,
}

/// What is wanted of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Way {
    /// The content of a regular file of at most so many bytes.
    Content(u64),
    /// The names in a directory.
    Names,
    /// What the next `*` stands for.
    Fill,
    /// Where a link points.
    Link,
    /// When something was changed.
    Changed(Last),
}

/// An answer.
#[derive(Serialize, Deserialize)]
enum Answered {
    /// It follows as a message of its own.
    Content,
    Names(Vec<String>),
    Link(String),
    Changed(UtcTime),
    Not(Unreadable),
}

/// The catalogue's sources on this system that lie in directories of persons.
fn sources_of_persons() -> impl Iterator<Item = SourcePlace> {
    let all = FieldId::all().flat_map(|field| field.field().source(Platform::Linux).touches);
    all.copied().filter(is_of_persons)
}

/// Whether the source lies in directories of persons.
fn is_of_persons(source: &SourcePlace) -> bool {
    source.path().is_some_and(|path| super::person::directory_of(path).is_some())
}
