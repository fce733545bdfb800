//! From a copy to a store of its own: what happened since the copy is done again, and what cannot be known is not trusted.

use crate::journal::{EnrolledDevice, Entry, Note};
use crate::refusal::EventKind;
use crate::store::sqlite::{devices, documents, events, placements, signed};
use crate::store::{Placed, Recovered, Recovery, RootAdded, StoreError};
use crate::verify::{VerifiedPlacement, VerifiedPolicy};
use collector_proto::envelope::Envelope;
use collector_proto::time::UtcTime;
use rusqlite::{Connection, params};
use uuid::Uuid;

/// Does again what the journal says, and begins another generation.
pub(super) fn recover(
    connection: &Connection,
    recovery: &Recovery,
    now: UtcTime,
) -> Result<Recovered, StoreError> {
    let mut recovered = Recovered::default();
    for note in recovery.since.iter().flatten() {
        replay(connection, note, &mut recovered)?;
    }
    let is_complete = recovery.since.is_some();
    if !is_complete {
        recovered.tokens_distrusted = connection.execute(
            "UPDATE token SET revoked_at = ?1 WHERE used_at IS NULL AND revoked_at IS NULL",
            [now.unix()],
        )?;
    }
    // What the journal had not been told yet is older than the copy, or done again.
    connection.execute("DELETE FROM journal_note", [])?;
    connection.execute(
        "UPDATE condition SET generation = ?1, restored_at = ?2, backup_at = ?3, held = ?4, unwritten = ?5, lost_from =
         CASE WHEN EXISTS (SELECT 1 FROM device WHERE device.generation < condition.generation AND revoked_at IS NULL)
              THEN min(lost_from, ?3) ELSE ?3 END",
        params![
            signed(recovery.generation),
            now.unix(),
            recovery.made.unix(),
            !is_complete && !recovery.accepted,
            !is_complete
        ],
    )?;
    events::record(connection, EventKind::Restored, Uuid::nil(), None, now)?;
    if !is_complete && recovery.accepted {
        record_loss(connection, now)?;
    }
    Ok(recovered)
}

/// Keeps on record that what a restore lost was accepted.
pub(super) fn record_loss(connection: &Connection, now: UtcTime) -> Result<(), StoreError> {
    events::record(connection, EventKind::LossAccepted, Uuid::nil(), None, now)
}

fn replay(connection: &Connection, note: &Note, recovered: &mut Recovered) -> Result<(), StoreError> {
    match &note.entry {
        Entry::DeviceEnrolled(device) => {
            recovered.devices_enrolled += usize::from(enrol(connection, device, note.at)?);
        }
        Entry::DeviceRevoked { device_id } => {
            recovered.devices_revoked += connection.execute(
                "UPDATE device SET revoked_at = ?2 WHERE device_id = ?1 AND revoked_at IS NULL",
                params![device_id.to_string(), note.at.unix()],
            )?;
        }
        Entry::TokensRevoked { tokens } => {
            for token in tokens {
                recovered.tokens_revoked += connection.execute(
                    "UPDATE token SET revoked_at = ?2 WHERE sha256 = ?1 AND used_at IS NULL AND revoked_at IS NULL",
                    params![token, note.at.unix()],
                )?;
            }
        }
        Entry::RootPublished { envelope } => {
            recovered.roots_published += usize::from(add_root(connection, envelope, note.at)?);
        }
        Entry::PolicyPublished { group, envelope } => {
            recovered.policies_published += usize::from(publish(connection, group, envelope, note.at)?);
        }
        Entry::DevicePlaced { envelope } => {
            recovered.devices_placed += usize::from(place(connection, envelope, note.at)?);
        }
        Entry::BackupMade { .. } | Entry::Restored { .. } | Entry::LossAccepted {} | Entry::Unwritten {} => {}
    }
    Ok(())
}

/// Puts a device on record, unless it is. A token that was made since the copy is as well.
fn enrol(connection: &Connection, device: &EnrolledDevice, at: UtcTime) -> Result<bool, StoreError> {
    let is_known = connection
        .prepare_cached("SELECT 1 FROM device WHERE device_id = ?1")?
        .exists([device.device_id.to_string()])?;
    if is_known {
        return Ok(false);
    }
    connection.execute(
        "INSERT OR IGNORE INTO token (sha256, group_name, created_at, expires_at) VALUES (?1, ?2, ?3, ?4)",
        params![device.token, device.group, at.unix(), device.token_expires.unix()],
    )?;
    devices::insert(connection, device, at)?;
    Ok(true)
}

/// Publishes a root that follows the one in force; one that does not is there already.
fn add_root(connection: &Connection, envelope: &Envelope, at: UtcTime) -> Result<bool, StoreError> {
    let Ok(next) = documents::current_root(connection)?.followed_by(envelope.clone()) else {
        return Ok(false);
    };
    Ok(matches!(documents::add_root(connection, &next, at)?, RootAdded::New))
}

/// Moves a device with the placement's own instant, unless it was moved. It is verified again, as policies are.
fn place(connection: &Connection, envelope: &Envelope, at: UtcTime) -> Result<bool, StoreError> {
    let root = documents::current_root(connection)?;
    let placement =
        VerifiedPlacement::verify(envelope.clone(), &root).map_err(StoreError::corrupt("placement"))?;
    Ok(placements::put(connection, &placement, at)? == Placed::New)
}

/// Publishes a policy with its own instant, unless it is. It is verified again: the journal lies where others may write.
fn publish(
    connection: &Connection,
    group: &str,
    envelope: &Envelope,
    at: UtcTime,
) -> Result<bool, StoreError> {
    let root = documents::current_root(connection)?;
    let policy =
        VerifiedPolicy::verify(envelope.clone(), &root, at).map_err(StoreError::corrupt("policy"))?;
    if policy.group() != group || policy.reference().version <= documents::current_version(connection, group)?
    {
        return Ok(false);
    }
    documents::insert(connection, &policy, at)?;
    Ok(true)
}
