//! macOS. Only the reader's own files are read and written so far.

mod accounts;
mod file_system;
mod files;

pub(crate) use super::unix::read_exact_at;
pub(crate) use accounts::{own_account, standard_input_peer};
pub(crate) use file_system::{FileSystem, Opening};
pub(crate) use files::cautious_read;

/// There is no system bus.
#[derive(Debug, Default)]
pub(crate) struct Bus;
