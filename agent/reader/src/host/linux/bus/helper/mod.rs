//! A process of its own between the reader and the bus, so that a reader that was taken over has no connection to write
//! messages on, and no answer of a service is taken apart where other values are.
//!
//! ```text
//! reader  starts it with the members that the permit names, before anything of the machine is read
//! helper  connects, confines itself to the connection and logs in              Ready
//! reader  a member by its number, an object, a way, and the type that it expects    Asking
//! helper  the value, or why there is none                                      Answered
//! ```
//!
//! The helper is this same program, over one socket, with messages of `exchange/framed.rs`.
//! What it was started with stays: what arrives later can only choose among that. It ends when the reader does.

mod remote;
mod serve;

pub(super) use remote::Remote;
pub(crate) use serve::serve_bus;

use super::answer::Kind;
use super::question::{Member, Way};
use crate::host::Unreadable;
use collector_proto::catalog::SourcePlace;
use collector_proto::disclosure::Sandbox;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The first message of the helper.
#[derive(Debug, Serialize, Deserialize)]
struct Ready {
    /// What confines it.
    sandbox: Sandbox,
    /// Whether the bus has let it in.
    connected: Result<(), Unreadable>,
}

/// A question of the reader.
#[derive(Serialize, Deserialize)]
struct Asking {
    id: u32,
    /// The member's number among those that the helper was started with.
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
struct Answered {
    id: u32,
    value: Result<Value, Unreadable>,
}

/// How a member stands among the helper's arguments.
fn argument(member: Member) -> String {
    SourcePlace::from(member).to_string()
}
