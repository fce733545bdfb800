use super::super::SqliteStore;
use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Something that happens to one of a few dozen values: a new one in its place, of this length, or its end.
#[derive(Debug, Clone)]
struct Change(u8, Option<usize>);

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let length = prop::option::weighted(0.7, prop::sample::select(vec![10, 100, 300, 700, 1500, 5000]));
    prop::collection::vec((0..60_u8, length).prop_map(|(place, length)| Change(place, length)), 300..600)
}

/// A value of this length that nothing makes shorter.
fn noise(length: usize) -> Packed {
    let mut value = vec![0; length];
    SystemRandom::new().fill(&mut value).unwrap();
    Packed::of(&value)
}

/// Every key in use, as SQL sees it.
fn keys(connection: &Connection) -> BTreeMap<i64, Vec<u8>> {
    let mut statement = connection.prepare("SELECT id, key FROM value_key WHERE used = 1").unwrap();
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Values of all lengths come and go in an order that has the database's pages split and merge.
    #[test]
    fn of_a_deleted_value_no_key_is_left_in_any_file(changes in changes()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        drop(SqliteStore::create(&path).unwrap());
        let database = super::super::open(&path, rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
        database.pragma_update(None, "synchronous", "OFF").unwrap();
        database.execute_batch(
            "INSERT INTO device (device_id, group_name, enrolled_at, record) VALUES ('d', 'default', 1, x'01')",
        ).unwrap();
        let mut ever = BTreeSet::new();
        for Change(place, length) in changes {
            let name = format!("{}-{place}", u32::from(place).wrapping_mul(2_654_435_761));
            let Some(length) = length else {
                database.execute("DELETE FROM section WHERE name = ?1", [name]).unwrap();
                continue;
            };
            let of_name = "SELECT key_id FROM section WHERE name = ?1";
            let slot = database.query_row(of_name, [&name], |row| row.get(0)).optional().unwrap();
            let sealed = seal(&database, slot, &noise(length)).unwrap();
            prop_assert_eq!(sealed.bytes.len(), length + OVERHEAD);
            database.execute(
                "INSERT OR REPLACE INTO section VALUES ('d', 'p', ?1, 'x', 1, 1, ?2, ?3)",
                params![name, sealed.key_id, sealed.bytes],
            ).unwrap();
            ever.extend(keys(&database).into_values());
        }
        let kept = keys(&database);
        let values: i64 = database.query_row("SELECT count(*) FROM section", [], |row| row.get(0)).unwrap();
        prop_assert_eq!(i64::try_from(kept.len()).unwrap(), values);
        database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        let kept: BTreeSet<_> = kept.into_values().collect();
        prop_assert!(ever.len() > kept.len(), "nothing was deleted");
        let mut windows = BTreeSet::new();
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            windows.extend(bytes.windows(KEY).filter(|bytes| ever.contains(*bytes)).map(<[u8]>::to_vec));
        }
        prop_assert!(windows == kept, "{} keys lie on the disk, {} are in use", windows.len(), kept.len());
    }
}

#[test]
fn a_value_opens_with_its_own_key_alone() {
    let mut database = Connection::open_in_memory().unwrap();
    super::super::migrations::migrate(&mut database).unwrap();
    let sealed = ["one", "two"].map(|value| seal(&database, None, &Packed::of(value.as_bytes())).unwrap());
    let keys = keys(&database);
    assert_eq!(open("t", &keys[&1], sealed[0].bytes.clone()).unwrap(), b"one");
    for (key, bytes) in
        [(&keys[&2], &sealed[0].bytes), (&vec![0; KEY], &sealed[0].bytes), (&Vec::new(), &sealed[1].bytes)]
    {
        let refused = open("t", key, bytes.clone());
        assert!(matches!(refused, Err(StoreError::Corrupt("t", _))), "{refused:?}");
    }
    // A key in the place of another one.
    assert_eq!(seal(&database, Some(1), &Packed::of(b"three")).unwrap().key_id, 1);
    assert!(open("t", &self::keys(&database)[&1], sealed[0].bytes.clone()).is_err());
}
