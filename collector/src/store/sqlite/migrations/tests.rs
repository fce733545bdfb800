use super::*;
use rusqlite::types::Value;
use std::collections::BTreeMap;

/// Every table's columns with their values, row by row.
type Content = BTreeMap<String, BTreeMap<String, Vec<Value>>>;

/// A row or two for every table of a schema, with something in every column.
fn filling(version: usize) -> String {
    let common = "INSERT INTO root VALUES (1, 'r', x'01', 2);
         INSERT INTO policy (group_name, version, sha256, envelope, published_at) VALUES ('default', 1, 'p', x'02', 3);
         INSERT INTO token VALUES ('t', 'default', 5, 6, 7, 8, 'd', 'k');
         INSERT INTO used_challenge VALUES ('n', 9);";
    let admin = if version < 17 { "INSERT INTO admin_token VALUES ('a', 4);" } else { "" };
    let device = if version < 5 {
        "INSERT INTO device VALUES ('d', 'default', '0.1.0', 10, 11, 12, x'03');"
    } else {
        "INSERT INTO device (device_id, group_name, contract, enrolled_at, revoked_at, last_report_at, record)
             VALUES ('d', 'default', 2, 10, 11, 12, x'03');"
    };
    let of_device = "INSERT INTO device_key VALUES ('k', 'd', 'jwk', 13, 14);
            INSERT INTO security_event VALUES (1, 15, 'kind', 'd', 16, 's', 17);";
    let head = "id, device_id, stream, seq, sha256, prev, key_id, policy_version, policy_sha256, created_at, received_at,
                gap_from, signature, receipt";
    let (first, second) = (
        "1, 'd', 's', 18, 'd1', 'd0', 'k', 1, 'p', 19, 20, 21, 'sig1', x'04'",
        "2, 'd', 's', 22, 'd2', 'd1', 'k', 1, 'p', 23, 24, 25, 'sig2', x'05'",
    );
    let reports = match version {
        9.. => format!(
            "INSERT INTO report ({head}) VALUES ({first}), ({second});
             INSERT INTO report_part (report_id, part, device_id, latest_of, sha256, stored_until, came, payload,
                 deleted_at) VALUES (1, 'h/1d', 'd', NULL, 'x', 30, 1, NULL, 32),
                 (2, 'h/1d/latest', 'd', 'h', 'y', 31, 1, x'07', NULL);
             INSERT INTO standing (device_id, digest, checked_under) VALUES ('d', 'x', 'y');
             INSERT INTO standing_part VALUES ('d', 'h/1d', 86400, 'x', 2, 1);
             INSERT INTO standing_until VALUES ('d', 86400, 45);
             INSERT INTO used_nonce VALUES ('k', 'n', 40);
             INSERT INTO lease VALUES ('sweep', 'h', 41);
             INSERT INTO device_usage VALUES ('d', 42, 43, 44);"
        ),
        1 => format!(
            "INSERT INTO report ({head}, stored_until, payload) VALUES ({first}, 30, x'06'), ({second}, 31, x'07');"
        ),
        2 => format!(
            "INSERT INTO report ({head}, stored_until, payload, deleted_at)
                 VALUES ({first}, 30, NULL, 32), ({second}, 31, x'07', NULL);"
        ),
        _ => format!(
            "INSERT INTO report ({head}) VALUES ({first}), ({second});
             INSERT INTO report_part (report_id, part, stored_until, payload, deleted_at)
                 VALUES (1, 0, 30, NULL, 32), (2, 0, 31, x'07', NULL);
             INSERT INTO used_nonce VALUES ('k', 'n', 40);
             INSERT INTO lease VALUES ('sweep', 'h', 41);
             INSERT INTO device_usage VALUES ('d', 42, 43, 44);"
        ),
    };
    let (keys, part) = match version {
        ..3 => ("", ("", "")),
        3..7 => ("", (", part", ", 0")),
        _ => (
            "INSERT INTO value_key VALUES (1, 0, zeroblob(32)), (2, 1, randomblob(32)), (3, 1, randomblob(32));
             UPDATE report_part SET key_id = 2 WHERE payload IS NOT NULL;",
            (", part, key_id", ", 0, 3"),
        ),
    };
    let sections = if version >= 9 {
        let values = match version {
            ..11 => "x'5b5d', 3, 'p'",
            11..16 => "x'5b5d', 3",
            _ => "2, 3, x'5b5d'",
        };
        format!("INSERT INTO section VALUES ('d', 'h/1d', 'os', 'x', 50, {values});")
    } else {
        format!(
        "INSERT INTO section (device_id, name, digest, row_count, rows, policy_sha256, report_id, updated_at,
             stored_until{}) VALUES ('d', 'os', 'x', 50, x'5b5d', 'p', 2, 51, 52{});",
        part.0, part.1
    )
    };
    let accesses = if version < 4 {
        ""
    } else {
        "INSERT INTO access VALUES (1, 60, 'device_show', 'anna', 'audit', 'd', 61);"
    };
    let challenge_key = if version < 6 { "" } else { "INSERT INTO challenge_key VALUES (1, x'08');" };
    let records = if version < 8 {
        ""
    } else {
        "INSERT INTO forgotten VALUES ('d', 's', 17); INSERT INTO deletion VALUES (70, 'part', 71);"
    };
    let journal = if version < 12 {
        ""
    } else {
        "INSERT INTO journal_note VALUES (1, 80, 'entry'); UPDATE condition SET restored_at = 81, backup_at = 82;"
    };
    let placement = if version < 14 {
        ""
    } else {
        "INSERT INTO placement VALUES ('d', 1, 'kiosk', 'default', 'e', x'09', 90);
         UPDATE device SET placement = 1, placement_seen = 1, placement_first = 0;"
    };
    let more = [admin, accesses, challenge_key, records, journal, placement];
    [&[common, device, of_device, &reports, keys, &sections], &more[..]].concat().concat()
}

/// A database of this schema with something in every table.
fn filled(version: usize) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.pragma_update(None, "foreign_keys", true).unwrap();
    MIGRATIONS[..version].iter().for_each(|sql| connection.execute_batch(sql).unwrap());
    connection.pragma_update(None, "user_version", i64::try_from(version).unwrap()).unwrap();
    connection.execute_batch(&filling(version)).unwrap();
    for (table, columns) in content(&connection) {
        assert!(columns.values().all(|values| !values.is_empty()), "schema {version}: `{table}` is empty");
    }
    connection
}

fn content(connection: &Connection) -> Content {
    let names = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let tables = names("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
    let of_table = |table: String| {
        let columns = names(&format!("SELECT name FROM pragma_table_info('{table}')"));
        let values = |column: String| {
            let sql = format!("SELECT {column} FROM {table} ORDER BY {}", columns[0]);
            let mut statement = connection.prepare(&sql).unwrap();
            let values = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
            (column, values)
        };
        let columns = columns.clone().into_iter().map(values).collect();
        (table, columns)
    };
    tables.into_iter().map(of_table).collect()
}

fn empty(columns: &[&str]) -> BTreeMap<String, Vec<Value>> {
    columns.iter().map(|column| ((*column).to_owned(), Vec::new())).collect()
}

/// What each version after the first does to what is stored. Whatever is not named here stays.
const CHANGES: &[fn(&mut Content)] = &[
    |content| {
        let report = content.get_mut("report").unwrap();
        report.insert("deleted_at".to_owned(), vec![Value::Null, Value::Null]);
    },
    |content| {
        let report = content.get_mut("report").unwrap();
        let mut part: BTreeMap<_, _> = ["stored_until", "payload", "deleted_at"]
            .map(|column| (column.to_owned(), report.remove(column).unwrap()))
            .into();
        part.insert("report_id".to_owned(), report["id"].clone());
        part.insert("part".to_owned(), vec![Value::Integer(0), Value::Integer(0)]);
        content.insert("report_part".to_owned(), part);
        content.get_mut("section").unwrap().insert("part".to_owned(), vec![Value::Integer(0)]);
        content.insert("used_nonce".to_owned(), empty(&["key_id", "nonce_sha256", "expires_at"]));
        content.insert("lease".to_owned(), empty(&["name", "holder", "expires_at"]));
        content.insert("device_usage".to_owned(), empty(&["device_id", "day", "reports", "bytes"]));
    },
    |content| {
        let columns = ["id", "hour", "operation", "actor", "purpose", "device_id", "count"];
        content.insert("access".to_owned(), empty(&columns));
    },
    |content| {
        let device = content.get_mut("device").unwrap();
        device.remove("agent_version").unwrap();
        device.insert("contract".to_owned(), vec![Value::Integer(1)]);
    },
    |content| drop(content.insert("challenge_key".to_owned(), empty(&["only", "key"]))),
    |content| {
        for table in ["report", "report_part", "section"] {
            content.get_mut(table).unwrap().values_mut().for_each(Vec::clear);
        }
        content.get_mut("report_part").unwrap().insert("key_id".to_owned(), Vec::new());
        content.get_mut("section").unwrap().insert("key_id".to_owned(), Vec::new());
        content.insert("value_key".to_owned(), empty(&["id", "used", "key"]));
    },
    |content| {
        const RECORDS: i64 = 400 * 86_400;
        content.get_mut("policy").unwrap().insert("records".to_owned(), vec![Value::Integer(RECORDS)]);
        let until = |from: &Value| match from {
            Value::Integer(from) => Value::Integer(from + RECORDS),
            other => panic!("no instant: {other:?}"),
        };
        let report = content.get_mut("report").unwrap();
        report.insert("records_until".to_owned(), report["received_at"].iter().map(until).collect());
        let device = content.get_mut("device").unwrap();
        device.insert("records_until".to_owned(), device["last_report_at"].iter().map(until).collect());
        content.insert("forgotten".to_owned(), empty(&["device_id", "stream", "seq"]));
        content.insert("deletion".to_owned(), empty(&["hour", "kind", "count"]));
    },
    |content| {
        content.get_mut("report").unwrap().values_mut().for_each(Vec::clear);
        content.get_mut("report").unwrap().insert("payload".to_owned(), Vec::new());
        let part = ["report_id", "part", "device_id", "latest_of", "sha256", "stored_until", "came"];
        let part = [&part[..], &["payload", "key_id", "deleted_at"]].concat();
        content.insert("report_part".to_owned(), empty(&part));
        let section = ["device_id", "part", "name", "digest", "row_count", "rows", "key_id", "policy_sha256"];
        content.insert("section".to_owned(), empty(&section));
        content.insert("standing".to_owned(), empty(&["device_id", "digest", "checked_under"]));
        let standing = ["device_id", "part", "retention", "sha256", "report_id", "held"];
        content.insert("standing_part".to_owned(), empty(&standing));
        content.insert("standing_until".to_owned(), empty(&["device_id", "retention", "stored_until"]));
        let keys = content.get_mut("value_key").unwrap();
        let count = keys["id"].len();
        keys.insert("used".to_owned(), vec![Value::Integer(0); count]);
        keys.insert("key".to_owned(), vec![Value::Blob(vec![0; 32]); count]);
    },
    |_| {},
    |content| {
        content.get_mut("section").unwrap().remove("policy_sha256").unwrap();
        let standing = content.get_mut("standing").unwrap();
        let count = standing["device_id"].len();
        standing.insert("versions".to_owned(), vec![Value::Text(String::new()); count]);
    },
    |content| {
        content.insert("journal_note".to_owned(), empty(&["id", "at", "entry"]));
        let mut condition = empty(&["only", "generation", "restored_at", "backup_at", "held", "unwritten"]);
        for (column, values) in &mut condition {
            let is_instant = column.ends_with("_at");
            values.push(if is_instant { Value::Null } else { Value::Integer(i64::from(column == "only")) });
        }
        content.insert("condition".to_owned(), condition);
        let devices = content["device"]["device_id"].len();
        let generation = vec![Value::Integer(0); devices];
        content.get_mut("device").unwrap().insert("generation".to_owned(), generation);
    },
    |content| {
        let condition = content.get_mut("condition").unwrap();
        let was_restored = condition["restored_at"].iter().map(|at| *at != Value::Null);
        let lost_from = was_restored.map(|was| if was { Value::Integer(0) } else { Value::Null }).collect();
        condition.insert("lost_from".to_owned(), lost_from);
    },
    |content| {
        let columns = ["device_id", "number", "group_name", "from_group", "sha256", "envelope", "placed_at"];
        content.insert("placement".to_owned(), empty(&columns));
        let device = content.get_mut("device").unwrap();
        let reported: Vec<_> = device["last_report_at"].iter().map(|at| *at != Value::Null).collect();
        let first = |reported: &bool| if *reported { Value::Integer(0) } else { Value::Null };
        device.insert("placement_first".to_owned(), reported.iter().map(first).collect());
        for column in ["placement", "placement_seen"] {
            device.insert(column.to_owned(), vec![Value::Integer(0); reported.len()]);
        }
    },
    |content| {
        let device = content.get_mut("device").unwrap();
        let devices = device["device_id"].len();
        device.insert("root".to_owned(), vec![Value::Integer(0); devices]);
    },
    |content| {
        let section = content.get_mut("section").unwrap();
        // The rows of the filling are shorter than what sealing adds.
        let bytes = vec![Value::Integer(0); section["rows"].len()];
        section.insert("bytes".to_owned(), bytes);
    },
    |content| drop(content.remove("admin_token").unwrap()),
];

#[test]
fn every_step_keeps_what_is_stored() {
    assert_eq!(CHANGES.len(), MIGRATIONS.len() - 1, "a step without a description");
    for (version, change) in (1..).zip(CHANGES) {
        let mut connection = filled(version);
        let mut expected = content(&connection);
        change(&mut expected);
        assert!(step(&mut connection).unwrap());
        assert_eq!(content(&connection), expected, "from schema {version}");
        let broken = names_of_broken(&connection);
        assert_eq!(broken, [] as [String; 0], "from schema {version}");
    }
}

#[test]
fn every_schema_leads_to_this_programs() {
    let newest = content(&filled(MIGRATIONS.len()));
    let columns = |content: &Content| -> Vec<(String, Vec<String>)> {
        content.iter().map(|(table, columns)| (table.clone(), columns.keys().cloned().collect())).collect()
    };
    for version in 1..=MIGRATIONS.len() {
        let mut connection = filled(version);
        let mut expected = content(&connection);
        CHANGES[version - 1..].iter().for_each(|change| change(&mut expected));
        migrate(&mut connection).unwrap();
        check(&connection).unwrap();
        assert_eq!(content(&connection), expected, "from schema {version}");
        assert_eq!(columns(&expected), columns(&newest), "from schema {version}");
    }
}

/// Tables with references to what is not there.
fn names_of_broken(connection: &Connection) -> Vec<String> {
    let mut statement = connection.prepare("SELECT \"table\" FROM pragma_foreign_key_check").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn released_schemas_are_frozen() {
    let digests: Vec<_> =
        MIGRATIONS.iter().map(|sql| collector_proto::digest::Digest::of(sql.as_bytes()).hex()).collect();
    let hashed_at_release: Vec<&str> =
        include_str!("../../../../tests/migrations/schemas.sha256").lines().collect();
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
