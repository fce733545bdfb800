//! macOS.

use std::path::PathBuf;

pub(crate) use super::closed::{
    LedgerConnection, LedgerSocket, ReaderConnection, connect_to_reader, converse, installed_reader,
    ledger_question, ledger_socket, ledger_socket_handed_over, next_ledger_connection, notice_directory,
    people_socket, reader_socket, tell_of_ledger,
};
pub(crate) use super::unix::{
    Owner, command_of, foreign_owner, free_bytes, is_everybodys_to_ask, is_own, is_privileged, is_roots,
    is_same_owner, opened, own_account, shared_beyond_owner, start_over, stop_requested,
};

/// The program that opens a file in the person's browser.
pub(crate) const OPENER: &str = "open";

/// Where the state of the machine's agent is.
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
pub(crate) fn system_state() -> Option<PathBuf> {
    Some(PathBuf::from("/Library/Application Support/Candor"))
}

/// The administrator's configuration.
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
pub(crate) fn system_config() -> Option<PathBuf> {
    Some(PathBuf::from("/Library/Application Support/Candor/config.toml"))
}
