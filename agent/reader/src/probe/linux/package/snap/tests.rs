use super::*;
use crate::probe::system::package::tests::Tree;

const YAML: &str = "name: firefox\nversion: 133.0-2\ntype: app\narchitectures:\n- amd64\n- arm64\n";
const FIREFOX: &str = "snap/firefox/5273/meta/snap.yaml";
const ROW: &str = "snap firefox 133.0-2 amd64 global - -";

/// The snap in use, without the last column, which is the time when the test made the link.
fn read(yaml: &[u8]) -> Result<Vec<String>, Absence> {
    undated(&of(yaml))
}

fn of(yaml: &[u8]) -> Tree {
    let tree = Tree::of(&[(FIREFOX, yaml)]);
    tree.link("snap/firefox/current", "5273");
    tree
}

fn undated(tree: &Tree) -> Result<Vec<String>, Absence> {
    let rows = tree.read(packages)?;
    Ok(rows.iter().map(|row| row.rsplit_once(' ').unwrap().0.to_owned()).collect())
}

#[test]
fn a_snap_in_use_is_a_package() {
    let tree = of(YAML.as_bytes());
    tree.write("snap/firefox/5187/meta/snap.yaml", b"name: firefox\nversion: 132.0\n");
    tree.write("snap/off/1/meta/snap.yaml", b"name: off\nversion: 1\n");
    tree.write("snap/README", b"Do not remove.");
    tree.link("snap/bin/firefox", "/usr/bin/snap");
    assert_eq!(undated(&tree).unwrap(), [ROW]);
    assert!(tree.read(packages).unwrap()[0].ends_with('Z'), "the link's time is missing");
    assert_eq!(Tree::of(&[]).read(packages), Err(Absence::Unavailable));
    assert_eq!(Tree::of(&[("snap/README", b"")]).read(packages), Err(Absence::Unavailable));
}

#[test]
fn snaps_lie_elsewhere_where_there_is_no_top_level_directory() {
    let tree = Tree::of(&[("var/lib/snapd/snap/firefox/5273/meta/snap.yaml", YAML.as_bytes())]);
    tree.link("var/lib/snapd/snap/firefox/current", "5273");
    assert_eq!(undated(&tree).unwrap(), [ROW]);
    tree.link("snap", "var/lib/snapd/snap");
    assert_eq!(undated(&tree).unwrap(), [ROW], "once, although there are two ways to it");
}

#[test]
fn a_second_installation_bears_its_own_name() {
    let tree = Tree::of(&[("snap/firefox_work/1/meta/snap.yaml", YAML.as_bytes())]);
    tree.link("snap/firefox_work/current", "1");
    assert_eq!(undated(&tree).unwrap(), ["snap firefox_work 133.0-2 amd64 global - -"]);
}

#[test]
fn what_cannot_be_understood_gives_no_rows_at_all() {
    for junk in
        [&b""[..], b"\xff\xfe", b"version: 1\n", b"name: other\n", b"name: fire\n", b"name:\n- firefox\n"]
    {
        assert_eq!(read(junk), Err(Absence::Malformed), "{}", String::from_utf8_lossy(junk));
    }
    assert_eq!(read(&vec![b'a'; 2 * 1024 * 1024]), Err(Absence::TooLarge));
    let tree = of(b"");
    std::fs::remove_file(tree.at(FIREFOX)).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(tree.at(FIREFOX)).status().unwrap().success());
    assert_eq!(tree.read(packages), Err(Absence::Malformed));
    std::fs::remove_file(tree.at(FIREFOX)).unwrap();
    tree.link(FIREFOX, "snap.yaml");
    assert_eq!(tree.read(packages), Err(Absence::Malformed));
}

#[test]
fn damage_is_survived() {
    of(YAML.as_bytes()).survives_damage_to(FIREFOX, packages);
}
