//! Frozen migrations. Each is SQL that is never edited after it was released and imports no type of this program.

use super::StoreError;
use rusqlite::{Connection, TransactionBehavior};

/// Every migration; the position plus one is the schema's version in `PRAGMA user_version`.
const MIGRATIONS: &[&str] = &[
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
];

/// Brings the database to this program's schema, one version a transaction.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    loop {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version = version(&transaction)?;
        let Some(migration) = MIGRATIONS.get(version) else {
            return if version == MIGRATIONS.len() { Ok(()) } else { Err(StoreError::Newer(version)) };
        };
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", i64::try_from(version + 1).unwrap_or(i64::MAX))?;
        transaction.commit()?;
    }
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
mod tests {
    use super::*;

    #[test]
    fn released_schemas_are_frozen() {
        let digests: Vec<_> =
            MIGRATIONS.iter().map(|sql| collector_proto::digest::Digest::of(sql.as_bytes()).hex()).collect();
        let hashed_at_release: Vec<&str> = include_str!("schemas.sha256").lines().collect();
        assert_eq!(digests, hashed_at_release);
    }

    #[test]
    fn migrating_twice_changes_nothing_and_a_newer_schema_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        check(&connection).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(migrate(&mut connection), Err(StoreError::Newer(99))));
        assert!(matches!(check(&connection), Err(StoreError::Newer(99))));
    }
}
