//! Security events.

use super::{Actor, Admin, AdminError, Operation};
use crate::store::{Listed, Page, SecurityEvent};

/// Lists security events, newest first.
pub(crate) async fn list(
    admin: &Admin,
    actor: &Actor,
    page: Page,
) -> Result<Listed<SecurityEvent>, AdminError> {
    Ok(admin.enter(actor, Operation::ListEvents)?.events(page).await?)
}
