//! Linux: files, the few system calls that probes use, and the system bus.
//!
//! On any root but `/` a symbolic link never leads outside it, and nothing but its files answers: where a file of the tree
//! says the same as a system call (`stand_in.rs`), it is read instead.

mod accounts;
mod addresses;
pub(crate) mod bus;
mod calls;
mod exchange;
mod expand;
mod file_system;
mod files;
mod homes;
mod inherited;
mod ledger;
mod listing;
mod person;
mod stand_in;
mod tree;

#[cfg(test)]
mod tests;

pub(crate) use super::unix::read_exact_at;
pub(crate) use accounts::{account_named, own_account, peer_of, standard_input_peer};
pub(crate) use bus::serve_bus;
pub(crate) use calls::{Uname, running};
pub(crate) use expand::{Access, Opening};
pub(crate) use file_system::{FileSystem, Live, is_looked_at};
pub(crate) use homes::{launch, serve_account};
pub(crate) use inherited::close_inherited;
pub(crate) use ledger::ask_ledger;

use crate::host::broker::Broker;
use std::path::Path;

/// This machine, where those are asked for what lies in directories of accounts who have them.
pub(crate) fn by_account() -> Box<dyn Broker> {
    Box::new(homes::ByAccount::beside(FileSystem::at(Path::new(tree::LIVE_ROOT))))
}
