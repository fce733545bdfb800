use super::*;
use crate::probe::system::package::tests::Tree;
use collector_proto::catalog::fields;

const DESC: &str = "%NAME%\nbash\n\n%VERSION%\n5.2.037-1\n\n%BASE%\nbash\n\n%DESC%\nThe shell\n\n%ARCH%\nx86_64\n\n%BUILDDATE%\n\
                    1700000000\n\n%INSTALLDATE%\n1738164183\n\n%PACKAGER%\nJane Doe <jane@example.org>\n\n%SIZE%\n9\n\n";
const BASH: &str = "var/lib/pacman/local/bash-5.2.037-1/desc";
const ROW: &str = "alpm bash 5.2.037-1 x86_64 global - - 2025-01-29T15:23:03Z";

fn read(desc: &[u8]) -> Result<Vec<String>, Absence> {
    Tree::of(&[(BASH, desc)]).read(packages)
}

#[test]
fn directories_are_packages() {
    let tree = Tree::of(&[
        (BASH, DESC.as_bytes()),
        ("var/lib/pacman/local/bash-5.2.037-1/files", b"%FILES%\nusr/\n"),
        ("var/lib/pacman/local/ALPM_DB_VERSION", b"9\n"),
        ("var/lib/pacman/local/lib32-gcc-libs-1:14.2.1+r753-1/desc", DESC.as_bytes()),
        // What an interrupted installation leaves.
        ("var/lib/pacman/local/half-1-1/", b""),
    ]);
    let second = "alpm lib32-gcc-libs 1:14.2.1+r753-1 x86_64 global - - 2025-01-29T15:23:03Z";
    assert_eq!(tree.read(packages).unwrap(), [ROW, second]);
    assert_eq!(tree.read_fields(packages, &[fields::PACKAGE_NAME]).unwrap(), ["bash", "lib32-gcc-libs"]);
    assert_eq!(Tree::of(&[]).read(packages), Err(Absence::Unavailable));
    assert_eq!(Tree::of(&[("var/lib/pacman/local/", b"")]).read(packages).unwrap(), [""; 0]);
}

#[test]
fn nothing_is_opened_for_what_the_names_tell() {
    let tree = Tree::of(&[(BASH, b"\x7fELF")]);
    assert_eq!(tree.read_fields(packages, &[fields::PACKAGE_VERSION]).unwrap(), ["5.2.037-1"]);
    assert_eq!(tree.read(packages), Err(Absence::Malformed));
}

#[test]
fn a_description_that_was_cut_off_is_malformed_or_says_less() {
    for end in 0..DESC.find("%PACKAGER%").unwrap() {
        match read(&DESC.as_bytes()[..end]) {
            Err(reason) => assert_eq!(reason, Absence::Malformed, "cut at {end}"),
            Ok(rows) => {
                let date = rows[0].split(' ').next_back().unwrap();
                assert!(["-", "2025-01-29T15:23:03Z"].contains(&date), "cut at {end}: {}", rows[0]);
            }
        }
    }
    // After a crash files are empty; libalpm still lists the package.
    assert_eq!(read(b"").unwrap(), ["alpm bash 5.2.037-1 - global - - -"]);
}

#[test]
fn junk_is_refused() {
    let long = [b"%ARCH%\n", "x".repeat(200_000).as_bytes(), b"\n"].concat();
    for junk in [
        &b"%ARCH%\n\xff\xfe\n"[..],
        b"%ARCH%\n\n",
        b"%ARCH%\n",
        b"%INSTALLDATE%\nyesterday\n",
        b"%INSTALLDATE%\n99999999999999999999999999\n",
        b"\0\0\0\0\n",
        &long,
    ] {
        assert_eq!(
            read(junk),
            Err(Absence::Malformed),
            "{}",
            String::from_utf8_lossy(&junk[..junk.len().min(40)])
        );
    }
    // Sections that nobody reads may be of any size and writing.
    let other = [b"%DESC%\n\xff", "x".repeat(200_000).as_bytes(), b"\n\n", DESC.as_bytes()].concat();
    assert_eq!(read(&other).unwrap(), [ROW]);
}

#[test]
fn odd_files_and_damage_are_answered() {
    let tree = Tree::of(&[]);
    tree.link(BASH, "desc");
    assert_eq!(tree.read(packages), Err(Absence::Malformed));
    let tree = Tree::of(&[(&format!("{BASH}/"), b"")]);
    assert_eq!(tree.read(packages), Err(Absence::Malformed));
    Tree::of(&[(BASH, DESC.as_bytes())]).survives_damage_to(BASH, packages);
}

#[test]
fn control_characters_do_not_survive() {
    let tree = Tree::of(&[("var/lib/pacman/local/a\x1b[31mb-1\x07-1/desc", b"%ARCH%\nany\x1b\n\n")]);
    assert_eq!(tree.read(packages).unwrap(), ["alpm a[31mb 1-1 any global - - -"]);
}
