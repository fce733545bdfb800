//! The Candor agent: it decides nothing about privacy and keeps the books.
//!
//! [`reader_client`] asks the reader, the pipeline is the table of contents of one cycle, the ledger keeps every
//! report before it leaves.

pub mod cli;
pub mod config;
pub mod documents;
mod durable;
pub mod fault;
pub mod identity;
pub mod lock;
pub mod paths;
mod platform;
pub mod reader_client;

pub use durable::FileError;
