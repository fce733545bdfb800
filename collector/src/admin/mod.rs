//! What an administrator can do with a collector: one file per thing.
//!
//! An operation takes an [`Admin`], the [`Actor`] who asks, where collected values show a [`StatedPurpose`], and its own
//! arguments; it answers in domain types or with an [`AdminError`]. It prints nothing and reads no clock of its own, so
//! that a command line and an HTTP interface call the same function. A listing gives one page.
//!
//! An operation reaches the store through [`entry`] alone, which asks [`access::authorise`] first: none can be carried
//! out for somebody who may not ask for it. The plain entry gives a store without the reads that show what devices
//! sent; [`Admin::enter_for_values`] gives these, of one device, once it is on record who sees them for which purpose.
//! What takes no actor: [`policies::open`], behind `policy check`, `diff` and `explain`, reads nothing of the
//! collector, and `init` and `restore` make one where there is none.

pub(crate) mod access;
pub(crate) mod accesses;
mod actor;
pub(crate) mod backups;
pub(crate) mod bundles;
pub(crate) mod certificates;
pub(crate) mod devices;
mod entry;
mod error;
pub(crate) mod events;
pub(crate) mod examination;
pub(crate) mod placements;
pub(crate) mod policies;
pub(crate) mod reports;
pub(crate) mod retention;
pub(crate) mod roots;
mod stated_purpose;
pub(crate) mod tokens;

pub(crate) use access::Operation;
pub(crate) use actor::Actor;
pub(crate) use entry::Admin;
pub(crate) use error::AdminError;
pub(crate) use stated_purpose::StatedPurpose;

use crate::data_dir::read_text;
use std::path::PathBuf;

/// A certificate or key of the collector's directory.
fn read_pem(path: PathBuf) -> Result<String, AdminError> {
    read_text(&path).map_err(|error| AdminError::File(path, error))
}
