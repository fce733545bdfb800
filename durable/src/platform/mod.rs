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

pub(crate) use system::{
    Handle, examine, leave_no_core, open_given, open_named, open_on_way, private_directory,
};

/// What a directory is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// To work in it.
    Work,
    /// To work in it, and it is made where there is none.
    Make,
    /// To look into it, whomever it belongs to.
    Look,
}

/// What a file is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be read.
    Read,
    /// To be read, and it is a secret.
    ReadSecret,
    /// To be written in place, and made where there is none.
    Update,
    /// To be added to at its end, and made where there is none. What is written is durable when the
    /// call returns, but not where directories are found by path: there it is not synced.
    Append,
}
