//! The privacy kernel: the only code of Candor that reads the machine, and the code that decides what it may read.
//!
//! ```text
//! question ──request──► trust::accept ──► Permit ──probe──► Reading ──treat──► Disclosure ──► answer
//! ```
//!
//! No network code is linked. Only [`probe`] makes a [`treat::Reading`], which cannot be printed or serialised;
//! only [`treat`] takes one apart, and it gives back a checked disclosure.

pub mod caller;
#[doc(hidden)]
pub mod format;
pub mod host;
mod part;
pub mod probe;
pub mod process;
pub mod request;
pub mod sandbox;
mod service;
pub mod state;
pub mod treat;
