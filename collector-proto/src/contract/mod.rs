//! The version contract: how a program tells what it understands, and how it reads what is newer than itself.
//!
//! A [`Contract`] is a number. It names everything that a program understands: all documents, messages, members and
//! meanings introduced up to it. Programs tell each other this number and never their own version:
//!
//! ```text
//! Candor-Contract: 1              on every request and every answer; covered by the signature where the request is
//!                                 signed (RFC 9421)
//! "contract":1                    in the enrolment and in /healthz
//! "requires":["name", …]          in a document or message: members that must be understood
//! ```
//!
//! A program works with its own number and those next to it. It ignores members that it does not know, except where
//! `requires` names one that is not in [`KNOWN`]: then it refuses the whole, because ignoring that member would collect
//! more, keep longer or show less than was signed. A report is closed: where values flow, nothing unknown passes.

mod number;
mod read;
mod requires;
mod version;

pub use number::{CONTRACT, CONTRACT_HEADER, Contract, TooFarApart};
pub use read::{ReadError, read, read_closed, requires};
pub use requires::{KNOWN, Names, NotUnderstood, Requires};
pub use version::Version1;

#[cfg(test)]
mod tests;
