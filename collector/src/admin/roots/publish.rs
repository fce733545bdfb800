//! Gives a root to devices, once nothing would stop because of it.

use super::RootError;
use crate::admin::{Actor, Admin, Operation, placements};
use crate::keys::OnlineKeys;
use crate::pki;
use crate::store::{RootAdded, WithoutValues, all};
use crate::verify::{TrustRoot, VerifiedPlacement};
use collector_proto::envelope::Envelope;
use collector_proto::text::chain;
use collector_proto::time::UtcTime;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A root that was given to devices.
pub(crate) struct RootPublication {
    pub(crate) root: TrustRoot,
    /// Whether it was in force before.
    pub(crate) was_before: bool,
    /// Groups whose devices collect nothing until their policy is signed again.
    pub(crate) left_behind: Vec<String>,
    /// Devices that collect nothing until their placement is signed again.
    pub(crate) moved_left_behind: Vec<Uuid>,
    /// When the certificate ends that the server shows now.
    pub(crate) certificate_until: UtcTime,
}

/// Publishes a root that follows the one in force. With `force` also where a group's policy or a device's placement is not signed by its keys, as when a
/// key was stolen.
pub(crate) async fn publish(
    admin: &Admin,
    actor: &Actor,
    envelope: Envelope,
    force: bool,
) -> Result<RootPublication, RootError> {
    let store = admin.enter(actor, Operation::PublishRoot)?;
    let (current, now) = (store.current_root().await?, admin.now());
    let digest = envelope.unverified_digest()?;
    let was_before = current.reference().sha256 == digest;
    let root =
        if was_before { current } else { current.followed_by(envelope).map_err(RootError::NotFollowed)? };
    if now >= root.document().expires {
        return Err(RootError::Expired(root.document().expires));
    }
    let keys = OnlineKeys::read(&admin.dir).map_err(crate::admin::AdminError::from)?;
    for role in OnlineKeys::ROLES {
        keys.of(role, root.document()).map_err(RootError::NoOnlineKey)?;
    }
    let certificate_until = match &root.document().endpoints {
        Some(endpoints) => pki::vouched_for(&admin.dir, endpoints, now).map_err(RootError::NotVouchedFor)?,
        None => pki::shown_until(&admin.dir).map_err(RootError::NotVouchedFor)?,
    };
    let (left_behind, why) = left_behind(store, &root).await?;
    if !left_behind.is_empty() && !force {
        return Err(RootError::PolicyLeftBehind { groups: left_behind, why });
    }
    let (moved_left_behind, why) = moved_left_behind(store, &root).await?;
    if !moved_left_behind.is_empty() && !force {
        return Err(RootError::PlacementsLeftBehind { devices: moved_left_behind, why });
    }
    let was_before = match store.add_root(root.clone(), now).await? {
        RootAdded::New => was_before,
        RootAdded::Before => true,
        RootAdded::NotNext(current) => return Err(RootError::Overtaken(current)),
    };
    Ok(RootPublication { root, was_before, left_behind, moved_left_behind, certificate_until })
}

/// The groups whose published policy is not signed as the root demands, and why the first is not.
async fn left_behind(
    store: &dyn WithoutValues,
    root: &TrustRoot,
) -> Result<(Vec<String>, String), RootError> {
    let published = all(|page| store.policies(page)).await?;
    let groups: BTreeSet<String> = published.into_iter().map(|policy| policy.group).collect();
    let (mut left, mut why) = (Vec::new(), String::new());
    for group in groups {
        let Some(policy) = store.current_policy(&group).await? else { continue };
        if let Err(error) = root.document().verify_policy(&policy.envelope) {
            if left.is_empty() {
                why = error.to_string();
            }
            left.push(group);
        }
    }
    Ok((left, why))
}

/// The devices whose newest placement is not signed as the root demands, and why the first is not.
async fn moved_left_behind(
    store: &dyn WithoutValues,
    root: &TrustRoot,
) -> Result<(Vec<Uuid>, String), RootError> {
    let (mut left, mut why) = (Vec::new(), String::new());
    for (device, placement) in placements::newest(store).await? {
        if let Err(error) = VerifiedPlacement::verify(placement.envelope, root) {
            if left.is_empty() {
                why = chain(&error);
            }
            left.push(device);
        }
    }
    Ok((left, why))
}
