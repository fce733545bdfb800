//! A process of its own between the reader and the bus, so that a reader that was taken over has no connection to write
//! messages on, and no answer of a service is taken apart where other values are.
//!
//! ```text
//! reader  the members that the permit names, before anything of the machine is read   Wanted
//! helper  connects, confines itself to the connection and logs in              Ready
//! reader  a member by its number, an object, a way, and the type that it expects    Asking
//! helper  the value, or why there is none                                      Answered
//! ```
//!
//! The helper is this same program, over one socket, with messages of `exchange/framed.rs`.
//! What it was told first stays: what arrives later can only choose among that. It ends when the reader does. As a service it
//! has a user of its own, and the system's manager starts it for each connection; elsewhere the reader starts it.

mod reach;
mod remote;
mod serve;

pub(super) use reach::Helper;
pub(super) use remote::Remote;
pub(crate) use serve::serve_bus;

use super::answer::Kind;
use super::question::{Member, Way};
use crate::host::Unreadable;
use collector_proto::catalog::SourcePlace;
use collector_proto::disclosure::Sandbox;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Most bytes of a question, and of the members that are wanted: several times what all members of the catalogue take.
const MAX_QUESTION_BYTES: usize = 64 * 1024;

/// The first message of the reader.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Members of services, as the catalogue names them. They are numbered in this order.
    members: Vec<String>,
}

/// The first message of the helper.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ready {
    /// What confines it.
    sandbox: Sandbox,
    /// Whether the bus has let it in.
    connected: Result<(), Unreadable>,
}

/// A question of the reader.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asking {
    id: u32,
    /// The member's number among those that were wanted.
    member: usize,
    object: String,
    way: Way,
    /// The expected type; `None` when no answer is waited for.
    kind: Option<Kind>,
    /// How long the answer may take, in milliseconds.
    within: u64,
}

/// An answer to the question of this id.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    id: u32,
    value: Result<Value, Unreadable>,
}

/// How a member is named among those that are wanted.
fn name(member: Member) -> String {
    SourcePlace::from(member).to_string()
}
