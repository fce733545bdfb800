//! What differs between operating systems: the rights of files, who runs a command, how the process is asked to stop.
//! Every module has the same functions, and `unsupported` compiles anywhere.

#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(not(unix), path = "unsupported.rs")]
mod system;

pub(crate) use system::{create_private_dir, private, stop_signal, sync_directory, user};
