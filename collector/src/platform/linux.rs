//! Linux.

pub(crate) use super::unix::{create_private_dir, private, stop_signal, sync_directory, user};
