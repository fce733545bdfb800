//! Any other operating system.

use std::path::PathBuf;
use std::process::ExitStatus;

pub(crate) use super::closed::{
    LedgerConnection, LedgerSocket, ReaderConnection, connect_to_reader, converse, installed_reader,
    ledger_question, ledger_socket, ledger_socket_handed_over, next_ledger_connection, notice_directory,
    people_socket, reader_socket, tell_of_ledger,
};
pub(crate) use super::not_unix::{
    Owner, command_of, foreign_owner, free_bytes, is_everybodys_to_ask, is_own, is_privileged, is_roots,
    is_same_owner, own_account, shared_beyond_owner, start_over, stop_requested,
};

/// The program that opens a file in the person's browser.
pub(crate) const OPENER: &str = "xdg-open";

/// Where the state of the machine's agent is.
pub(crate) fn system_state() -> Option<PathBuf> {
    None
}

/// The administrator's configuration.
pub(crate) fn system_config() -> Option<PathBuf> {
    None
}

/// Whether the opener opened the file.
pub(crate) fn opened(status: ExitStatus) -> bool {
    status.success()
}
