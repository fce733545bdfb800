//! What an administrator can do with a collector: one file per thing.
//!
//! An operation takes an [`Admin`], the [`Actor`] who asks, where collected values show a [`Purpose`], and its own
//! arguments; it answers in domain types or with an [`AdminError`]. It prints nothing and reads no clock of its own, so
//! that a command line and an HTTP interface call the same function. A listing gives one page.
//!
//! An operation reaches the store through [`Admin::enter`] alone, which asks [`access::authorise`] first: none can be
//! carried out for somebody who may not ask for it. Two things take no actor: [`policies::open`], behind `policy check`,
//! `diff` and `explain`, reads nothing of the collector, and `init` makes one where there is none.
//!
//! What shows values goes through [`Admin::record_shown`] as well, which keeps
//! on record who sees whose values for which purpose before any is handed out.

pub(crate) mod access;
pub(crate) mod accesses;
mod actor;
pub(crate) mod bundles;
pub(crate) mod devices;
mod error;
pub(crate) mod events;
pub(crate) mod policies;
mod purpose;
pub(crate) mod reports;
pub(crate) mod retention;
pub(crate) mod tokens;

pub(crate) use access::Operation;
pub(crate) use actor::Actor;
pub(crate) use error::AdminError;
pub(crate) use purpose::Purpose;

use crate::clock::{Clock, Random};
use crate::data_dir::{Config, DataDir};
use crate::store::{self, NewAccess, Store};
use collector_proto::time::UtcTime;
use std::sync::Arc;
use uuid::Uuid;

/// A collector as its administrators work on it, beside a running server or without one.
pub(crate) struct Admin {
    dir: DataDir,
    config: Config,
    store: Arc<dyn Store>,
    clock: Clock,
    random: Random,
}

impl Admin {
    /// The collector of a directory.
    pub(crate) fn open(dir: DataDir, clock: Clock, random: Random) -> Result<Self, AdminError> {
        // The configuration is written last, so its absence tells an unfinished or foreign directory.
        let config = Config::read(&dir.config())?;
        let store = store::open_beside(&dir.database())?;
        Ok(Self { dir, config, store, clock, random })
    }

    /// The store, for an operation that the actor may ask for.
    fn enter(&self, actor: &Actor, operation: Operation) -> Result<&dyn Store, AdminError> {
        access::authorise(actor, operation)?;
        Ok(self.store.as_ref())
    }

    /// Keeps on record that the actor is shown values of a device.
    async fn record_shown(
        &self,
        actor: &Actor,
        purpose: &Purpose,
        operation: Operation,
        device: Uuid,
    ) -> Result<(), AdminError> {
        debug_assert_eq!(operation.shows(), access::Shows::Values);
        let access = NewAccess {
            operation: operation.name(),
            actor: actor.to_string(),
            purpose: purpose.as_str().to_owned(),
            device,
        };
        Ok(self.store.record_access(access, self.now()).await?)
    }

    fn now(&self) -> UtcTime {
        (self.clock)()
    }
}
