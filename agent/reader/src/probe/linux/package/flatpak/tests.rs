use super::*;
use crate::probe::system::package::tests::Tree;

const ROOT: &str = "../../tests/fixtures/roots/debian-13-desktop";

fn record() -> Vec<u8> {
    std::fs::read(format!("{ROOT}/var/lib/flatpak/app/org.mozilla.firefox/x86_64/stable/active/deploy"))
        .unwrap()
}

const FIREFOX: &str = "var/lib/flatpak/app/org.mozilla.firefox/x86_64/stable/active/deploy";
const ROW: &str = "flatpak org.mozilla.firefox 133.0.3 x86_64";

/// Rows without the last column, which is the time when the test wrote the file.
fn undated(rows: &[String]) -> Vec<String> {
    rows.iter().map(|row| row.rsplit_once(' ').unwrap().0.to_owned()).collect()
}

#[test]
fn only_what_is_deployed_is_installed() {
    let tree = Tree::of(&[
        (FIREFOX, &record()),
        ("var/lib/flatpak/app/org.mozilla.firefox/x86_64/beta/0123/deploy", &record()),
        ("var/lib/flatpak/app/org.example.Gone/", b""),
        ("var/lib/flatpak/app/stray", b""),
        ("var/lib/flatpak/runtime/org.gnome.Platform/x86_64/48/active/deploy", &record()),
    ]);
    tree.link("var/lib/flatpak/app/org.mozilla.firefox/current", "x86_64/stable");
    let rows = tree.read(of_machine).unwrap();
    assert_eq!(
        undated(&rows),
        [
            format!("{ROW} global - flathub"),
            "flatpak org.gnome.Platform 133.0.3 x86_64 global - flathub".to_owned()
        ]
    );
    assert!(rows.iter().all(|row| row.ends_with('Z')), "{rows:?}");
    assert_eq!(Tree::of(&[]).read(of_machine), Err(Absence::Unavailable));
    assert_eq!(Tree::of(&[("var/lib/flatpak/app/", b"")]).read(of_machine), Err(Absence::Unavailable));
}

#[test]
fn one_record_that_cannot_be_read_gives_no_rows_of_its_installation() {
    let broken = "var/lib/flatpak/app/org.example.B/x86_64/stable/active/deploy";
    let tree = Tree::of(&[(FIREFOX, &record()), (broken, b"junk")]);
    assert_eq!(tree.read(of_machine), Err(Absence::Malformed));
    tree.write(broken, &vec![0; 2 * 1024 * 1024]);
    assert_eq!(tree.read(of_machine), Err(Absence::TooLarge));
    std::fs::remove_file(tree.at(broken)).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(tree.at(broken)).status().unwrap().success());
    assert_eq!(tree.read(of_machine), Err(Absence::Malformed));
    std::fs::remove_file(tree.at(broken)).unwrap();
    tree.link(broken, "deploy");
    assert_eq!(tree.read(of_machine), Err(Absence::Malformed));
}

#[test]
fn damage_is_survived() {
    Tree::of(&[(FIREFOX, &record())]).survives_damage_to(FIREFOX, of_machine);
}

#[test]
fn one_home_does_not_decide_over_the_others() {
    let of = |home: &str| {
        format!("home/{home}/.local/share/flatpak/app/org.mozilla.firefox/x86_64/stable/active/deploy")
    };
    let tree = Tree::of(&[
        (&of("anna"), &record()),
        (&of("ben"), b"junk"),
        (&of("clara"), &record()),
        (&of("lost+found"), b"junk"),
        ("home/dora/", b""),
        ("home/stray", b""),
    ]);
    tree.link("home/emil", "emil");
    let (rows, failure) = tree.read_homes(of_users);
    assert_eq!(undated(&rows), [format!("{ROW} user anna flathub"), format!("{ROW} user clara flathub")]);
    assert_eq!(failure, Some(Absence::Malformed));
    let (rows, failure) = Tree::of(&[("home/dora/", b"")]).read_homes(of_users);
    assert_eq!((rows.len(), failure), (0, None));
    assert_eq!(Tree::of(&[]).read_homes(of_users), (vec![], None));
}
