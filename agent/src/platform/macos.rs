//! macOS.

use std::path::PathBuf;

pub(crate) use super::unix::{
    free_bytes, is_privileged, open_to_owner_only, private_directory, shared_beyond_owner, stop_requested,
    sync_directory,
};

/// Where the state of the machine's agent is.
pub(crate) fn system_state() -> Option<PathBuf> {
    Some(PathBuf::from("/Library/Application Support/Candor"))
}

/// The administrator's configuration.
pub(crate) fn system_config() -> Option<PathBuf> {
    Some(PathBuf::from("/Library/Application Support/Candor/config.toml"))
}
