//! Retention.

use super::{Actor, Admin, AdminError, Operation};
use crate::store::{Deletion, Listed, Page, Swept};

/// Deletes everything whose retention has ended, and says what it was.
pub(crate) async fn sweep(admin: &Admin, actor: &Actor) -> Result<Swept, AdminError> {
    Ok(crate::retention::sweep(admin.enter(actor, Operation::Sweep)?, admin.now()).await?)
}

/// Lists how much was deleted, newest first.
pub(crate) async fn history(
    admin: &Admin,
    actor: &Actor,
    page: Page,
) -> Result<Listed<Deletion>, AdminError> {
    Ok(admin.enter(actor, Operation::ListDeletions)?.deletions(page).await?)
}
