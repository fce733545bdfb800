//! The Candor agent: it decides nothing about privacy and keeps the books.
//!
//! [`reader_client`] asks the reader, [`pipeline`] is the table of contents of one cycle, [`ledger`] keeps every
//! report before it leaves.

mod again;
pub mod cli;
mod config;
mod confine;
mod device;
mod documents;
mod durable;
mod enrol;
pub mod fault;
#[cfg(test)]
#[cfg(unix)]
mod fixture;
mod head;
pub mod identity;
pub mod ledger;
mod lock;
mod named;
mod paths;
mod pipeline;
mod platform;
pub mod reader_client;
mod schedule;
mod sent;
pub mod ship;
pub mod verdict;
mod zone;

pub(crate) use durable::FileError;
