//! Enrolled devices and their keys.

use super::{EventKind, StoreError, record_event};
use collector_proto::digest::Digest;
use collector_proto::envelope::{Jwk, KeyId, PublicKey};
use collector_proto::time::UtcTime;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use uuid::Uuid;

/// A device as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Device {
    /// Its random id.
    pub device_id: Uuid,
    /// Its group.
    pub group: String,
    /// Thumbprints of its keys.
    pub keys: Vec<String>,
    /// The agent's version when it enrolled.
    pub agent_version: String,
    /// When it enrolled.
    pub enrolled: UtcTime,
    /// When its last report came in, to the minute.
    pub last_report: Option<UtcTime>,
    /// When it was revoked.
    pub revoked: Option<UtcTime>,
}

/// A key on record and the device that owns it.
#[derive(Debug, Clone)]
pub struct DeviceKey {
    /// The key.
    pub key: PublicKey,
    /// Its device.
    pub device_id: Uuid,
    /// The device's group.
    pub group: String,
    /// Whether the device was revoked.
    pub revoked: bool,
}

/// A device that asks to be enrolled; its possession of the key is proved, its nonce is authentic and in time.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// The id that it chose.
    pub device_id: Uuid,
    /// Its key.
    pub key: PublicKey,
    /// SHA-256 of the token.
    pub token: Digest,
    /// SHA-256 of the nonce.
    pub nonce: Digest,
    /// When the nonce stops working.
    pub nonce_expires: UtcTime,
    /// The agent's version.
    pub agent_version: String,
}

/// What became of an enrolment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enrolled {
    /// Enrolled with this record, at this time or, when the answer was lost before, at an earlier one.
    Yes {
        /// Envelope of the device record.
        record: Vec<u8>,
        /// Group of the device.
        group: String,
    },
    /// The token is unknown, expired, revoked or used by another device.
    TokenRefused,
    /// The nonce was used before.
    NonceUsed,
    /// The device id or the key is on record already.
    Known,
    /// The same device enrolled with the token before and was revoked since.
    Revoked,
}

/// Consumes token and nonce and records the device, or says why not. Runs in the writer's transaction.
pub fn enrol(
    connection: &Connection,
    new: &NewDevice,
    seal_record: impl FnOnce(&str) -> Result<Vec<u8>, StoreError>,
    now: UtcTime,
) -> Result<Enrolled, StoreError> {
    let Some(token) = token(connection, &new.token)? else { return Ok(Enrolled::TokenRefused) };
    if let Some((device, key)) = &token.used_by {
        if *device == new.device_id.to_string() && key == new.key.id().as_str() {
            // The answer was lost on its way: the same device and key get the same record.
            return enrolled_before(connection, new.device_id, token.group);
        }
        // Filed under the device on record: an id that the sender chose could be another one each time.
        let owner = Uuid::parse_str(device).map_err(|_| StoreError::Corrupt("token"))?;
        record_event(connection, EventKind::EnrolmentConflict, owner, None, now)?;
        return Ok(Enrolled::TokenRefused);
    }
    if token.revoked || now >= token.expires {
        return Ok(Enrolled::TokenRefused);
    }
    connection.prepare_cached("DELETE FROM used_challenge WHERE expires_at <= ?1")?.execute([now.unix()])?;
    let fresh = connection
        .prepare_cached("INSERT OR IGNORE INTO used_challenge (nonce_sha256, expires_at) VALUES (?1, ?2)")?
        .execute(params![new.nonce.to_string(), new.nonce_expires.unix()])?;
    if fresh == 0 {
        return Ok(Enrolled::NonceUsed);
    }
    if let Some(on_record) = known_as(connection, new)? {
        record_event(connection, EventKind::EnrolmentConflict, on_record, None, now)?;
        return Ok(Enrolled::Known);
    }
    let record = seal_record(&token.group)?;
    insert(connection, new, &token.group, &record, now)?;
    Ok(Enrolled::Yes { record, group: token.group })
}

/// The device on record that has the key, in use or not, or else the id.
fn known_as(connection: &Connection, new: &NewDevice) -> Result<Option<Uuid>, StoreError> {
    if let Some(owner) = any_key(connection, new.key.id())? {
        return Ok(Some(owner.device_id));
    }
    Ok(device(connection, new.device_id)?.map(|device| device.device_id))
}

fn insert(
    connection: &Connection,
    new: &NewDevice,
    group: &str,
    record: &[u8],
    now: UtcTime,
) -> Result<(), StoreError> {
    let (device, key) = (new.device_id.to_string(), new.key.id().as_str());
    let jwk = serde_json::to_string(&new.key.to_jwk()).map_err(|_| StoreError::Corrupt("device_key"))?;
    connection.execute(
        "INSERT INTO device (device_id, group_name, agent_version, enrolled_at, record) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![device, group, new.agent_version, now.unix(), record],
    )?;
    connection.execute(
        "INSERT INTO device_key (key_id, device_id, jwk, added_at) VALUES (?1, ?2, ?3, ?4)",
        params![key, device, jwk, now.unix()],
    )?;
    connection.execute(
        "UPDATE token SET used_at = ?2, used_by_device = ?3, used_by_key = ?4 WHERE sha256 = ?1",
        params![new.token.to_string(), now.unix(), device, key],
    )?;
    Ok(())
}

/// Whether a token was made here, whatever became of it.
pub fn is_token(connection: &Connection, digest: &Digest) -> Result<bool, StoreError> {
    Ok(token(connection, digest)?.is_some())
}

struct TokenRow {
    group: String,
    expires: UtcTime,
    revoked: bool,
    used_by: Option<(String, String)>,
}

fn token(connection: &Connection, token: &Digest) -> Result<Option<TokenRow>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT group_name, expires_at, revoked_at IS NOT NULL, used_by_device, used_by_key
         FROM token WHERE sha256 = ?1",
    )?;
    let row = statement.query_row([token.to_string()], |row| {
        let (device, key): (Option<String>, Option<String>) = (row.get(3)?, row.get(4)?);
        Ok(TokenRow {
            group: row.get(0)?,
            expires: UtcTime::from_unix(row.get(1)?),
            revoked: row.get(2)?,
            used_by: device.zip(key),
        })
    });
    Ok(row.optional()?)
}

fn enrolled_before(connection: &Connection, id: Uuid, group: String) -> Result<Enrolled, StoreError> {
    let (record, revoked): (Vec<u8>, bool) = connection.query_row(
        "SELECT record, revoked_at IS NOT NULL FROM device WHERE device_id = ?1",
        [id.to_string()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(if revoked { Enrolled::Revoked } else { Enrolled::Yes { record, group } })
}

/// The key of this id, if it is in use.
pub fn key(connection: &Connection, id: &KeyId) -> Result<Option<DeviceKey>, StoreError> {
    key_where(connection, id, "AND device_key.retired_at IS NULL")
}

/// The key of this id, in use or not: what it signed stays verifiable.
pub(crate) fn any_key(connection: &Connection, id: &KeyId) -> Result<Option<DeviceKey>, StoreError> {
    key_where(connection, id, "")
}

fn key_where(connection: &Connection, id: &KeyId, condition: &str) -> Result<Option<DeviceKey>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT jwk, device_id, group_name, revoked_at IS NOT NULL
         FROM device_key JOIN device USING (device_id) WHERE key_id = ?1 {condition}"
    ))?;
    let row = statement
        .query_row([id.as_str()], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((jwk, device_id, group, revoked)) = row else { return Ok(None) };
    let jwk: Option<Jwk> = serde_json::from_str(&jwk).ok();
    let key = jwk.and_then(|jwk| PublicKey::from_jwk(&jwk).ok()).ok_or(StoreError::Corrupt("device_key"))?;
    let device_id = Uuid::parse_str(&device_id).map_err(|_| StoreError::Corrupt("device_key"))?;
    Ok(Some(DeviceKey { key, device_id, group, revoked }))
}

const COLUMNS: &str = "SELECT device_id, group_name, agent_version, enrolled_at, last_report_at, revoked_at,
    (SELECT group_concat(key_id, ' ') FROM device_key WHERE device_key.device_id = device.device_id) FROM device";

/// One device.
pub fn device(connection: &Connection, id: Uuid) -> Result<Option<Device>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE device_id = ?1"))?;
    statement.query_row([id.to_string()], |row| Ok(read(row))).optional()?.transpose()
}

/// All devices by time of enrolment.
pub fn devices(connection: &Connection) -> Result<Vec<Device>, StoreError> {
    let mut statement = connection.prepare(&format!("{COLUMNS} ORDER BY enrolled_at, device_id"))?;
    let rows = statement.query_map([], |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}

/// Revokes a device; `false` when there is none or it was revoked before.
pub fn revoke_device(connection: &Connection, id: Uuid, now: UtcTime) -> Result<bool, StoreError> {
    let changed = connection.execute(
        "UPDATE device SET revoked_at = ?2 WHERE device_id = ?1 AND revoked_at IS NULL",
        params![id.to_string(), now.unix()],
    )?;
    Ok(changed == 1)
}

fn read(row: &Row<'_>) -> Result<Device, StoreError> {
    let id: String = row.get(0)?;
    let keys: Option<String> = row.get(6)?;
    Ok(Device {
        device_id: Uuid::parse_str(&id).map_err(|_| StoreError::Corrupt("device"))?,
        group: row.get(1)?,
        agent_version: row.get(2)?,
        enrolled: UtcTime::from_unix(row.get(3)?),
        last_report: row.get::<_, Option<i64>>(4)?.map(UtcTime::from_unix),
        revoked: row.get::<_, Option<i64>>(5)?.map(UtcTime::from_unix),
        keys: keys.unwrap_or_default().split(' ').map(str::to_owned).collect(),
    })
}
