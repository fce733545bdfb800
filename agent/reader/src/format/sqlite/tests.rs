//! Databases that SQLite wrote, against what SQLite says of them (`tests/fixtures/make/sqlite.sh`).

use super::super::fixture::{cut, damaged};
use super::*;
use std::fmt::Write as _;

const KINDS: &[u8] = include_bytes!("../../../tests/formats/sqlite/kinds.db");
const LOGGED: &[u8] = include_bytes!("../../../tests/formats/sqlite/logged.db");
const LOGGED_WAL: &[u8] = include_bytes!("../../../tests/formats/sqlite/logged.db-wal");
const SPILLED: &[u8] = include_bytes!("../../../tests/formats/sqlite/spilled.db");
const SPILLED_WAL: &[u8] = include_bytes!("../../../tests/formats/sqlite/spilled.db-wal");

/// Most bytes of a value in these files.
const MAX: usize = 8192;

/// The rows of a table as SQL literals, in the order of the columns of the declaration.
fn rows(main: &[u8], wal: Option<&[u8]>, table: &str) -> Result<String, FormatError> {
    let (main, wal) = (main.to_vec(), wal.map(<[u8]>::to_vec));
    let database = Database::open(&main, wal.as_ref().map(|wal| wal as &dyn Bytes))?;
    let table = database.table(table)?.ok_or(FormatError::Malformed)?;
    let columns = table.columns().len();
    let mut text = String::new();
    database.visit(&table, &mut |row| {
        let values: Result<Vec<String>, FormatError> = (0..columns)
            .map(|column| match row.value(column, MAX)? {
                Value::Null if table.rowid_column() == Some(column) => Ok(row.rowid().to_string()),
                value => Ok(literal(&value)),
            })
            .collect();
        text += &values?.join("\t");
        text.push('\n');
        Ok(())
    })?;
    assert_eq!(database.is_unchanged(), Ok(true));
    Ok(text)
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("{number:?}"),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Blob(bytes) => {
            let mut hex = String::new();
            for byte in bytes {
                write!(hex, "{byte:02X}").unwrap();
            }
            format!("X'{hex}'")
        }
    }
}

#[test]
fn every_kind_of_value_is_read() {
    assert_eq!(rows(KINDS, None, "kinds").unwrap(), include_str!("../../../tests/formats/sqlite/kinds.tsv"));
    assert_eq!(rows(KINDS, None, "KINDS"), rows(KINDS, None, "kinds"));
}

#[test]
fn what_is_committed_to_the_log_is_honoured_and_nothing_else() {
    assert_eq!(
        rows(LOGGED, Some(LOGGED_WAL), "wtmp").unwrap(),
        include_str!("../../../tests/formats/sqlite/logged.tsv")
    );
    assert_eq!(
        rows(SPILLED, Some(SPILLED_WAL), "wtmp").unwrap(),
        include_str!("../../../tests/formats/sqlite/spilled.tsv")
    );
    assert_ne!(rows(LOGGED, None, "wtmp").unwrap(), include_str!("../../../tests/formats/sqlite/logged.tsv"));
}

#[test]
fn a_log_that_is_not_one_is_ignored() {
    let alone = rows(LOGGED, None, "wtmp").unwrap();
    for log in [&[][..], &LOGGED_WAL[..31], &[0; 4096], SPILLED_WAL.split_at(32).1] {
        assert_eq!(rows(LOGGED, Some(log), "wtmp").unwrap(), alone);
    }
    let mut damaged = LOGGED_WAL.to_vec();
    damaged[17] ^= 1;
    assert_eq!(rows(LOGGED, Some(&damaged), "wtmp").unwrap(), alone, "a header with a wrong checksum");
}

#[test]
fn a_log_that_is_cut_off_or_damaged_gives_an_earlier_commit() {
    let mut states = std::collections::BTreeSet::new();
    for part in cut(LOGGED_WAL) {
        states.insert(rows(LOGGED, Some(part), "wtmp").unwrap());
    }
    assert!(states.contains(&rows(LOGGED, None, "wtmp").unwrap()));
    assert_eq!(states.len(), 4, "before and after the first, the second and the third statement");
    for place in (32..LOGGED_WAL.len()).step_by(7) {
        let mut copy = LOGGED_WAL.to_vec();
        copy[place] ^= 0x10;
        let state = rows(LOGGED, Some(&copy), "wtmp").unwrap();
        assert!(
            states.contains(&state) || state == include_str!("../../../tests/formats/sqlite/logged.tsv"),
            "byte {place}"
        );
    }
}

#[test]
fn a_file_that_is_cut_off_or_damaged_ends_in_an_error_or_in_rows() {
    for part in cut(KINDS).skip(1) {
        assert_eq!(rows(part, None, "kinds"), Err(FormatError::Malformed));
    }
    let mut errors = 0;
    for copy in damaged(KINDS, 1000) {
        errors += usize::from(rows(&copy, None, "kinds").is_err());
    }
    assert!(errors > 100, "{errors} errors");
    for copy in damaged(SPILLED_WAL, 500) {
        let _ = rows(SPILLED, Some(&copy), "wtmp");
    }
}

#[test]
fn a_tree_that_comes_back_to_itself_is_malformed() {
    const PAGE: usize = 512;
    let pages = KINDS.len() / PAGE;
    for page in 2..=pages {
        let start = (page - 1) * PAGE;
        let mut copy = KINDS.to_vec();
        let number = u32::try_from(page).unwrap().to_be_bytes();
        if copy[start] == 5 {
            // The rightmost child of an interior page is the page itself.
            copy[start + 8..start + 12].copy_from_slice(&number);
            assert_eq!(rows(&copy, None, "kinds"), Err(FormatError::Malformed), "page {page}");
        }
    }
    // Overflow pages begin with the number of the next one; here each names itself.
    let mut copy = KINDS.to_vec();
    for page in 2..=pages {
        let start = (page - 1) * PAGE;
        if copy[start] == 0 {
            copy[start..start + 4].copy_from_slice(&u32::try_from(page).unwrap().to_be_bytes());
        }
    }
    assert_eq!(rows(&copy, None, "kinds"), Err(FormatError::Malformed));
}

#[test]
fn what_is_not_there_or_not_read_is_told_apart() {
    assert_eq!(table_of(KINDS, "nothing"), Ok(None));
    assert_eq!(table_of(&[], "kinds"), Ok(None), "an empty file is a database without tables");
    assert_eq!(table_of(KINDS, "no rowids"), Err(FormatError::Unsupported));
    assert_eq!(table_of(KINDS, "by_words"), Ok(None), "an index is not a table");
}

fn table_of(main: &[u8], name: &str) -> Result<Option<Table>, FormatError> {
    Database::open(&main.to_vec(), None)?.table(name)
}

#[test]
fn a_value_beyond_its_bound_is_too_large() {
    let main = KINDS.to_vec();
    let database = Database::open(&main, None).unwrap();
    let table = database.table("kinds").unwrap().unwrap();
    let words = table.column("WORDS").unwrap();
    let longest = |max| database.visit(&table, &mut |row| row.value(words, max).map(drop));
    assert_eq!((longest(4999), longest(5000)), (Err(FormatError::TooLarge), Ok(())));
}
