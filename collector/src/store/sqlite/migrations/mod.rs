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
];

/// Brings the database to this program's schema, one version per transaction.
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

    /// Report, number, end of retention, content, deletion.
    type Part = (i64, i64, i64, Option<Vec<u8>>, Option<i64>);

    #[test]
    fn content_of_reports_moves_into_their_first_part() {
        let mut connection = Connection::open_in_memory().unwrap();
        for sql in &MIGRATIONS[..2] {
            connection.execute_batch(sql).unwrap();
        }
        connection.pragma_update(None, "user_version", 2).unwrap();
        connection
            .execute_batch(
                "INSERT INTO device VALUES ('d', 'default', '0.1.0', 1, NULL, 2, x'00');
                 INSERT INTO report (id, device_id, stream, seq, sha256, key_id, policy_version, policy_sha256,
                     created_at, received_at, stored_until, signature, payload, receipt, deleted_at) VALUES
                     (1, 'd', 's', 1, 'a', 'k', 1, 'p', 10, 20, 30, 'sig', NULL, x'01', 31),
                     (2, 'd', 's', 2, 'b', 'k', 1, 'p', 11, 21, 90, 'sig', x'7b7d', x'02', NULL);
                 INSERT INTO section VALUES ('d', 'os', 'x', 1, x'5b5d', 'p', 2, 21, 90);",
            )
            .unwrap();
        migrate(&mut connection).unwrap();
        let mut statement = connection
            .prepare("SELECT report_id, part, stored_until, payload, deleted_at FROM report_part ORDER BY report_id")
            .unwrap();
        let parts = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
            .unwrap();
        let parts: Vec<Part> = parts.map(Result::unwrap).collect();
        assert_eq!(parts, [(1, 0, 30, None, Some(31)), (2, 0, 90, Some(b"{}".to_vec()), None)]);
        let part_of_rows: i64 =
            connection.query_row("SELECT part FROM section", [], |row| row.get(0)).unwrap();
        assert_eq!(part_of_rows, 0);
        let receipts: i64 = connection
            .query_row("SELECT count(*) FROM report WHERE receipt IN (x'01', x'02')", [], |row| row.get(0))
            .unwrap();
        assert_eq!(receipts, 2);
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
