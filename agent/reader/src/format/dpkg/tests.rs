use super::*;

fn read(status: &[u8], unstated: Unstated) -> Result<Vec<Package>, FormatError> {
    let mut reader = Parser::new(unstated);
    let mut packages = Vec::new();
    for line in Line::all(status) {
        packages.extend(reader.take(line)?);
    }
    packages.extend(reader.finish()?);
    Ok(packages)
}

fn paragraph(name: &str, status: &str) -> String {
    format!(
        "Package: {name}\n{status}Architecture: amd64\nVersion: 1:2.0~rc1-3+b1\nDescription: x\n long\n .\n\n"
    )
}

const INSTALLED: &str = "Status: install ok installed\n";

#[test]
fn paragraphs_are_packages() {
    let multi =
        paragraph("libc6", INSTALLED).replace("Version", "Multi-Arch: same\nOrigin: Example Ltd\nVersion");
    let text = paragraph("curl", INSTALLED) + "\n" + &multi;
    let packages = read(text.as_bytes(), Unstated::Malformed).unwrap();
    let told: Vec<_> =
        packages.iter().map(|p| (p.name.as_str(), p.file_list(), p.origin.as_deref())).collect();
    let expected = [
        ("curl", "curl.list".to_owned(), None),
        ("libc6", "libc6:amd64.list".to_owned(), Some("Example Ltd")),
    ];
    assert_eq!(told, expected);
    assert!(packages.iter().all(|p| p.version == "1:2.0~rc1-3+b1" && p.architecture == "amd64"));
    // An image's paragraph has no status.
    let unstated = paragraph("base-files", "");
    assert_eq!(read(unstated.as_bytes(), Unstated::Installed).unwrap().len(), 1);
    assert_eq!(read(unstated.as_bytes(), Unstated::Malformed), Err(FormatError::Malformed));
    let removed = paragraph("gone", "Status: deinstall ok config-files\n");
    assert_eq!(read(removed.as_bytes(), Unstated::Malformed), Ok(vec![]));
}

#[test]
fn what_was_cut_off_is_malformed_or_whole() {
    let good = paragraph("a", INSTALLED);
    let cut = paragraph("b", INSTALLED);
    for end in 1..cut.len() {
        match read((good.clone() + &cut[..end]).as_bytes(), Unstated::Malformed) {
            Err(reason) => assert_eq!(reason, FormatError::Malformed, "cut at {end}"),
            Ok(packages) => assert_eq!(packages.len(), 2, "cut at {end}"),
        }
    }
}
