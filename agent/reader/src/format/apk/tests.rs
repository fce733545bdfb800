use super::*;

const MUSL: &str = "C:Q1qKcZ+j23xssAXmgQhkOO8dHnbWw=\nP:musl\nV:1.2.5-r9\nA:x86_64\nT:the musl c library\nm:Jane Doe \
                    <jane@example.org>\nt:1738164183\nF:lib\nR:ld-musl-x86_64.so.1\n\n";
const DATA: &str = "P:tzdata\nV:2026b-r0\n\n";

fn read(database: &[u8]) -> Result<Vec<Package>, FormatError> {
    let mut reader = Parser::default();
    let mut packages = Vec::new();
    for line in Line::all(database) {
        packages.extend(reader.take(line)?);
    }
    packages.extend(reader.finish()?);
    Ok(packages)
}

#[test]
fn entries_are_packages() {
    let package = |name: &str, version: &str, architecture: Option<&str>| Package {
        name: name.to_owned(),
        version: version.to_owned(),
        architecture: architecture.map(str::to_owned),
    };
    let expected = [package("musl", "1.2.5-r9", Some("x86_64")), package("tzdata", "2026b-r0", None)];
    assert_eq!(read((MUSL.to_owned() + DATA).as_bytes()).unwrap(), expected);
    assert_eq!(read((MUSL.to_owned() + "\n" + DATA.trim_end() + "\n").as_bytes()).unwrap(), expected);
    assert_eq!(read(b""), Ok(vec![]));
}

#[test]
fn what_cannot_be_understood_gives_nothing() {
    for end in 1..MUSL.len() {
        match read((DATA.to_owned() + &MUSL[..end]).as_bytes()) {
            Err(reason) => assert_eq!(reason, FormatError::Malformed, "cut at {end}"),
            Ok(packages) => assert_eq!(packages.len(), 2, "cut at {end}"),
        }
    }
    for junk in [
        &b"\x7fELF\x02\n"[..],
        b"ADB.pckg\n",
        b"P:a\n\n",
        b"P:a\nP:b\nV:1\n\n",
        b"P:a\nV:\xff\n\n",
        b"P:a\nV:1\n-\n\n",
    ] {
        assert_eq!(read(junk), Err(FormatError::Malformed), "{}", String::from_utf8_lossy(junk));
    }
}
