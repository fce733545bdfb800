//! Enrolled devices.

use super::{Actor, Admin, AdminError, Operation, StatedPurpose};
use crate::derive::Derivation;
use crate::policies::terms_of;
use crate::store::{Device, HeldSection, Listed, Page};
use collector_proto::value::Row;
use uuid::Uuid;

/// Lists devices by time of enrolment.
pub(crate) async fn list(admin: &Admin, actor: &Actor, page: Page) -> Result<Listed<Device>, AdminError> {
    Ok(admin.enter(actor, Operation::ListDevices)?.devices(page).await?)
}

/// A device and the rows that its reports left.
pub(crate) struct DeviceValues {
    pub(crate) device: Device,
    pub(crate) sections: Vec<HeldSection>,
    derivation: Derivation,
}

impl DeviceValues {
    /// Name and value of everything that is derived for one of the rows.
    pub(crate) fn derived(&self, held: &HeldSection, row: &Row) -> Vec<(&'static str, String)> {
        self.derivation.values(held, row)
    }
}

/// Shows a device with the rows that its reports left.
pub(crate) async fn show(
    admin: &Admin,
    actor: &Actor,
    purpose: &StatedPurpose,
    id: Uuid,
) -> Result<DeviceValues, AdminError> {
    let store = admin.enter(actor, Operation::ShowDevice)?;
    let device = store.device(id).await?.ok_or(AdminError::NoDevice(id))?;
    let sections =
        admin.enter_for_values(actor, purpose, Operation::ShowDevice, id).await?.sections().await?;
    let under = sections.first().and_then(|held| held.under.as_ref());
    let terms = match under {
        Some(under) => terms_of(store, &device.group, &store.placements(id).await?, under).await?,
        None => None,
    };
    let derivation = Derivation::of(&sections, terms);
    Ok(DeviceValues { device, sections, derivation })
}

/// Whether a device was revoked by this or before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revoked {
    /// It is revoked.
    Now,
    /// It was revoked before.
    Before,
}

/// Takes no further report of a device.
pub(crate) async fn revoke(admin: &Admin, actor: &Actor, id: Uuid) -> Result<Revoked, AdminError> {
    let store = admin.enter(actor, Operation::RevokeDevice)?;
    if store.revoke_device(id, admin.now()).await? {
        Ok(Revoked::Now)
    } else if store.device(id).await?.is_some() {
        Ok(Revoked::Before)
    } else {
        Err(AdminError::NoDevice(id))
    }
}
