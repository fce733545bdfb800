//! What stands for a system whose own code is not written yet: nothing of the machine is read, and no account is known.

use super::broker::Broker;
use super::{AccountId, LedgerService, Peer, Unreadable};
use collector_proto::catalog::SourcePlace;
use collector_proto::disclosure::Sandbox;
use std::collections::BTreeSet;
use std::io;
use std::path::Path;

/// Every place is missing.
#[derive(Debug)]
pub(crate) struct FileSystem;

impl Broker for FileSystem {}

impl FileSystem {
    /// The files below `root`.
    pub(crate) const fn at(_root: &Path) -> Self {
        Self
    }
}

/// What would answer for this machine beside its files.
#[derive(Debug)]
pub(crate) enum Live {}

impl Live {
    /// Nothing answers beside them.
    pub(crate) const fn beside(_files: &FileSystem) -> Option<Self> {
        None
    }

    /// There is nothing to be asked by helpers.
    pub(crate) const fn start_helpers(&mut self) {
        match *self {}
    }

    /// There is nothing to get ready.
    pub(crate) const fn prepare(&self, _sources: &BTreeSet<SourcePlace>) -> Option<Sandbox> {
        match *self {}
    }
}

/// Nothing has to stay open in a sandbox.
#[derive(Debug)]
pub(crate) enum Opening {}

/// Nobody else is asked for anything.
pub(crate) fn by_account() -> Box<dyn Broker> {
    Box::new(FileSystem)
}

/// There is nobody to be launched.
pub(crate) fn launch() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// There is no account to become.
pub(crate) fn serve_account(
    _confine: impl FnOnce(&[Opening], &BTreeSet<SourcePlace>) -> Sandbox,
) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// There is no bus to be asked.
pub(crate) fn serve_bus(
    _bus: Option<&Path>,
    _confine: impl FnOnce(&BTreeSet<SourcePlace>) -> Sandbox,
) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// What the caller left open stays open: which that is is not known yet.
#[expect(clippy::unnecessary_wraps, reason = "where it is known, closing can fail")]
pub(crate) const fn close_inherited() -> io::Result<()> {
    Ok(())
}

/// Standard input is always what the parent gave: accounts are not distinguished here.
pub(crate) const fn standard_input_peer() -> Peer {
    Peer::Parent
}

/// The account of this process is not known, so nobody is taken for it.
pub(crate) const fn own_account() -> Option<AccountId> {
    None
}

/// How long the machine has been running is not asked.
pub(crate) const fn running() -> Option<u64> {
    None
}

/// No account is known by its name.
#[expect(clippy::unnecessary_wraps, reason = "other systems can fail")]
pub(crate) const fn account_named(_: &str) -> Result<Option<AccountId>, Unreadable> {
    Ok(None)
}

/// The agent's user keeps no ledger of its own here.
pub(crate) const fn ask_ledger(_: &LedgerService, _: &[u8], _: usize) -> Result<Vec<u8>, Unreadable> {
    Err(Unreadable::Missing)
}
