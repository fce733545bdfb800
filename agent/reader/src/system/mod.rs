//! What differs between operating systems, behind one set of function names.
//!
//! This selector is the only place besides `probe` that asks which system it is built for.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux::*;

#[cfg(not(target_os = "linux"))]
mod unsupported;
#[cfg(not(target_os = "linux"))]
pub(crate) use unsupported::*;

/// Who is at the other end of standard input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    /// A pipe or file: whoever started this process, with its rights.
    Parent,
    /// A local socket of a process with this user id.
    User(u32),
    /// A socket whose owner cannot be told.
    Unknown,
}
