//! Windows. Only the reader's own files are read and written so far.

mod accounts;
mod file_system;
mod files;

pub(crate) use accounts::{own_account, standard_input_peer};
pub(crate) use file_system::{FileSystem, Opening};
pub(crate) use files::{cautious_read, read_exact_at};

/// There is no system bus.
#[derive(Debug, Default)]
pub(crate) struct Bus;
