use super::*;
use crate::probe::system::package::tests::Tree;
use collector_proto::catalog::{FieldId, fields};

fn read(status: &[u8], wanted: &[FieldId]) -> Result<Vec<Vec<String>>, Absence> {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(directory.path().join("var/lib/dpkg/info")).unwrap();
    std::fs::write(directory.path().join("var/lib/dpkg/status"), status).unwrap();
    let host = Host::at(directory.path());
    let rows = packages(&host, &Wanted::of(&wanted.iter().copied().collect()))?;
    Ok(rows
        .iter()
        .map(|seen| wanted.iter().filter_map(|f| seen.row.texts_of(*f)).flatten().collect())
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
    let rows = packages(
        &Host::at(directory.path()),
        &Wanted::of(&std::iter::once(fields::PACKAGE_INSTALLED).collect()),
    )
    .unwrap();
    let dates: Vec<_> =
        rows.iter().flat_map(|seen| seen.row.texts_of(fields::PACKAGE_INSTALLED).unwrap()).collect();
    assert_eq!(dates, ["2023-11-14T22:13:20Z", "2023-11-14T22:14:20Z"]);
}

#[test]
fn origin_is_the_vendor_and_a_maintainer_is_not() {
    let text = paragraph("curl", "install ok installed")
        .replace("Version", "Origin: Example Ltd\nMaintainer: Jane Doe <jane@example.org>\nVersion");
    let wanted = &[fields::PACKAGE_NAME, fields::X_PACKAGE_VENDOR];
    assert_eq!(read(text.as_bytes(), wanted).unwrap(), [["curl", "Example Ltd"]]);
    assert_eq!(read(paragraph("curl", "install ok installed").as_bytes(), wanted).unwrap(), [["curl"]]);
}

/// The paragraph as the archive has it.
fn without_status(name: &str) -> Vec<u8> {
    paragraph(name, "").replace("Status: \n", "").into_bytes()
}

#[test]
fn images_without_dpkg_have_a_file_a_package() {
    let digests = b"d41d8cd98f00b204e9800998ecf8427e  usr/share/doc/base-files/README\n";
    let tree = Tree::of(&[
        ("var/lib/dpkg/status.d/base", &without_status("base-files")),
        ("var/lib/dpkg/status.d/base.md5sums", digests),
        ("var/lib/dpkg/status.d/tzdata", without_status("tzdata").trim_ascii_end()),
    ]);
    // The last line lacks its end, as in a file that was cut off.
    assert_eq!(tree.read(packages), Err(Absence::Malformed));
    tree.write("var/lib/dpkg/status.d/tzdata", &without_status("tzdata"));
    let expected =
        ["deb base-files 1:2.0~rc1-3+b1 amd64 global - - -", "deb tzdata 1:2.0~rc1-3+b1 amd64 global - - -"];
    assert_eq!(tree.read(packages).unwrap(), expected);

    // An image that was built on such a one and has dpkg.
    tree.write("var/lib/dpkg/status", paragraph("curl", "install ok installed").as_bytes());
    assert_eq!(
        tree.read_fields(packages, &[fields::PACKAGE_NAME]).unwrap(),
        ["curl", "base-files", "tzdata"]
    );
    tree.write("var/lib/dpkg/status", &without_status("curl"));
    assert_eq!(tree.read(packages), Err(Absence::Malformed));
}

#[test]
fn odd_files_and_damage_are_answered() {
    assert_eq!(Tree::of(&[]).read(packages), Err(Absence::Unavailable));
    assert_eq!(Tree::of(&[("var/lib/dpkg/status.d/", b"")]).read(packages), Ok(vec![]));
    assert_eq!(Tree::of(&[("var/lib/dpkg/status.d/x/", b"")]).read(packages), Err(Absence::Malformed));
    let tree = Tree::of(&[]);
    tree.link("var/lib/dpkg/status.d/x", "x");
    assert_eq!(tree.read(packages), Err(Absence::Malformed));
    let at = "var/lib/dpkg/status.d/base";
    Tree::of(&[(at, &without_status("base-files"))]).survives_damage_to(at, packages);
}
