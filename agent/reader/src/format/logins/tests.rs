use super::*;

const ROOT: &str = "../../tests/fixtures/roots/debian-13/var/lib";

fn newest(
    table: &LoginTable,
    file: &str,
    names: &[&'static str],
) -> Result<Vec<(&'static str, i64)>, FormatError> {
    let bytes = std::fs::read(format!("{ROOT}/{file}")).unwrap();
    table.newest(&Database::open(&bytes, None)?, names.iter().copied())
}

#[test]
fn the_newest_login_is_found_in_either_database() {
    let names = ["alice", "bob", "eve", "nobody"];
    // Of bob wtmpdb has another kind of row; eve never logged in.
    assert_eq!(newest(&WTMPDB, "wtmpdb/wtmp.db", &names), Ok(vec![("alice", 1_795_159_860)]));
    let last = vec![("alice", 1_795_159_000), ("bob", 1_794_000_000)];
    assert_eq!(newest(&LASTLOG2, "lastlog/lastlog2.db", &names), Ok(last));
    assert_eq!(newest(&WTMPDB, "lastlog/lastlog2.db", &names), Ok(vec![]));
}
