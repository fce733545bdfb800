//! The Candor agent: it decides nothing about privacy and keeps the books.
//!
//! [`reader_client`] asks the reader, [`pipeline`] is the table of contents of one cycle, [`ledger`] keeps every
//! report before it leaves.

pub mod acknowledge;
pub mod cli;
pub mod config;
pub mod documents;
mod durable;
pub mod enrol;
pub mod fault;
#[cfg(test)]
#[cfg(unix)]
mod fixture;
pub mod identity;
pub mod ledger;
pub mod lock;
pub mod paths;
pub mod pipeline;
mod platform;
pub mod reader_client;
pub mod schedule;
pub mod ship;
mod verdict;

pub use durable::FileError;
