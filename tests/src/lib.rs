//! What the end-to-end tests stand on: the real binaries, started as their users start them, in temporary directories
//! and on loopback.
//!
//! `cargo xtask test` builds the binaries first. A test that finds none says so and fails.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why and fails")]

mod agent;
mod binaries;
mod booted;
mod collector;
mod copy;
mod fault_server;
pub mod fuzz;
mod message;
mod relay;
mod resign;
mod tls;

pub use agent::{Agent, Said};
pub use binaries::{binary, fixture, repository};
pub use booted::Booted;
pub use collector::Collector;
pub use copy::copy;
pub use fault_server::{Fault, FaultServer};
pub use message::Message;
pub use relay::{OnAnswer, OnRequest, Relay};
pub use resign::resign;
