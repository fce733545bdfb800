//! Frozen migrations. Each is SQL that is never edited after it was released and imports no type of this program.

use super::StoreError;
use rusqlite::{Connection, TransactionBehavior};

/// Every migration; the position plus one is the schema's version in `PRAGMA user_version`.
const MIGRATIONS: &[&str] = &[
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
    include_str!("schema_5.sql"),
    include_str!("schema_6.sql"),
    include_str!("schema_7.sql"),
    include_str!("schema_8.sql"),
    include_str!("schema_9.sql"),
    include_str!("schema_10.sql"),
    include_str!("schema_11.sql"),
    include_str!("schema_12.sql"),
    include_str!("schema_13.sql"),
    include_str!("schema_14.sql"),
    include_str!("schema_15.sql"),
    include_str!("schema_16.sql"),
    include_str!("schema_17.sql"),
];

/// Brings the database to this program's schema, one version per transaction.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    while step(connection)? {}
    Ok(())
}

/// Brings the database to the next version; `false` when it has this program's schema.
fn step(connection: &mut Connection) -> Result<bool, StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version = version(&transaction)?;
    let Some(migration) = MIGRATIONS.get(version) else {
        return if version == MIGRATIONS.len() { Ok(false) } else { Err(StoreError::Newer(version)) };
    };
    transaction.execute_batch(migration)?;
    transaction.pragma_update(None, "user_version", i64::try_from(version + 1).unwrap_or(i64::MAX))?;
    transaction.commit()?;
    Ok(true)
}

/// Whether the database has this program's schema.
pub(super) fn check(connection: &Connection) -> Result<(), StoreError> {
    let version = version(connection)?;
    match version.cmp(&MIGRATIONS.len()) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Less => Err(StoreError::Older(version)),
        std::cmp::Ordering::Greater => Err(StoreError::Newer(version)),
    }
}

fn version(connection: &Connection) -> Result<usize, StoreError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests;
