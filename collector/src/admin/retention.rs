//! Retention.

use super::{Actor, Admin, AdminError, Operation};
use crate::store::Swept;

/// Deletes everything whose retention has ended, and says what it was.
pub(crate) async fn sweep(admin: &Admin, actor: &Actor) -> Result<Swept, AdminError> {
    Ok(crate::retention::sweep(admin.enter(actor, Operation::Sweep)?, admin.now()).await?)
}
