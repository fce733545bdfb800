//! The Candor agent: it decides nothing about privacy and keeps the books.
//!
//! [`reader_client`] asks the reader, the pipeline is the table of contents of one cycle, the ledger keeps every
//! report before it leaves.

pub mod reader_client;
