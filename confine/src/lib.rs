//! How a process confines itself on Linux: it gives up capabilities, Landlock closes files and ports, seccomp the system calls.
//!
//! There is no policy here: what stays open is said where it is used, by the reader for a permit and by the agent for a step. Each
//! part says whether it is in force, so that what a kernel lacks lowers the level that is reported instead of stopping anything.
//! Nothing outside of Linux depends on this crate.

pub mod calls;
mod capabilities;
pub mod files;

pub use capabilities::give_up_capabilities;
