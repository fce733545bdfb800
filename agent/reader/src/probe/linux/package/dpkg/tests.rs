use super::super::super::super::reading::Raw;
use super::*;
use collector_proto::catalog::FieldId;

fn read(status: &[u8], wanted: &[FieldId]) -> Result<Vec<Vec<String>>, Absence> {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(directory.path().join("var/lib/dpkg/info")).unwrap();
    std::fs::write(directory.path().join("var/lib/dpkg/status"), status).unwrap();
    let host = Host::at(directory.path());
    let rows = packages(&host, &wanted.iter().copied().collect())?;
    Ok(rows
        .iter()
        .map(|row| wanted.iter().filter_map(|f| row.value(*f).map(Raw::texts)).flatten().collect())
        .collect())
}

const ALL: &[FieldId] = &[
    fields::PACKAGE_TYPE,
    fields::PACKAGE_NAME,
    fields::PACKAGE_ARCHITECTURE,
    fields::PACKAGE_VERSION,
    fields::PACKAGE_INSTALL_SCOPE,
];

fn paragraph(name: &str, status: &str) -> String {
    format!(
        "Package: {name}\nStatus: {status}\nArchitecture: amd64\nVersion: 1:2.0~rc1-3+b1\nDescription: x\n long\n .\n\n"
    )
}

#[test]
fn packages_whose_files_are_there_count() {
    for (status, counts) in [
        ("install ok installed", true),
        ("hold ok installed", true),
        ("deinstall ok installed", true),
        ("install ok triggers-pending", true),
        ("install ok triggers-awaited", true),
        ("install ok unpacked", true),
        ("install reinstreq half-configured", true),
        ("deinstall ok config-files", false),
        ("purge ok not-installed", false),
        ("install reinstreq half-installed", false),
    ] {
        let rows = read(paragraph("curl", status).as_bytes(), ALL).unwrap();
        let expected: &[Vec<String>] =
            &[["deb", "curl", "amd64", "1:2.0~rc1-3+b1", "global"].map(str::to_owned).to_vec()];
        assert_eq!(rows, if counts { expected } else { &[] }, "{status}");
    }
}

#[test]
fn a_removed_package_needs_no_version() {
    let status = b"Package: gone\nStatus: purge ok not-installed\nPriority: optional\n\n";
    assert_eq!(read(status, ALL), Ok(vec![]));
}

#[test]
fn the_last_paragraph_needs_no_empty_line() {
    let text =
        paragraph("a", "install ok installed") + paragraph("b", "install ok installed").trim_end() + "\n";
    assert_eq!(read(text.as_bytes(), &[fields::PACKAGE_NAME]).unwrap(), [["a"], ["b"]]);
    assert_eq!(read(b"", ALL), Ok(vec![]));
    assert_eq!(read(b"\n\n\n", ALL), Ok(vec![]));
}

#[test]
fn what_cannot_be_understood_gives_no_rows_at_all() {
    let good = paragraph("a", "install ok installed");
    let cut = paragraph("b", "install ok installed");
    // Cut anywhere, the file is either refused, or ends exactly after a whole line of a complete package.
    for end in 1..cut.len() {
        let text = good.clone() + &cut[..end];
        match read(text.as_bytes(), &[fields::PACKAGE_NAME]) {
            Err(reason) => assert_eq!(reason, Absence::Malformed, "cut at {end}"),
            Ok(rows) => assert_eq!(rows.len(), 2, "cut at {end}"),
        }
    }
    for junk in [
        &b"\x7fELF\x02\x01\x01\0\0\0\0\n"[..],
        b"no colon here\n\n",
        b" starts with a continuation\n\n",
        b"Package: a\nStatus: install ok installed\nArchitecture: amd64\n\n",
        b"Package: a\nStatus: install ok installed\nVersion: 1\n\n",
        b"Package: a\nStatus: what\nArchitecture: amd64\nVersion: 1\n\n",
        b"Package: a\nPackage: b\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n",
        b"Package: ../../etc/passwd\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n",
        b"Package: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: \xff\xfe\n\n",
    ] {
        let text = [good.as_bytes(), junk].concat();
        assert_eq!(read(&text, ALL), Err(Absence::Malformed), "{}", String::from_utf8_lossy(junk));
    }
}

#[test]
fn the_date_is_that_of_the_file_list() {
    let directory = tempfile::tempdir().unwrap();
    let info = directory.path().join("var/lib/dpkg/info");
    std::fs::create_dir_all(&info).unwrap();
    let multi = paragraph("libc6", "install ok installed").replace("Version", "Multi-Arch: same\nVersion");
    std::fs::write(
        directory.path().join("var/lib/dpkg/status"),
        paragraph("curl", "install ok installed") + &multi,
    )
    .unwrap();
    for (name, seconds) in [("curl.list", 1_700_000_000), ("libc6:amd64.list", 1_700_000_060)] {
        let file = std::fs::File::create(info.join(name)).unwrap();
        file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds)).unwrap();
    }
    let rows =
        packages(&Host::at(directory.path()), &std::iter::once(fields::PACKAGE_INSTALLED).collect()).unwrap();
    let dates: Vec<_> =
        rows.iter().flat_map(|row| row.value(fields::PACKAGE_INSTALLED).unwrap().texts()).collect();
    assert_eq!(dates, ["2023-11-14T22:13:20Z", "2023-11-14T22:14:20Z"]);
}
