//! Databases that rpm wrote, against what rpm says of them (`tests/fixtures/make/rpm.sh`).

use super::super::fixture::{Rewritten, cut, damaged};
use super::*;
use collector_proto::messages::Absence;
use std::cell::Cell;

const SQLITE: &[u8] =
    include_bytes!("../../../../../tests/fixtures/roots/fedora-41/usr/lib/sysimage/rpm/rpmdb.sqlite");
const NDB: &[u8] =
    include_bytes!("../../../../../tests/fixtures/roots/opensuse-leap/usr/lib/sysimage/rpm/Packages.db");
const BDB: &[u8] = include_bytes!("../../../../../tests/fixtures/roots/rhel-8/var/lib/rpm/Packages");
const BDB_BIG_ENDIAN: &[u8] = include_bytes!("../../../tests/formats/rpm/big-endian.db");

type Reader = fn(&dyn Bytes) -> Result<Vec<Package>, FormatError>;

const FORMATS: [(&[u8], Reader); 4] =
    [(SQLITE, in_sqlite), (NDB, in_ndb), (BDB, in_bdb), (BDB_BIG_ENDIAN, in_bdb)];

fn in_sqlite(main: &dyn Bytes) -> Result<Vec<Package>, FormatError> {
    packages(Database::Sqlite { main, wal: None })
}

fn in_ndb(file: &dyn Bytes) -> Result<Vec<Package>, FormatError> {
    packages(Database::Ndb(file))
}

fn in_bdb(file: &dyn Bytes) -> Result<Vec<Package>, FormatError> {
    packages(Database::Bdb(file))
}

#[test]
fn every_format_gives_what_rpm_says() {
    let expected = [
        include_str!("../../../tests/formats/rpm/fedora-41.tsv"),
        include_str!("../../../tests/formats/rpm/opensuse-leap.tsv"),
        include_str!("../../../tests/formats/rpm/rhel-8.tsv"),
        include_str!("../../../tests/formats/rpm/rhel-8.tsv"),
    ];
    for ((file, read), expected) in FORMATS.into_iter().zip(expected) {
        let mut lines: Vec<String> = read(&file.to_vec()).unwrap().iter().map(line).collect();
        lines.sort();
        let (keys, software): (Vec<_>, Vec<_>) =
            expected.lines().partition(|line| line.starts_with("gpg-pubkey\t"));
        assert_eq!(lines, software);
        assert_eq!(keys.len(), 1, "a key was there to be left out");
    }
}

/// As rpm's query prints it.
fn line(package: &Package) -> String {
    let none = || "(none)".to_owned();
    [
        package.name.clone(),
        package.epoch.map_or_else(none, |epoch| epoch.to_string()),
        package.version.clone(),
        package.release.clone(),
        package.architecture.clone().unwrap_or_else(none),
        package.vendor.clone().unwrap_or_else(none),
        package.since.map_or_else(none, |seconds| seconds.to_string()),
    ]
    .join("\t")
}

#[test]
fn a_file_that_is_cut_off_gives_nothing() {
    for (file, read) in FORMATS {
        for part in cut(file) {
            let error = read(&part.to_vec()).err().unwrap();
            assert_eq!(Absence::from(error), Absence::Malformed);
        }
    }
}

#[test]
fn damage_is_an_error_or_changes_values_and_never_more_than_that() {
    let (mut errors, mut lists) = (0, 0);
    for (file, read) in FORMATS {
        for copy in damaged(file, 400) {
            match read(&copy) {
                Ok(packages) => {
                    assert!(packages.len() <= 10);
                    lists += 1;
                }
                Err(_) => errors += 1,
            }
        }
    }
    assert!(errors > 200 && lists > 200, "{errors} errors, {lists} lists");
}

#[test]
fn one_damaged_header_makes_the_whole_list_malformed() {
    for (file, read) in FORMATS {
        let whole = file.to_vec();
        // The name stands behind the list of languages, which has one entry.
        for text in ["C\0widget-agent\0", "C\0bash\0"] {
            let mut copy = whole.clone();
            let place = find(&copy, text.as_bytes());
            copy[place + 2] = 0;
            assert_eq!(read(&copy).err(), Some(FormatError::Malformed), "a package without a name");
        }
        let mut copy = whole.clone();
        // The entry of NAME, the tag 1000 with type 6, in front of that store.
        let entry = [0, 0, 3, 0xe8, 0, 0, 0, 6];
        let before = &copy[..find(&copy, b"C\0bash\0")];
        let place = before.windows(entry.len()).rposition(|window| window == entry).unwrap();
        copy[place + 7] = 4;
        assert_eq!(read(&copy).err(), Some(FormatError::Malformed), "a name that is a number");
        copy[place + 7] = 6;
        copy[place + 8] = 0x7f;
        assert_eq!(read(&copy).err(), Some(FormatError::Malformed), "a name beyond the store");
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes.windows(wanted.len()).position(|window| window == wanted).unwrap()
}

#[test]
fn another_format_is_malformed() {
    for (file, _) in FORMATS {
        let readers = [in_sqlite as Reader, in_ndb, in_bdb];
        assert_eq!(readers.iter().filter(|read| read(&file.to_vec()).is_ok()).count(), 1);
    }
    for read in [in_sqlite as Reader, in_ndb, in_bdb] {
        assert_eq!(read(&Vec::new()).err(), Some(FormatError::Malformed));
        assert_eq!(read(&vec![0; 9000]).err(), Some(FormatError::Malformed));
    }
}

#[test]
fn a_chain_of_pages_that_turns_back_is_malformed() {
    // Each overflow page of Berkeley DB names itself; then the first of each chain names the second for ever.
    let mut copy = BDB.to_vec();
    for page in copy.chunks_mut(4096) {
        if page[25] == 7 {
            let own = page[8..12].to_vec();
            page[16..20].copy_from_slice(&own);
        }
    }
    assert_eq!(in_bdb(&copy).err(), Some(FormatError::Malformed));
    // A bucket that is followed by itself.
    let mut copy = BDB.to_vec();
    for page in copy.chunks_mut(4096) {
        if page[25] == 13 || page[25] == 2 {
            let own = page[8..12].to_vec();
            page[16..20].copy_from_slice(&own);
        }
    }
    assert_eq!(in_bdb(&copy).err(), Some(FormatError::Malformed));
}

#[test]
fn blobs_of_ndb_that_share_blocks_are_malformed() {
    let mut copy = NDB.to_vec();
    let one = copy[64..80].to_vec();
    copy[80..96].copy_from_slice(&one);
    assert_eq!(in_ndb(&copy).err(), Some(FormatError::Malformed));
}

#[test]
fn features_that_are_not_read_are_unsupported() {
    // (file, reader, place, value): ndb's version, Berkeley DB's encryption and checksums, SQLite in UTF-16.
    let cases: [(&[u8], Reader, usize, u8); 4] =
        [(NDB, in_ndb, 4, 1), (BDB, in_bdb, 24, 1), (BDB, in_bdb, 26, 1), (SQLITE, in_sqlite, 59, 2)];
    for (file, read, place, value) in cases {
        let mut copy = file.to_vec();
        copy[place] = value;
        assert_eq!(read(&copy).err(), Some(FormatError::Unsupported));
    }
}

#[test]
fn a_database_that_is_written_meanwhile_gives_nothing() {
    // The generation of ndb and the change counter of SQLite.
    for (file, read, place) in [(NDB, in_ndb as Reader, 8), (SQLITE, in_sqlite, 27)] {
        let mut after = file.to_vec();
        after[place] ^= 1;
        let file = Rewritten { before: file.to_vec(), after, reads: Cell::new(5) };
        assert_eq!(read(&file).err(), Some(FormatError::Changed));
    }
}

/// Headers built by hand: what no package has, but a damaged file may.
mod headers {
    use super::super::header::Reader;
    use super::*;

    fn header(entries: &[(u32, u32, &[u8])]) -> Vec<u8> {
        let (mut index, mut store) = (Vec::new(), Vec::new());
        for (tag, kind, value) in entries {
            if *kind == 4 {
                store.resize(store.len().next_multiple_of(4), 0);
            }
            for number in [*tag, *kind, u32::try_from(store.len()).unwrap(), 1] {
                index.extend(number.to_be_bytes());
            }
            store.extend_from_slice(value);
        }
        let counts = [u32::try_from(entries.len()).unwrap(), u32::try_from(store.len()).unwrap()];
        [counts[0].to_be_bytes().to_vec(), counts[1].to_be_bytes().to_vec(), index, store].concat()
    }

    const WHOLE: [(u32, u32, &[u8]); 3] = [(1000, 6, b"n\0"), (1001, 6, b"v\0"), (1002, 6, b"r\0")];

    fn read(entries: &[(u32, u32, &[u8])]) -> Result<Package, FormatError> {
        Reader::default().read(&header(entries))
    }

    #[test]
    fn a_package_may_lack_all_but_name_version_and_release() {
        let package = read(&WHOLE).unwrap();
        assert_eq!(line(&package), "n\t(none)\tv\tr\t(none)\t(none)\t(none)");
        for missing in 0..3 {
            let mut entries = WHOLE.to_vec();
            entries.remove(missing);
            assert_eq!(read(&entries).err(), Some(FormatError::Malformed));
        }
    }

    #[test]
    fn the_later_of_two_values_stands() {
        let package = read(&[&WHOLE[..], &[(1011, 6, b"first\0"), (1011, 6, b"second\0")]].concat()).unwrap();
        assert_eq!(package.vendor.as_deref(), Some("second"));
    }

    #[test]
    fn numbers_are_not_negative_and_text_need_not_be_utf_8() {
        let numbers: [(u32, u32, &[u8]); 3] =
            [(1008, 4, &[0xff; 4]), (1003, 4, &[0, 0, 0, 7]), (1011, 9, b"Caf\xe9\0")];
        let package = read(&[&WHOLE[..], &numbers].concat()).unwrap();
        assert_eq!((package.since, package.epoch), (Some(4_294_967_295), Some(7)));
        assert_eq!(package.vendor.as_deref(), Some("Caf\u{fffd}"));
    }

    #[test]
    fn what_lies_far_behind_is_read_from_the_header_itself() {
        let files = vec![b'/'; 300_000];
        let late: [(u32, u32, &[u8]); 3] =
            [(1117, 8, &files), (1008, 4, &[0, 0, 1, 0]), (1022, 6, b"arch\0")];
        let package = read(&[&WHOLE[..], &late].concat()).unwrap();
        assert_eq!((package.since, package.architecture.as_deref()), (Some(256), Some("arch")));
    }

    #[test]
    fn texts_end_and_are_bounded() {
        let endless = vec![b'n'; 5000];
        assert_eq!(read(&[(1000, 6, &endless), WHOLE[1], WHOLE[2]]).err(), Some(FormatError::TooLarge));
        assert_eq!(read(&[WHOLE[0], WHOLE[1], (1002, 6, b"r")]).err(), Some(FormatError::Malformed));
    }

    #[test]
    fn counts_are_the_bytes_that_are_there() {
        let whole = header(&WHOLE);
        for (place, value) in [(3, 4), (3, 2), (7, 7), (7, 5), (0, 1), (4, 0x7f)] {
            let mut copy = whole.clone();
            copy[place] = value;
            assert!(Reader::default().read(&copy).is_err(), "byte {place}");
        }
        for part in cut(&whole) {
            assert!(Reader::default().read(&part.to_vec()).is_err());
        }
    }
}
