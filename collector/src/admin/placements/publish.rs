//! Gives placements to their devices.

use super::draft::moves;
use super::{Move, PlacementError, PlacementFile};
use crate::admin::{Actor, Admin, AdminError, Operation};
use crate::policies::history;
use crate::store::{Placed, WithoutValues};
use crate::verify::{TrustRoot, VerifiedPlacement};
use uuid::Uuid;

/// Placements that are published.
pub(crate) struct PlacementPublication {
    /// What they change; worked out before they were published.
    pub(crate) moves: Vec<Move>,
    /// Devices that are moved by this.
    pub(crate) moved: Vec<Uuid>,
    /// Devices whose very placement was published before; signatures that it lacked were added.
    pub(crate) before: Vec<Uuid>,
}

/// Publishes signed placements. All are verified before the first is published; publishing the same file again goes on where it stopped.
pub(crate) async fn publish(
    admin: &Admin,
    actor: &Actor,
    file: &PlacementFile,
) -> Result<PlacementPublication, PlacementError> {
    let (store, now) = (admin.enter(actor, Operation::PublishPlacement)?, admin.now());
    let root = store.current_root().await?;
    let mut verified = Vec::new();
    for envelope in &file.placements {
        let placement = VerifiedPlacement::verify(envelope.clone(), &root)?;
        check_group(store, &root, &placement).await?;
        verified.push(placement);
    }
    let moves = moves(store, file, now).await?;
    let (mut now_there, mut before) = (Vec::new(), Vec::new());
    for placement in verified {
        let (device, offered) = (placement.document().device_id, placement.reference().number);
        match store.place(placement, now).await? {
            Placed::New => now_there.push(device),
            Placed::Before => before.push(device),
            Placed::NotAbove(published) => {
                return Err(PlacementError::NotAbove { device, offered, published });
            }
            Placed::NotNext { group, number } => {
                return Err(PlacementError::NotNext { device, group, number });
            }
            Placed::OtherRoot => return Err(PlacementError::OtherRoot),
            Placed::NoDevice => return Err(AdminError::NoDevice(device).into()),
            Placed::Revoked => return Err(PlacementError::Revoked(device)),
        }
    }
    Ok(PlacementPublication { moves, moved: now_there, before })
}

/// Whether the group has a policy that the device would take up with this placement.
async fn check_group(
    store: &dyn WithoutValues,
    root: &TrustRoot,
    placement: &VerifiedPlacement,
) -> Result<(), PlacementError> {
    let (group, device) = (&placement.document().group, placement.document().device_id);
    let of_group = history(store, group).await?;
    let policies = of_group.standing();
    if policies.is_empty() {
        return Err(PlacementError::NoPolicy(group.clone()));
    }
    for policy in policies {
        let names = root.document().missing_approval(policy.document(), placement.signers());
        if !names.is_empty() {
            return Err(PlacementError::NotApproved { device, group: group.clone(), names });
        }
    }
    Ok(())
}
