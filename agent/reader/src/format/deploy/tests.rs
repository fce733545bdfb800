use super::*;

const ROOT: &str = "../../tests/fixtures/roots/debian-13-desktop";

/// A record as GLib writes it: each text value of the dictionary is a variant of type `s`.
fn record(origin: &str, entries: &[(&str, &str)]) -> Vec<u8> {
    let terminated = |text: &str| [text.as_bytes(), b"\0"].concat();
    let mut dictionary = Vec::new();
    let mut ends = Vec::new();
    for (key, value) in entries {
        let mut entry = terminated(key);
        let end_of_key = entry.len();
        pad(&mut entry);
        entry.extend(terminated(value));
        entry.extend(b"\0s");
        close(&mut entry, &[end_of_key]);
        pad(&mut dictionary);
        dictionary.extend(entry);
        ends.push(dictionary.len());
    }
    close(&mut dictionary, &ends);
    let mut bytes = terminated(origin);
    let end_of_origin = bytes.len();
    bytes.extend(terminated(&"5e".repeat(32)));
    let end_of_commit = bytes.len();
    pad(&mut bytes);
    bytes.extend([0; 8]);
    bytes.extend(dictionary);
    close(&mut bytes, &[end_of_commit, end_of_commit, end_of_origin]);
    bytes
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(8), 0);
}

/// Appends offsets, in the narrowest width that the whole has room for.
fn close(bytes: &mut Vec<u8>, offsets: &[usize]) {
    let fits = |width: &&usize| bytes.len() + offsets.len() * **width < 1 << (8 * **width);
    let width = [1, 2, 4].iter().find(fits).copied().unwrap();
    for offset in offsets {
        bytes.extend(&offset.to_le_bytes()[..width]);
    }
}

#[test]
fn what_flatpak_wrote_is_read() {
    let at = |path: &str| std::fs::read(format!("{ROOT}/var/lib/flatpak/{path}/active/deploy")).unwrap();
    let application = at("app/org.mozilla.firefox/x86_64/stable");
    let version = Some("133.0.3");
    assert_eq!(Deployment::parse(&application), Some(Deployment { origin: "flathub", version }));
    let runtime = at("runtime/org.example.Platform/x86_64/24.08");
    assert_eq!(Deployment::parse(&runtime), Some(Deployment { origin: "flathub", version: None }));
}

#[test]
fn offsets_are_as_wide_as_the_container_needs() {
    for length in [0, 1, 60, 100, 200, 255, 256, 300, 65_000, 65_500, 70_000] {
        let long = "x".repeat(length);
        let bytes = record("own", &[("appdata-name", &long), ("appdata-version", "1.2"), ("z", &long)]);
        let read = Deployment::parse(&bytes).unwrap();
        assert_eq!((read.origin, read.version), ("own", Some("1.2")), "{length}");
    }
    assert_eq!(Deployment::parse(&record("", &[])).unwrap(), Deployment { origin: "", version: None });
}

#[test]
fn what_is_no_record_gives_nothing_and_no_panic() {
    let bytes = record("flathub", &[("appdata-version", "1.2")]);
    for end in 0..bytes.len() {
        assert_eq!(Deployment::parse(&bytes[..end]), None, "cut at {end}");
    }
    for at in 0..bytes.len() {
        for value in [0, 1, 8, 0x7f, 0xff] {
            let mut damaged = bytes.clone();
            damaged[at] = value;
            let _ = Deployment::parse(&damaged);
        }
    }
    for junk in [&[0xff; 4096][..], &[0; 4096], &vec![0xff; 70_000], b"flathub\0"] {
        assert_eq!(Deployment::parse(junk), None);
    }
}
