//! The record of who was shown whose values for which purpose.

use super::{Actor, Admin, AdminError, Operation};
use crate::store::{Listed, Page, RecordedAccess};

/// Lists accesses to values, newest first.
pub(crate) async fn list(
    admin: &Admin,
    actor: &Actor,
    page: Page,
) -> Result<Listed<RecordedAccess>, AdminError> {
    Ok(admin.enter(actor, Operation::ListAccesses)?.accesses(page).await?)
}
