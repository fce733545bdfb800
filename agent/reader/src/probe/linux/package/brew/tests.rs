use super::*;
use crate::probe::system::package::tests::Tree;
use collector_proto::catalog::fields;

const RECEIPT: &str = r#"{"homebrew_version": "4.4.13", "poured_from_bottle": true, "time": 1734795904,
 "source_modified_time": 1729581340, "runtime_dependencies": [{"full_name": "ca-certificates"}],
 "source": {"spec": "stable", "tap": "jane/tap"}, "arch": "x86_64"}"#;
const WGET: &str = "home/linuxbrew/.linuxbrew/Cellar/wget/1.25.0/INSTALL_RECEIPT.json";
const ROW: &str = "brew wget 1.25.0 x86_64 global - - 2024-12-21T15:45:04Z";

fn read(receipt: &[u8]) -> Result<Vec<String>, Absence> {
    Tree::of(&[(WGET, receipt)]).read(packages)
}

#[test]
fn versions_are_packages() {
    let cellar = "home/linuxbrew/.linuxbrew/Cellar";
    let tree = Tree::of(&[
        (WGET, RECEIPT.as_bytes()),
        (&format!("{cellar}/openssl@3/3.4.0/"), b""),
        (&format!("{cellar}/openssl@3/3.3.2/INSTALL_RECEIPT.json"), br#"{"time": null}"#),
        (&format!("{cellar}/.keepme"), b""),
        (&format!("{cellar}/stray"), b""),
        (&format!("{cellar}/wget/.DS_Store"), b""),
    ]);
    let expected = ["brew openssl@3 3.3.2 - global - - -", "brew openssl@3 3.4.0 - global - - -", ROW];
    assert_eq!(tree.read(packages).unwrap(), expected);
    assert_eq!(Tree::of(&[]).read(packages), Err(Absence::Unavailable));
}

#[test]
fn nothing_is_opened_for_what_the_names_tell() {
    let tree = Tree::of(&[(WGET, b"junk")]);
    assert_eq!(
        tree.read_fields(packages, &[fields::PACKAGE_NAME, fields::X_PACKAGE_VENDOR]).unwrap(),
        ["wget -"]
    );
    assert_eq!(tree.read(packages), Err(Absence::Malformed));
}

#[test]
fn a_receipt_that_cannot_be_understood_gives_no_rows_at_all() {
    // Homebrew takes an empty receipt for none.
    assert_eq!(read(b" \n").unwrap(), ["brew wget 1.25.0 - global - - -"]);
    for end in 1..RECEIPT.len() {
        assert_eq!(read(&RECEIPT.as_bytes()[..end]), Err(Absence::Malformed), "cut at {end}");
    }
    let deep = "[".repeat(100_000);
    for junk in [
        &b"\xff\xfe"[..],
        b"[]x",
        b"{\"time\": \"yesterday\"}",
        b"{\"time\": 1e999}",
        b"{\"arch\": 5}",
        deep.as_bytes(),
    ] {
        assert_eq!(
            read(junk),
            Err(Absence::Malformed),
            "{}",
            String::from_utf8_lossy(&junk[..junk.len().min(40)])
        );
    }
    assert_eq!(read(&vec![b' '; 2 * 1024 * 1024]), Err(Absence::TooLarge));
}

#[test]
fn odd_values_and_damage_are_answered() {
    let tree = Tree::of(&[(WGET, br#"{"arch": "x\u001b[2J", "time": -9223372036854775808}"#)]);
    assert_eq!(tree.read(packages).unwrap(), ["brew wget 1.25.0 x[2J global - - -"]);
    let tree = Tree::of(&[]);
    tree.link(WGET, "INSTALL_RECEIPT.json");
    assert_eq!(tree.read(packages), Err(Absence::Malformed));
    Tree::of(&[(WGET, RECEIPT.as_bytes())]).survives_damage_to(WGET, packages);
}
