//! What differs between operating systems: system paths, who may use a file, free space, what opens a page. Every
//! module has the same functions, and `unsupported` compiles anywhere.

#[cfg(not(target_os = "linux"))]
mod closed;
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
mod not_unix;
#[cfg(any(target_os = "linux", target_os = "macos"))]
mod unix;

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(not(any(target_os = "linux", target_os = "macos", windows)), path = "unsupported.rs")]
mod system;

pub(crate) use system::{
    LedgerConnection, LedgerSocket, OPENER, Owner, ReaderConnection, command_of, connect_to_reader, converse,
    foreign_owner, free_bytes, installed_reader, is_everybodys_to_ask, is_own, is_privileged, is_roots,
    is_same_owner, ledger_question, ledger_socket, ledger_socket_handed_over, next_ledger_connection,
    notice_directory, opened, own_account, people_socket, reader_socket, shared_beyond_owner, start_over,
    stop_requested, system_config, system_state, tell_of_ledger,
};
