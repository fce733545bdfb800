//! Values at rest: each is sealed under a key of its own, and deleting it overwrites the key.
//!
//! This keeps nothing from whoever can read the database, where the keys are. It makes "deleted" true: SQLite copies rows from
//! page to page while it balances its trees and leaves copies in the slack of pages, which `secure_delete` does not reach.
//! Such a copy is worth nothing without its key, and keys stand where nothing is ever moved: rows of one length that are never
//! deleted, in the order of their numbers (`value_key`). What else could hold a key that was overwritten is the write-ahead log,
//! which a sweep empties.

use crate::store::packed::unpacked;
use crate::store::{Cause, Packed, StoreError};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use rusqlite::{Connection, OptionalExtension as _, params};

/// Bytes that sealing adds to a value.
pub(super) const OVERHEAD: usize = 16;

/// Bytes of a key.
const KEY: usize = 32;

/// Why a value cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
enum SealError {
    /// The operating system gave no randomness.
    #[error("the operating system gave no random bytes")]
    NoRandomness,
    /// The key is not the value's, or one of the two was changed.
    #[error("it is not what was sealed under its key")]
    Unreadable,
}

/// A sealed value and the number of its key.
pub(super) struct Sealed {
    pub(super) key_id: i64,
    pub(super) bytes: Vec<u8>,
}

/// Seals a packed value under a new key. With `slot` the key takes the place of the one that has this number: the value under that one
/// is gone with it.
pub(super) fn seal(connection: &Connection, slot: Option<i64>, value: &Packed) -> Result<Sealed, StoreError> {
    let mut key = [0; KEY];
    // Ring's errors have no content.
    SystemRandom::new().fill(&mut key).map_err(|_| database(SealError::NoRandomness))?;
    let key_id = keep(connection, slot, &key)?;
    let mut bytes = Vec::with_capacity(value.bytes().len() + OVERHEAD);
    bytes.extend_from_slice(value.bytes());
    cipher(&key)
        .and_then(|cipher| cipher.seal_in_place_append_tag(nonce(), Aad::empty(), &mut bytes).ok())
        .ok_or_else(|| database(SealError::Unreadable))?;
    Ok(Sealed { key_id, bytes })
}

/// Opens and unpacks a value of this table.
pub(super) fn open(table: &'static str, key: &[u8], mut sealed: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    let opened = cipher(key).and_then(|cipher| {
        cipher.open_in_place(nonce(), Aad::empty(), &mut sealed).ok().map(|value| value.len())
    });
    let length = opened.ok_or_else(|| StoreError::corrupt(table)(SealError::Unreadable))?;
    sealed.truncate(length);
    unpacked(sealed).map_err(StoreError::corrupt(table))
}

fn keep(connection: &Connection, slot: Option<i64>, key: &[u8; KEY]) -> Result<i64, StoreError> {
    if let Some(slot) = slot {
        connection
            .prepare_cached("UPDATE value_key SET used = 1, key = ?2 WHERE id = ?1")?
            .execute(params![slot, key])?;
        return Ok(slot);
    }
    let freed = connection
        .prepare_cached(
            "UPDATE value_key SET used = 1, key = ?1
             WHERE id = (SELECT id FROM value_key WHERE used = 0 LIMIT 1) RETURNING id",
        )?
        .query_row([key], |row| row.get(0))
        .optional()?;
    if let Some(freed) = freed {
        return Ok(freed);
    }
    connection.prepare_cached("INSERT INTO value_key (used, key) VALUES (1, ?1)")?.execute([key])?;
    Ok(connection.last_insert_rowid())
}

fn cipher(key: &[u8]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key).ok().map(LessSafeKey::new)
}

/// A key seals one value, so that its nonce need not differ.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

fn database(error: SealError) -> StoreError {
    StoreError::Database(Cause::from(error))
}

#[cfg(test)]
mod tests;
