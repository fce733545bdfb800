//! Enrolled devices and their keys.

use super::recovery::Noting;
use super::tokens::token;
use super::{SqliteStore, events, paging, placements, records, signed, unsigned};
use crate::journal::{EnrolledDevice, Entry};
use crate::refusal::EventKind;
use crate::store::{
    Answer, Device, DeviceStore, EnrolmentOutcome, Listed, Page, Placed, RecordFacts, SealRecord, StoreError,
    StoredPlacement,
};
use crate::verify::{DeviceKey, NewDevice, VerifiedPlacement};
use collector_proto::contract::Contract;
use collector_proto::envelope::{Jwk, KeyId, PublicKey};
use collector_proto::time::UtcTime;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::BTreeMap;
use uuid::Uuid;

impl DeviceStore for SqliteStore {
    fn key(&self, id: &KeyId) -> Answer<'_, Option<DeviceKey>> {
        let id = id.clone();
        self.read(move |connection| key_where(connection, &id, "AND device_key.retired_at IS NULL"))
    }

    fn any_key(&self, id: &KeyId) -> Answer<'_, Option<DeviceKey>> {
        let id = id.clone();
        self.read(move |connection| key_where(connection, &id, ""))
    }

    fn enrol(&self, new: NewDevice, seal: SealRecord, now: UtcTime) -> Answer<'_, EnrolmentOutcome> {
        self.write_noted(move |connection, noting| enrol(connection, noting, &new, &seal, now))
    }

    fn device(&self, id: Uuid) -> Answer<'_, Option<Device>> {
        self.read(move |connection| device(connection, id))
    }

    fn devices(&self, page: Page) -> Answer<'_, Listed<Device>> {
        self.read(move |connection| devices(connection, &page))
    }

    fn note_contract(&self, id: Uuid, contract: Contract) -> Answer<'_, ()> {
        self.write(move |connection| {
            connection.execute(
                "UPDATE device SET contract = ?2 WHERE device_id = ?1",
                params![id.to_string(), contract.number()],
            )?;
            Ok(())
        })
    }

    fn note_root(&self, id: Uuid, root: u64) -> Answer<'_, ()> {
        self.write(move |connection| {
            connection.execute(
                "UPDATE device SET root = ?2 WHERE device_id = ?1",
                params![id.to_string(), signed(root)],
            )?;
            Ok(())
        })
    }

    fn contracts(&self, group: &str) -> Answer<'_, BTreeMap<Contract, u64>> {
        let group = group.to_owned();
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT contract, COUNT(*) FROM device WHERE group_name = ?1 AND revoked_at IS NULL GROUP BY contract",
            )?;
            let rows = statement.query_map([group], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?;
            let counted = rows.map(|row| {
                let (number, count) = row?;
                Ok((contract_of(number)?, u64::try_from(count).unwrap_or(0)))
            });
            counted.collect()
        })
    }

    fn place(&self, placement: VerifiedPlacement, now: UtcTime) -> Answer<'_, Placed> {
        self.write_noted(move |connection, noting| placements::place(connection, noting, &placement, now))
    }

    fn placements(&self, id: Uuid) -> Answer<'_, Vec<StoredPlacement>> {
        self.read(move |connection| placements::placements(connection, id))
    }

    fn revoke_device(&self, id: Uuid, now: UtcTime) -> Answer<'_, bool> {
        self.write_noted(move |connection, noting| {
            let changed = connection.execute(
                "UPDATE device SET revoked_at = ?2 WHERE device_id = ?1 AND revoked_at IS NULL",
                params![id.to_string(), now.unix()],
            )?;
            if changed == 1 {
                noting.note(connection, &Entry::DeviceRevoked { device_id: id }, now)?;
            }
            Ok(changed == 1)
        })
    }
}

fn enrol(
    connection: &Connection,
    noting: Noting,
    new: &NewDevice,
    seal: &SealRecord,
    now: UtcTime,
) -> Result<EnrolmentOutcome, StoreError> {
    let Some(token) = token(connection, &new.token())? else { return Ok(EnrolmentOutcome::TokenRefused) };
    if let Some((device, key)) = &token.used_by {
        if *device == new.device_id().to_string() && key == new.key().id().as_str() {
            // The answer was lost on its way: the same device and key get the same record.
            return enrolled_before(connection, new.device_id());
        }
        // Filed under the device on record: an id that the sender chose could be another one each time.
        let owner = Uuid::parse_str(device).map_err(StoreError::corrupt("token"))?;
        events::record(connection, EventKind::EnrolmentConflict, owner, None, now)?;
        return Ok(EnrolmentOutcome::TokenRefused);
    }
    if token.revoked || now >= token.expires {
        return Ok(EnrolmentOutcome::TokenRefused);
    }
    connection.prepare_cached("DELETE FROM used_challenge WHERE expires_at <= ?1")?.execute([now.unix()])?;
    let fresh = connection
        .prepare_cached("INSERT OR IGNORE INTO used_challenge (nonce_sha256, expires_at) VALUES (?1, ?2)")?
        .execute(params![new.nonce().to_string(), new.nonce_expires().unix()])?;
    if fresh == 0 {
        return Ok(EnrolmentOutcome::NonceUsed);
    }
    if let Some(on_record) = known_as(connection, new)? {
        events::record(connection, EventKind::EnrolmentConflict, on_record, None, now)?;
        return Ok(EnrolmentOutcome::Known);
    }
    let record = seal(&RecordFacts { group: &token.group }).map_err(StoreError::Seal)?;
    let enrolled = EnrolledDevice {
        device_id: new.device_id(),
        group: token.group.clone(),
        token: new.token().to_string(),
        token_expires: token.expires,
        key_id: new.key().id().as_str().to_owned(),
        jwk: serde_json::to_string(&new.key().to_jwk()).map_err(|error| StoreError::Seal(error.into()))?,
        contract: new.contract().number(),
        record: String::from_utf8_lossy(&record).into_owned(),
        records_until: UtcTime::from_unix(records::of_silent_device(connection, &token.group, now)?),
    };
    insert(connection, &enrolled, now)?;
    noting.note(connection, &Entry::DeviceEnrolled(enrolled), now)?;
    Ok(EnrolmentOutcome::Yes { record, group: token.group })
}

/// The device on record that has the key, in use or not, or else the id.
fn known_as(connection: &Connection, new: &NewDevice) -> Result<Option<Uuid>, StoreError> {
    if let Some(owner) = key_where(connection, new.key().id(), "")? {
        return Ok(Some(owner.device_id));
    }
    Ok(device(connection, new.device_id())?.map(|device| device.device_id))
}

/// Puts a device on record, with the token that it used up.
pub(super) fn insert(
    connection: &Connection,
    device: &EnrolledDevice,
    now: UtcTime,
) -> Result<(), StoreError> {
    let id = device.device_id.to_string();
    connection.execute(
        "INSERT INTO device (device_id, group_name, contract, enrolled_at, record, records_until, generation)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT generation FROM condition))",
        params![
            id,
            device.group,
            device.contract,
            now.unix(),
            device.record.as_bytes(),
            device.records_until.unix()
        ],
    )?;
    connection.execute(
        "INSERT INTO device_key (key_id, device_id, jwk, added_at) VALUES (?1, ?2, ?3, ?4)",
        params![device.key_id, id, device.jwk, now.unix()],
    )?;
    connection.execute(
        "UPDATE token SET used_at = ?2, used_by_device = ?3, used_by_key = ?4 WHERE sha256 = ?1",
        params![device.token, now.unix(), id, device.key_id],
    )?;
    Ok(())
}

fn enrolled_before(connection: &Connection, id: Uuid) -> Result<EnrolmentOutcome, StoreError> {
    let (record, revoked, group): (Vec<u8>, bool, String) = connection.query_row(
        "SELECT record, revoked_at IS NOT NULL, group_name FROM device WHERE device_id = ?1",
        [id.to_string()],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    Ok(if revoked { EnrolmentOutcome::Revoked } else { EnrolmentOutcome::Yes { record, group } })
}

fn key_where(connection: &Connection, id: &KeyId, condition: &str) -> Result<Option<DeviceKey>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT jwk, device_id, group_name, revoked_at IS NOT NULL, contract, placement, root
         FROM device_key JOIN device USING (device_id) WHERE key_id = ?1 {condition}"
    ))?;
    let row = statement
        .query_row([id.as_str()], |row| {
            let key = (row.get::<_, String>(0)?, row.get::<_, String>(1)?);
            Ok((key, row.get(2)?, row.get(3)?, row.get(4)?, unsigned(row.get(5)?), unsigned(row.get(6)?)))
        })
        .optional()?;
    let Some(((jwk, device_id), group, revoked, contract, placement, root)) = row else { return Ok(None) };
    let jwk: Jwk = serde_json::from_str(&jwk).map_err(StoreError::corrupt("device_key"))?;
    let key = PublicKey::from_jwk(&jwk).map_err(StoreError::corrupt("device_key"))?;
    let device_id = Uuid::parse_str(&device_id).map_err(StoreError::corrupt("device_key"))?;
    Ok(Some(DeviceKey { key, device_id, group, placement, contract: contract_of(contract)?, root, revoked }))
}

fn contract_of(number: u16) -> Result<Contract, StoreError> {
    Contract::new(number)
        .ok_or_else(|| StoreError::Corrupt("device", format!("there is no contract {number}").into()))
}

const COLUMNS: &str = "SELECT device_id, group_name, contract, enrolled_at, last_report_at, revoked_at,
    (SELECT group_concat(key_id, ' ') FROM device_key WHERE device_key.device_id = device.device_id), records_until,
    placement, placement_seen, placement_first, root
    FROM device";

fn device(connection: &Connection, id: Uuid) -> Result<Option<Device>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE device_id = ?1"))?;
    statement.query_row([id.to_string()], |row| Ok(read(row))).optional()?.transpose()
}

fn devices(connection: &Connection, page: &Page) -> Result<Listed<Device>, StoreError> {
    let (enrolled, id) = paging::number_and_text(page)?.unwrap_or((i64::MIN, String::new()));
    let mut statement = connection.prepare_cached(&format!(
        "{COLUMNS} WHERE (enrolled_at, device_id) > (?1, ?2) ORDER BY enrolled_at, device_id LIMIT ?3"
    ))?;
    let rows = statement.query_map(params![enrolled, id, paging::rows(page)], |row| Ok(read(row)))?;
    let devices = rows.map(|row| row?).collect::<Result<_, StoreError>>()?;
    let keys = |device: &Device| format!("{} {}", device.enrolled.unix(), device.device_id);
    Ok(paging::listed(devices, page, keys))
}

fn read(row: &Row<'_>) -> Result<Device, StoreError> {
    let id: String = row.get(0)?;
    let keys: Option<String> = row.get(6)?;
    Ok(Device {
        device_id: Uuid::parse_str(&id).map_err(StoreError::corrupt("device"))?,
        group: row.get(1)?,
        placement: unsigned(row.get(8)?),
        placement_seen: unsigned(row.get(9)?),
        placement_first: row.get::<_, Option<i64>>(10)?.map(unsigned),
        contract: contract_of(row.get(2)?)?,
        root: unsigned(row.get(11)?),
        enrolled: UtcTime::from_unix(row.get(3)?),
        last_report: row.get::<_, Option<i64>>(4)?.map(UtcTime::from_unix),
        revoked: row.get::<_, Option<i64>>(5)?.map(UtcTime::from_unix),
        records_until: UtcTime::from_unix(row.get(7)?),
        keys: keys.unwrap_or_default().split(' ').map(str::to_owned).collect(),
    })
}
