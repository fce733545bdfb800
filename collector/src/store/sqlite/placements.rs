//! Placements: which groups each device was in.

use super::recovery::Noting;
use super::{documents, signed, unsigned};
use crate::journal::Entry;
use crate::store::{Placed, StoreError, StoredPlacement};
use crate::verify::VerifiedPlacement;
use collector_proto::digest::Digest;
use collector_proto::envelope::Envelope;
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::policy::trust::PlacementRef;
use collector_proto::time::UtcTime;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use uuid::Uuid;

/// A device's placements, oldest first.
pub(super) fn placements(connection: &Connection, device: Uuid) -> Result<Vec<StoredPlacement>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT number, group_name, from_group, sha256, envelope, placed_at FROM placement
         WHERE device_id = ?1 ORDER BY number",
    )?;
    let rows = statement.query_map([device.to_string()], |row| Ok(stored(row)))?;
    rows.map(|row| row?).collect()
}

fn stored(row: &Row<'_>) -> Result<StoredPlacement, StoreError> {
    let (sha256, envelope): (String, Vec<u8>) = (row.get(3)?, row.get(4)?);
    let sha256 = Digest::parse(&sha256).map_err(StoreError::corrupt("placement"))?;
    Ok(StoredPlacement {
        reference: PlacementRef { number: unsigned(row.get(0)?), sha256 },
        group: row.get(1)?,
        from: row.get(2)?,
        envelope: Envelope::parse(&envelope, MAX_DOCUMENT_BYTES).map_err(StoreError::corrupt("placement"))?,
        placed_at: UtcTime::from_unix(row.get(5)?),
    })
}

/// Moves a device, and notes it for the journal.
pub(super) fn place(
    connection: &Connection,
    noting: Noting,
    placement: &VerifiedPlacement,
    now: UtcTime,
) -> Result<Placed, StoreError> {
    if documents::current_root(connection)?.reference() != placement.root() {
        return Ok(Placed::OtherRoot);
    }
    let placed = put(connection, placement, now)?;
    if placed == Placed::New {
        let envelope = placement.envelope().clone();
        noting.note(connection, &Entry::DevicePlaced { envelope }, now)?;
    }
    Ok(placed)
}

/// Moves a device at an instant. The very placement that is its newest gets the signatures that it lacked.
pub(super) fn put(
    connection: &Connection,
    placement: &VerifiedPlacement,
    at: UtcTime,
) -> Result<Placed, StoreError> {
    let (document, reference) = (placement.document(), placement.reference());
    let device = document.device_id;
    let state = connection
        .prepare_cached(
            "SELECT group_name, placement, revoked_at IS NOT NULL FROM device WHERE device_id = ?1",
        )?
        .query_row([device.to_string()], |row| {
            Ok((row.get::<_, String>(0)?, unsigned(row.get(1)?), row.get::<_, bool>(2)?))
        })
        .optional()?;
    let Some((group, number, revoked)) = state else { return Ok(Placed::NoDevice) };
    if let Some(newest) = placements(connection, device)?.pop() {
        if newest.reference == reference {
            add_signatures(connection, device, newest, placement.envelope())?;
            return Ok(Placed::Before);
        }
        if newest.reference.number >= reference.number {
            return Ok(Placed::NotAbove(newest.reference.number));
        }
    }
    if revoked {
        return Ok(Placed::Revoked);
    }
    if document.from != group || reference.number != number + 1 {
        return Ok(Placed::NotNext { group, number });
    }
    connection.execute(
        "INSERT INTO placement (device_id, number, group_name, from_group, sha256, envelope, placed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            device.to_string(),
            signed(reference.number),
            document.group,
            document.from,
            reference.sha256.to_string(),
            placement.envelope().to_json(),
            at.unix()
        ],
    )?;
    connection.execute(
        "UPDATE device SET group_name = ?2, placement = ?3 WHERE device_id = ?1",
        params![device.to_string(), document.group, signed(reference.number)],
    )?;
    Ok(Placed::New)
}

fn add_signatures(
    connection: &Connection,
    device: Uuid,
    newest: StoredPlacement,
    given: &Envelope,
) -> Result<(), StoreError> {
    let mut envelope = newest.envelope;
    envelope.add_signatures(given);
    connection.execute(
        "UPDATE placement SET envelope = ?3 WHERE device_id = ?1 AND number = ?2",
        params![device.to_string(), signed(newest.reference.number), envelope.to_json()],
    )?;
    Ok(())
}
