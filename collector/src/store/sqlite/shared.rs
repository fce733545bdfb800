//! What several processes on one database agree on: nonces, leases, and how much of its quota each device used.

use super::pace::Budget;
use super::{SqliteStore, signed, unsigned};
use crate::store::{Answer, Lease, NonceUse, Quota, SharedState, StoreError, Usage};
use collector_proto::digest::Digest;
use collector_proto::envelope::KeyId;
use collector_proto::http_signature::{MAX_NONCES_PER_KEY, Nonce};
use collector_proto::time::UtcTime;
use rusqlite::{Connection, OptionalExtension as _, params};
use uuid::Uuid;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Days for which usage is kept.
const USAGE_DAYS: i64 = 31;

impl SharedState for SqliteStore {
    fn can_write(&self) -> Answer<'_, ()> {
        self.write(|_| Ok(()))
    }

    fn use_nonce(&self, key: &KeyId, nonce: &Nonce, expires: UtcTime, now: UtcTime) -> Answer<'_, NonceUse> {
        let (key, nonce) = (key.clone(), Digest::of(nonce.to_string().as_bytes()));
        self.write(move |connection| use_nonce(connection, &key, &nonce, expires, now))
    }

    fn challenge_key(&self, candidate: [u8; 32]) -> Answer<'_, [u8; 32]> {
        self.write(move |connection| {
            connection.execute(
                "INSERT INTO challenge_key (only, key) VALUES (1, ?1) ON CONFLICT (only) DO NOTHING",
                [candidate],
            )?;
            Ok(connection.query_row("SELECT key FROM challenge_key", [], |row| row.get(0))?)
        })
    }

    fn take_lease(&self, lease: Lease, holder: Uuid, until: UtcTime, now: UtcTime) -> Answer<'_, bool> {
        self.write(move |connection| {
            let taken = connection
                .prepare_cached(
                    "INSERT INTO lease (name, holder, expires_at) VALUES (?1, ?2, ?3)
                     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
                     WHERE lease.expires_at <= ?4 OR lease.holder = excluded.holder
                        OR lease.expires_at > ?4 + 2 * (?3 - ?4)",
                )?
                .execute(params![lease.name(), holder.to_string(), until.unix(), now.unix()])?;
            Ok(taken == 1)
        })
    }
}

fn use_nonce(
    connection: &Connection,
    key: &KeyId,
    nonce: &Digest,
    expires: UtcTime,
    now: UtcTime,
) -> Result<NonceUse, StoreError> {
    connection.prepare_cached("DELETE FROM used_nonce WHERE expires_at <= ?1")?.execute([now.unix()])?;
    let is_used = connection
        .prepare_cached("SELECT 1 FROM used_nonce WHERE key_id = ?1 AND nonce_sha256 = ?2")?
        .exists(params![key.as_str(), nonce.to_string()])?;
    if is_used {
        return Ok(NonceUse::Again);
    }
    let remembered: i64 = connection
        .prepare_cached("SELECT count(*) FROM used_nonce WHERE key_id = ?1")?
        .query_row([key.as_str()], |row| row.get(0))?;
    if usize::try_from(remembered).unwrap_or(usize::MAX) >= MAX_NONCES_PER_KEY {
        return Ok(NonceUse::TooMany);
    }
    connection
        .prepare_cached("INSERT INTO used_nonce (key_id, nonce_sha256, expires_at) VALUES (?1, ?2, ?3)")?
        .execute(params![key.as_str(), nonce.to_string(), expires.unix()])?;
    Ok(NonceUse::First)
}

/// Charges one report to the device's quota of the day; `false`, and nothing is charged, where it does not fit.
pub(super) fn charge(
    connection: &Connection,
    device: &str,
    bytes: usize,
    quota: Quota,
    now: UtcTime,
) -> Result<bool, StoreError> {
    let charged = connection
        .prepare_cached(
            "INSERT INTO device_usage (device_id, day, reports, bytes)
             SELECT ?1, ?2, 1, ?3 WHERE 1 <= ?4 AND ?3 <= ?5
             ON CONFLICT (device_id, day) DO UPDATE SET reports = reports + 1, bytes = bytes + excluded.bytes
             WHERE reports + 1 <= ?4 AND bytes + excluded.bytes <= ?5",
        )?
        .execute(params![
            device,
            day_of(now),
            signed(bytes as u64),
            signed(quota.reports),
            signed(quota.bytes)
        ])?;
    Ok(charged == 1)
}

pub(super) fn usage(connection: &Connection, device: Uuid, day: UtcTime) -> Result<Usage, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT reports, bytes FROM device_usage WHERE device_id = ?1 AND day = ?2")?;
    let found = statement.query_row(params![device.to_string(), day_of(day)], |row| {
        Ok(Usage { reports: unsigned(row.get(0)?), bytes: unsigned(row.get(1)?) })
    });
    Ok(found.optional()?.unwrap_or_default())
}

/// Forgets what was counted long ago.
pub(super) fn forget_usage(
    connection: &Connection,
    now: UtcTime,
    budget: &mut Budget,
) -> Result<(), StoreError> {
    let mut delete = connection.prepare_cached(
        "DELETE FROM device_usage WHERE (device_id, day) IN
            (SELECT device_id, day FROM device_usage WHERE day <= ?1 LIMIT ?2)",
    )?;
    budget.delete(|most| Ok(delete.execute(params![day_of(now) - USAGE_DAYS, most])?))
}

fn day_of(instant: UtcTime) -> i64 {
    instant.unix().div_euclid(DAY)
}
