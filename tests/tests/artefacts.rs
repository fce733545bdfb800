//! What the built binaries contain.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::binary;

/// Whether the file contains the text.
fn contains(file: &std::path::Path, text: &str) -> bool {
    let bytes = std::fs::read(file).unwrap();
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn what_looks_cannot_talk() {
    let (reader, candor) = (binary("candor-reader"), binary("candor"));
    // Mangled symbol names carry the crate's name with its length in front; candor shows that the search works.
    for name in ["6rustls", "7reqwest", "5hyper", "5tokio"] {
        assert!(contains(&candor, name), "candor should link {name}: is the search still right?");
        assert!(!contains(&reader, name), "candor-reader links {name}");
    }
}

#[test]
fn what_talks_cannot_look() {
    let (reader, candor) = (binary("candor-reader"), binary("candor"));
    for source in ["/sys/class/dmi/id", "/var/lib/dpkg/status"] {
        assert!(contains(&reader, source), "the reader should name {source}: is the search still right?");
    }
    // The catalogue's declarations name sources in both programs; the code that opens them is in the reader only.
    for name in ["7sysinfo", "11mac_address"] {
        assert!(contains(&reader, name), "candor-reader should link {name}: is the search still right?");
        assert!(!contains(&candor, name), "candor links {name}");
    }
}
