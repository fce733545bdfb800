//! What differs between operating systems: how the process is asked to stop, who runs it, how it yields to others, and how full a disk is.

#[cfg(any(target_os = "linux", target_os = "macos"))]
mod unix;

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(not(any(target_os = "linux", target_os = "macos", windows)), path = "unsupported.rs")]
mod system;

pub(crate) use system::{space, stand_back, stop_signal, user};
