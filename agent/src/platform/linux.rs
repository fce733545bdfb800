//! Linux.

use std::path::PathBuf;

pub(crate) use super::unix::{free_bytes, is_privileged, opened, shared_beyond_owner, stop_requested};

/// The program that opens a file in the person's browser.
pub(crate) const OPENER: &str = "xdg-open";

/// Where the state of the machine's agent is.
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
pub(crate) fn system_state() -> Option<PathBuf> {
    Some(PathBuf::from("/var/lib/candor"))
}

/// The administrator's configuration.
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
pub(crate) fn system_config() -> Option<PathBuf> {
    Some(PathBuf::from("/etc/candor/config.toml"))
}
