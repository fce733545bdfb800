//! What differs between operating systems: how files are opened in a directory that is held to the rule, and how names
//! become durable.

#[cfg(any(target_os = "linux", target_os = "macos"))]
mod unix;

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
mod by_path;

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(not(any(target_os = "linux", target_os = "macos", windows)), path = "unsupported.rs")]
mod system;

pub(crate) use system::{Handle, Purpose, Use, examine, open_named, open_on_way, private_directory};
