use super::broker::{Broker, Last};
use super::*;
use std::path::PathBuf;

/// A broker that has one file, wherever it is asked for it, and otherwise what every broker has: nothing.
#[derive(Debug)]
struct OneFile(PathBuf);

impl Broker for OneFile {
    fn open(&self, _place: Place<'_>, max: u64) -> Result<File, Unreadable> {
        let file = File::open(&self.0)?;
        if file.metadata()?.len() > max { Err(Unreadable::TooLarge) } else { Ok(file) }
    }

    fn changed(&self, _place: Place<'_>, _last: Last) -> Result<UtcTime, Unreadable> {
        Err(Unreadable::Denied)
    }
}

fn host() -> (tempfile::TempDir, Host) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    std::fs::write(&path, "a\nb\n").unwrap();
    let mut host = Host::at(directory.path());
    host.broker = Box::new(OneFile(path));
    (directory, host)
}

/// What a broker hands out is read in every way in which a file is read, whoever it is.
#[test]
fn another_broker_can_answer_in_the_place_of_the_file_system() {
    let (_directory, host) = host();
    assert_eq!(host.text("/etc/x").as_deref(), Ok("a\nb\n"));
    assert_eq!(host.bytes_up_to("/etc/x", 3), Err(Unreadable::TooLarge));
    let mut lines = host.lines("/etc/x").unwrap();
    assert_eq!(lines.next_line().unwrap().unwrap().bytes, b"a");
    assert_eq!(host.random("/etc/x").unwrap().length(), 4);
    assert!(!host.exists("/etc/x"), "it says nothing of the file");
    assert_eq!(host.modified("/etc/x"), Err(Unreadable::Denied));
    assert!(!host.is_live(), "no system call answers for it");
}

#[test]
fn what_a_broker_does_not_have_is_missing() {
    let (_directory, host) = host();
    assert_eq!(host.names(SourcePlace::Directory("/sys/class/net")), Err(Unreadable::Missing));
    assert_eq!(host.fill(Place::of("/sys/block/*/size", &[])), Err(Unreadable::Missing));
    assert_eq!(host.link(SourcePlace::Look("/etc/localtime")), Err(Unreadable::Missing));
    assert!(host.prepare(&[SourcePlace::File("/etc/x")].into()).is_empty());
}

/// What is only looked at, listed or called is not opened, whatever the broker would give.
#[test]
fn nothing_but_the_content_of_files_is_opened_and_what_was_asked_for_is_recorded() {
    let (_directory, host) = host();
    for place in [
        SourcePlace::Look("/etc/x"),
        SourcePlace::LookBeneath("/etc"),
        SourcePlace::Directory("/etc"),
        SourcePlace::SystemCall("uname"),
        SourcePlace::RegistryValue(r"HKLM\a\b"),
    ] {
        assert_eq!(host.bytes(place), Err(Unreadable::Odd), "{place}");
    }
    assert!(host.touched().is_empty());
    host.text("/etc/x").unwrap();
    assert!(!host.exists(SourcePlace::Look("/etc/y")));
    assert_eq!(host.touched(), [SourcePlace::File("/etc/x"), SourcePlace::Look("/etc/y")].into());
}
