//! Writes placements to be signed, and says what they would change.

use super::{PlacementError, PlacementFile};
use crate::admin::policies::TakesEffect;
use crate::admin::{Actor, Admin, AdminError, Operation};
use crate::policies::history;
use crate::store::{Device, StoreError, StoredPlacement, WithoutValues, all};
use collector_proto::contract::Version1;
use collector_proto::policy::Announcements;
use collector_proto::policy::diff::{Change, widens};
use collector_proto::policy::trust::{PlacementDocument, PlacementKind};
use collector_proto::time::UtcTime;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Which devices are moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Chosen {
    /// These.
    Devices(Vec<Uuid>),
    /// Every device of a group that is not revoked.
    AllOf(String),
}

/// Placements that are written.
pub(crate) struct Drafted {
    pub(crate) file: PlacementFile,
    pub(crate) moves: Vec<Move>,
}

/// What happens to the devices that go from one group to another.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Move {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) devices: Vec<Uuid>,
    /// What the newest policy of the group changes against that of the other; `None` where that has none.
    pub(crate) changes: Option<Vec<Change>>,
    /// When that takes effect on a device that is moved now.
    pub(crate) takes_effect: Option<TakesEffect>,
}

impl Move {
    /// Whether people have to be told of it before it takes effect.
    pub(crate) fn widens(&self) -> bool {
        self.changes.as_deref().is_none_or(widens)
    }
}

/// Writes placements of these devices in a group.
pub(crate) async fn draft(
    admin: &Admin,
    actor: &Actor,
    chosen: &Chosen,
    group: &str,
) -> Result<Drafted, PlacementError> {
    let (store, now) = (admin.enter(actor, Operation::DraftPlacement)?, admin.now());
    let target = store.current_policy(group).await?;
    let target = target.ok_or_else(|| PlacementError::NoPolicy(group.to_owned()))?;
    let collector = store.current_root().await?.document().collector.clone();
    let devices = chosen_devices(store, chosen, group).await?;
    let placement = |device: &Device| PlacementDocument {
        v: Version1,
        kind: PlacementKind::Placement,
        collector: collector.clone(),
        device_id: device.device_id,
        number: device.placement + 1,
        group: group.to_owned(),
        from: device.group.clone(),
    };
    let documents: Vec<_> = devices.iter().map(placement).collect();
    let mut policies = vec![target.envelope];
    for from in devices.iter().map(|device| device.group.as_str()).collect::<BTreeSet<_>>() {
        policies.extend(store.current_policy(from).await?.map(|policy| policy.envelope));
    }
    let file = PlacementFile::of(&documents, policies)?;
    let moves = moves(store, &file, now).await?;
    Ok(Drafted { file, moves })
}

/// The newest placement of every device that was moved, as it stands: it gets another signature, as of a new key.
pub(crate) async fn standing(admin: &Admin, actor: &Actor) -> Result<PlacementFile, PlacementError> {
    let store = admin.enter(actor, Operation::DraftPlacement)?;
    let (mut placements, mut groups) = (Vec::new(), BTreeSet::new());
    for (_, newest) in newest(store).await? {
        groups.extend([newest.from, newest.group]);
        placements.push(newest.envelope);
    }
    if placements.is_empty() {
        return Err(PlacementError::NoneStanding);
    }
    let mut policies = Vec::new();
    for group in &groups {
        policies.extend(store.current_policy(group).await?.map(|policy| policy.envelope));
    }
    Ok(PlacementFile::standing(placements, policies))
}

/// The newest placement of every device that was moved and is not revoked.
pub(in crate::admin) async fn newest(
    store: &dyn WithoutValues,
) -> Result<Vec<(Uuid, StoredPlacement)>, StoreError> {
    let mut found = Vec::new();
    for device in all(|page| store.devices(page)).await? {
        if device.placement == 0 || device.revoked.is_some() {
            continue;
        }
        found
            .extend(store.placements(device.device_id).await?.pop().map(|newest| (device.device_id, newest)));
    }
    Ok(found)
}

async fn chosen_devices(
    store: &dyn WithoutValues,
    chosen: &Chosen,
    group: &str,
) -> Result<Vec<Device>, PlacementError> {
    match chosen {
        Chosen::AllOf(from) => {
            let devices = all(|page| store.devices(page)).await?;
            let here = |device: &Device| device.group == *from && device.revoked.is_none();
            let devices: Vec<_> = devices.into_iter().filter(here).collect();
            if devices.is_empty() || from == group {
                return Err(PlacementError::Nobody(from.clone()));
            }
            Ok(devices)
        }
        Chosen::Devices(ids) => {
            let mut devices = Vec::new();
            for id in ids.iter().collect::<BTreeSet<_>>() {
                let device = store.device(*id).await?.ok_or(AdminError::NoDevice(*id))?;
                if device.revoked.is_some() {
                    return Err(PlacementError::Revoked(*id));
                }
                if device.group == group {
                    return Err(PlacementError::There { device: *id, group: group.to_owned() });
                }
                devices.push(device);
            }
            Ok(devices)
        }
    }
}

/// What the placements of a file change on devices that hear of them now.
pub(super) async fn moves(
    store: &dyn WithoutValues,
    file: &PlacementFile,
    now: UtcTime,
) -> Result<Vec<Move>, PlacementError> {
    let mut moves = Vec::new();
    for ((from, to), documents) in file.routes()? {
        let (before, after) = (history(store, &from).await?, history(store, &to).await?);
        let announced = before.moved_to(&after, 1, now);
        let newest = Announcements::newest(&announced).filter(|newest| newest.reference().placement == 1);
        let takes_effect = newest.map(|newest| TakesEffect::of(newest, now));
        let changes = file.changes(&from, &to);
        let devices = documents.iter().map(|document| document.device_id).collect();
        moves.push(Move { from, to, devices, changes, takes_effect });
    }
    Ok(moves)
}
