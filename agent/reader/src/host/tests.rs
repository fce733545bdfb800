use super::broker::{Broker, Last};
use super::*;
use std::path::PathBuf;

/// A broker that has one file, wherever it is asked for it, and otherwise what every broker has: nothing.
#[derive(Debug)]
struct OneFile(PathBuf);

impl Broker for OneFile {
    fn open(&self, _place: Place<'_>, max: u64) -> Result<Content, Unreadable> {
        let file = std::fs::File::open(&self.0)?;
        if file.metadata()?.len() > max { Err(Unreadable::TooLarge) } else { Ok(file.into()) }
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
    assert!(host.prepare(&[SourcePlace::File("/etc/x")].into()).openings.is_empty());
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

/// A broker of places that are not files.
#[derive(Debug)]
struct Firmware;

const PRODUCT: SourcePlace =
    SourcePlace::RegistryValue(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProductName");
const MAKER: SourcePlace = SourcePlace::Smbios("system.manufacturer");

impl Broker for Firmware {
    fn value(&self, place: Place<'_>, _max: usize) -> Result<Vec<u8>, Unreadable> {
        match place.source() {
            PRODUCT => Ok(b"Windows".to_vec()),
            MAKER => Ok(b"Maker".to_vec()),
            SourcePlace::RegistryValue(_) => Err(Unreadable::Denied),
            _ => Err(Unreadable::Missing),
        }
    }
}

/// A typed place gives bytes or a reason, whether or not it is a file, and is recorded alike.
#[test]
fn a_broker_answers_for_places_that_are_not_files() {
    let (_directory, mut host) = host();
    assert_eq!(host.value(PRODUCT, 64), Err(Unreadable::Missing), "a broker of files has no registry");
    host.broker = Box::new(Firmware);
    assert_eq!(host.value(PRODUCT, 64).as_deref(), Ok(b"Windows".as_slice()));
    assert_eq!(host.value(MAKER, 5).as_deref(), Ok(b"Maker".as_slice()));
    assert_eq!(host.value(MAKER, 4), Err(Unreadable::TooLarge), "the bound holds whoever answers");
    assert_eq!(host.value(SourcePlace::RegistryValue(r"HKLM\a\b"), 64), Err(Unreadable::Denied));
    assert_eq!(host.value(SourcePlace::Sysctl("hw.model"), 64), Err(Unreadable::Missing));
    let asked = [PRODUCT, MAKER, SourcePlace::RegistryValue(r"HKLM\a\b"), SourcePlace::Sysctl("hw.model")];
    assert_eq!(host.touched(), asked.into());
    for file in
        [SourcePlace::File("/etc/x"), SourcePlace::WindowsFile(r"C:\x"), SourcePlace::State("identity")]
    {
        assert_eq!(host.value(file, 64), Err(Unreadable::Odd), "{file}");
    }
    assert_eq!(host.touched(), asked.into());
}
