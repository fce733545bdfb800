use super::*;
use std::path::PathBuf;

fn note(id: i64) -> Note {
    let entry = Entry::DeviceRevoked { device_id: Uuid::from_u128(u128::try_from(id).unwrap()) };
    Note { id: Some(id), at: UtcTime::from_unix(id), entry }
}

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("candor.journal");
    (folder, path)
}

fn add(path: &std::path::Path, generation: u64, ids: &[i64]) -> Result<Position, JournalError> {
    let mut journal = Journal::open(path)?;
    ids.iter().try_for_each(|id| journal.add(generation, &note(*id)))?;
    Ok(journal.end().unwrap())
}

fn ids(path: &std::path::Path, after: Position) -> Vec<i64> {
    read_after(path, after).unwrap().0.iter().filter_map(|note| note.id).collect()
}

#[test]
fn what_was_added_is_read_once_in_its_order() {
    let (_folder, path) = place();
    let first = add(&path, 0, &[1]).unwrap();
    let _ = add(&path, 0, &[2, 3]).unwrap();
    // Delivered again after a crash.
    let _ = add(&path, 0, &[2, 3, 4]).unwrap();
    assert_eq!(ids(&path, first), [2, 3, 4]);
    // A restored store counts anew, and the one that it came from writes no more.
    let _ = add(&path, 1, &[2]).unwrap();
    assert_eq!(ids(&path, first), [2, 3, 4, 2]);
    assert!(matches!(add(&path, 0, &[5]), Err(JournalError::Superseded(_))));
}

#[test]
fn a_line_that_was_cut_off_is_left_out_and_one_that_was_changed_is_found() {
    let (_folder, path) = place();
    let first = add(&path, 0, &[1]).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend_from_slice(b"{\"n\":2,\"prev\":\"sha");
    std::fs::write(&path, &bytes).unwrap();
    let _ = add(&path, 0, &[2, 3]).unwrap();
    assert_eq!(ids(&path, first), [2, 3]);
    let text = std::fs::read_to_string(&path).unwrap();
    for changed in [
        text.replacen("1970-01-01T00:00:02Z", "1970-01-01T00:00:09Z", 1),
        text.split_inclusive('\n').enumerate().filter(|(at, _)| *at != 2).map(|(_, line)| line).collect(),
    ] {
        assert_ne!(changed, text);
        std::fs::write(&path, &changed).unwrap();
        assert!(matches!(read_after(&path, first), Err(JournalError::Damaged(_, 2 | 3))));
    }
    // Cut at a line's end: what a backup goes up to is not there.
    std::fs::write(&path, &text).unwrap();
    let end = Journal::open(&path).unwrap().end().unwrap();
    std::fs::write(&path, text.lines().next().unwrap().to_owned() + "\n").unwrap();
    assert!(matches!(read_after(&path, end), Err(JournalError::OtherJournal(_, 3))));
}

#[test]
fn what_a_newer_program_wrote_is_not_left_out() {
    let (_folder, path) = place();
    let first = add(&path, 0, &[1]).unwrap();
    let _ = add(&path, 0, &[2]).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("device_revoked", "device_renamed", 2)).unwrap();
    let changed = std::fs::read(&path).unwrap();
    // The first line's digest changed with its words; it is looked for anew.
    let first_now =
        Position { n: first.n, sha256: Digest::of(changed.split(|b| *b == b'\n').next().unwrap()) };
    assert!(read_after(&path, first_now).is_err());
}
