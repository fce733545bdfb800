use super::*;
use crate::probe::system::package::tests::Tree;

const MUSL: &str = "C:Q1qKcZ+j23xssAXmgQhkOO8dHnbWw=\nP:musl\nV:1.2.5-r9\nA:x86_64\nS:411268\nT:the musl c library\nm:Jane Doe \
                    <jane@example.org>\nt:1738164183\nF:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1o0Pp=\n\n";
const DATA: &str = "P:tzdata\nV:2026b-r0\nA:noarch\n\n";

fn read(database: &[u8]) -> Result<Vec<String>, Absence> {
    Tree::of(&[("lib/apk/db/installed", database)]).read(packages)
}

#[test]
fn entries_are_packages() {
    let expected = ["apk musl 1.2.5-r9 x86_64 global - - -", "apk tzdata 2026b-r0 noarch global - - -"];
    assert_eq!(read((MUSL.to_owned() + DATA).as_bytes()).unwrap(), expected);
    // Without its empty line at the end, with more of them, and with nothing at all.
    assert_eq!(read((MUSL.to_owned() + DATA.trim_end() + "\n").as_bytes()).unwrap(), expected);
    assert_eq!(read((MUSL.to_owned() + "\n\n" + DATA + "\n").as_bytes()).unwrap(), expected);
    assert_eq!(read(b"").unwrap(), [""; 0]);
}

#[test]
fn the_database_is_read_once_wherever_it_is() {
    let tree = Tree::of(&[("usr/lib/apk/db/installed", DATA.as_bytes())]);
    let expected = ["apk tzdata 2026b-r0 noarch global - - -"];
    assert_eq!(tree.read(packages).unwrap(), expected);
    tree.link("lib", "usr/lib");
    assert_eq!(tree.read(packages).unwrap(), expected);
    assert_eq!(Tree::of(&[]).read(packages), Err(Absence::Unavailable));
}

#[test]
fn long_lines_of_other_fields_are_skipped() {
    let long = format!("P:a\nD:{}\nV:1\n\n", "so:libx.so ".repeat(20_000));
    assert_eq!(read(long.as_bytes()).unwrap(), ["apk a 1 - global - - -"]);
}

#[test]
fn what_cannot_be_understood_gives_no_rows_at_all() {
    for end in 1..MUSL.len() {
        match read((DATA.to_owned() + &MUSL[..end]).as_bytes()) {
            Err(reason) => assert_eq!(reason, Absence::Malformed, "cut at {end}"),
            Ok(rows) => assert_eq!(rows.len(), 2, "cut at {end}"),
        }
    }
    let long = format!("P:{}\nV:1\n\n", "a".repeat(200_000));
    for junk in [
        &b"\x7fELF\x02\x01\x01\0\0\n"[..],
        b"ADB.pckg\n",
        b"P:a\n\n",
        b"V:1\n\n",
        b"P:a\nP:b\nV:1\n\n",
        b"P:\nV:1\n\n",
        b"P:\x1b\x07\nV:1\n\n",
        b"P:a\nV:\xff\n\n",
        b"P:a\nV:1\n:x\n\n",
        b"P:a\nV:1\n-\n\n",
        long.as_bytes(),
    ] {
        let text = [DATA.as_bytes(), junk].concat();
        assert_eq!(
            read(&text),
            Err(Absence::Malformed),
            "{}",
            String::from_utf8_lossy(&junk[..junk.len().min(40)])
        );
    }
}

#[test]
fn control_characters_do_not_survive() {
    assert_eq!(read(b"P:a\x1b[31m\tb\nV:1\x07\n\n").unwrap(), ["apk a[31m b 1 - global - - -"]);
}

#[test]
fn links_in_circles_and_damage_are_refused() {
    let tree = Tree::of(&[]);
    tree.link("lib/apk/db/installed", "installed");
    assert_eq!(tree.read(packages), Err(Absence::Malformed));
    let whole = MUSL.to_owned() + DATA;
    Tree::of(&[("lib/apk/db/installed", whole.as_bytes())])
        .survives_damage_to("lib/apk/db/installed", packages);
}
