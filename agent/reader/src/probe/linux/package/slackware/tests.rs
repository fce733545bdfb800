use super::*;
use crate::probe::system::package::tests::Tree;

const EXPECTED: [&str; 4] = [
    "slackware aaa_base 15.0-3 x86_64 global - - -",
    "slackware glibc 2.33-5 x86_64 global - - -",
    "slackware old - - global - - -",
    "slackware xorg-server 1.20.14-1 noarch global - - -",
];

fn entries(directory: &str) -> Tree {
    let tree = Tree::of(&[]);
    for name in [
        "aaa_base-15.0-x86_64-3",
        "glibc-2.33-x86_64-5_slack15.0",
        "glibc-2.33-x86_64-4-upgraded-2026-11-02,10:31:07",
        "xorg-server-1.20.14-noarch-1_SBo",
        ".hidden",
        "old",
    ] {
        tree.write(&format!("{directory}/{name}"), b"PACKAGE NAME: whatever\n");
    }
    tree
}

#[test]
fn names_are_packages() {
    assert_eq!(entries("var/lib/pkgtools/packages").read(packages).unwrap(), EXPECTED);
    assert_eq!(entries("var/log/packages").read(packages).unwrap(), EXPECTED);
    assert_eq!(Tree::of(&[]).read(packages), Err(Absence::Unavailable));
}

#[test]
fn a_link_from_the_old_place_counts_nothing_twice() {
    let tree = entries("var/lib/pkgtools/packages");
    tree.link("var/log/packages", "../lib/pkgtools/packages");
    assert_eq!(tree.read(packages).unwrap(), EXPECTED);
}

#[test]
fn no_file_is_opened() {
    let tree = Tree::of(&[]);
    tree.link("var/lib/pkgtools/packages/a-1-i586-1", "a-1-i586-1");
    tree.write("var/lib/pkgtools/packages/b-1-i586-1/", b"");
    let expected = ["slackware a 1-1 i586 global - - -", "slackware b 1-1 i586 global - - -"];
    assert_eq!(tree.read(packages).unwrap(), expected);
}

#[test]
fn odd_names_are_names_alone() {
    for (name, expected) in [
        ("a--1-x", "slackware a--1-x - - global - - -"),
        ("-1-i586-1", "slackware -1-i586-1 - - global - - -"),
        ("a-1-i586-tag", "slackware a 1 i586 global - - -"),
        ("\x1b[2Ja-1\x07-i586-1", "slackware [2Ja 1-1 i586 global - - -"),
    ] {
        let tree = Tree::of(&[(&format!("var/log/packages/{name}"), b"")]);
        assert_eq!(tree.read(packages).unwrap(), [expected]);
    }
}

#[test]
fn what_is_no_directory_is_refused() {
    assert_eq!(Tree::of(&[("var/lib/pkgtools/packages", b"")]).read(packages), Err(Absence::Malformed));
    let tree = Tree::of(&[]);
    tree.link("var/lib/pkgtools/packages", "packages");
    assert_eq!(tree.read(packages), Err(Absence::Malformed));
}
