//! Backups: a collector in one file, and from it a collector again.
//!
//! A backup is kept for a fixed span and no longer. It holds no value that has to be deleted within that span, so that what
//! is deleted on its day is gone from every backup on that day; nor what stands on devices, which they say again.
//! What happened after it and must not be undone is in the journal ([`crate::journal`]).

mod file;
mod make;
mod restore;

pub use file::{BackupFileError, Manifest, Member, remove_expired};
pub use make::{BackupError, MadeBackup, make};
pub use restore::{RestoreError, RestoreOptions, Restored, restore};
