//! macOS.

pub(crate) use super::unix::{owner_only, private_directory, sync_directory};
