//! Backups, and what a restore lost.

use super::{Actor, Admin, AdminError, Operation};
use crate::backup::{self, MadeBackup};
use crate::store::CopyPace;
use candor_durable::Staged;
use std::io;
use std::path::Path;

/// Makes a backup, and with `prune` removes the earlier ones beside it that may be kept no longer.
pub(crate) async fn make(
    admin: &Admin,
    actor: &Actor,
    output: &Path,
    prune: bool,
    pace: impl FnOnce(&Staged<'_>) -> io::Result<CopyPace>,
) -> Result<MadeBackup, AdminError> {
    let store = admin.enter(actor, Operation::MakeBackup)?;
    let mut made = backup::make(&admin.dir, store, output, pace, admin.now()).await?;
    if prune {
        made.removed = backup::remove_expired(output, &admin.config.id, admin.now())?;
    }
    Ok(made)
}

/// Serves again although a restore lost something; `false` where nothing is held.
pub(crate) async fn accept_loss(admin: &Admin, actor: &Actor) -> Result<bool, AdminError> {
    Ok(admin.enter(actor, Operation::AcceptLoss)?.accept_loss(admin.now()).await?)
}
