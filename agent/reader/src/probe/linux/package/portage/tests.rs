use super::*;
use crate::probe::system::package::tests::Tree;
use collector_proto::catalog::fields;

const CHOST: &[u8] = b"x86_64-pc-linux-gnu\n";

#[test]
fn directories_are_packages() {
    let tree = Tree::of(&[
        ("var/db/pkg/dev-lang/python-3.11.11/CHOST", CHOST),
        ("var/db/pkg/dev-lang/python-3.12.8-r1/CHOST", CHOST),
        ("var/db/pkg/dev-lang/-MERGING-perl-5.40.0/CHOST", CHOST),
        ("var/db/pkg/dev-lang/.python-3.12.portage_lockfile", b""),
        ("var/db/pkg/virtual/libc-1-r1/", b""),
        ("var/db/pkg/.cache/x-1/", b""),
        ("var/db/pkg/world", b"a file is no category"),
    ]);
    let expected = [
        "ebuild dev-lang/python 3.11.11 x86_64 global - - -",
        "ebuild dev-lang/python 3.12.8-r1 x86_64 global - - -",
        "ebuild virtual/libc 1-r1 - global - - -",
    ];
    assert_eq!(tree.read(packages).unwrap(), expected);
    assert_eq!(Tree::of(&[]).read(packages), Err(Absence::Unavailable));
}

#[test]
fn nothing_is_opened_for_what_the_names_tell() {
    let chost = "var/db/pkg/app-shells/bash-5.2_p37/CHOST";
    let tree = Tree::of(&[(chost, b"\xff\xfe\0")]);
    assert_eq!(tree.read_fields(packages, &[fields::PACKAGE_VERSION]).unwrap(), ["5.2_p37"]);
    assert_eq!(tree.read(packages), Err(Absence::Malformed));
    tree.write(chost, &[b'x'; 5000]);
    assert_eq!(tree.read(packages), Err(Absence::TooLarge));
    tree.write(chost, b"\n");
    assert_eq!(tree.read(packages).unwrap(), ["ebuild app-shells/bash 5.2_p37 - global - - -"]);
    tree.write(chost, CHOST);
    tree.survives_damage_to(chost, packages);
}

#[test]
fn links_in_circles_are_refused() {
    let tree = Tree::of(&[]);
    tree.link("var/db/pkg/app-shells/bash-5/CHOST", "CHOST");
    assert_eq!(tree.read(packages), Err(Absence::Malformed));
}
