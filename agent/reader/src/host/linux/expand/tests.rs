use super::*;
use crate::host::{Host, Place};
use SourcePlace::{Bus, Directory, File, Look, LookBeneath, Tree};
use std::fs;

fn tree() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let at = |path: &str| root.path().join(path);
    for directory in
        ["nix/store/1-profile", "sys/block/sda", "sys/block/sdb", "db/a", "home/anna/app", "home/ben", "etc"]
    {
        fs::create_dir_all(at(directory)).unwrap();
    }
    for file in [
        "nix/store/1-profile/m.json",
        "sys/block/sda/size",
        "db/a/desc",
        "home/anna/app/x.json",
        "etc/shadow",
    ] {
        fs::write(at(file), "x").unwrap();
    }
    std::os::unix::fs::symlink("/etc", at("home/ben/app")).unwrap();
    std::os::unix::fs::symlink("../../etc/shadow", at("home/anna/link")).unwrap();
    std::os::unix::fs::symlink("app/x.json", at("home/anna/inside")).unwrap();
    std::os::unix::fs::symlink("/nix/store/1-profile", at("home/ben/profile")).unwrap();
    fs::create_dir_all(at("nix/var/nix/profiles/per-user/ben")).unwrap();
    std::os::unix::fs::symlink("/etc/shadow", at("nix/var/nix/profiles/per-user/ben/profile")).unwrap();
    root
}

fn openings(source: SourcePlace) -> [Vec<String>; 2] {
    let root = tree();
    let host = Host::at(root.path());
    let openings = host.prepare(&[source].into()).openings;
    [Access::Read, Access::ReadBeneath].map(|access| {
        let open = |opening: &&Opening| opening.open().is_some_and(|(_, allowed)| allowed == access);
        let inside =
            |opening: &Opening| opening.path.strip_prefix(root.path()).unwrap().display().to_string();
        openings.iter().filter(open).map(inside).collect()
    })
}

#[test]
fn a_pattern_opens_what_it_names_and_lists_what_stands_before_a_star() {
    let none: Vec<String> = Vec::new();
    assert_eq!(openings(File("/etc/shadow")), [vec!["etc/shadow".into()], none.clone()]);
    assert_eq!(openings(File("/etc/missing")), [none.clone(), none.clone()]);
    let size = vec!["sys/block/sda/size".into()];
    assert_eq!(openings(File("/sys/block/sd*/size")), [size, none.clone()]);
    assert_eq!(openings(File("/sys/block")), [none.clone(), none.clone()]);
    assert_eq!(openings(Directory("/sys/block")), [none.clone(), none.clone()]);
    assert_eq!(openings(Look("/sys/block/sd*/size")), [none.clone(), none.clone()]);
    assert_eq!(openings(LookBeneath("/db")), [none.clone(), none.clone()]);
    assert_eq!(openings(Tree("/db")), [none.clone(), vec!["db".into()]]);
    assert_eq!(openings(Bus { service: "org.x", interface: "org.x.Y", member: "Z" }), [none.clone(), none]);
}

/// A directory is listed before the sandbox, so that inside nothing of it need be opened.
#[test]
fn the_names_in_a_directory_are_those_that_were_listed_before() {
    let root = tree();
    let host = Host::at(root.path());
    host.prepare(&[Directory("/sys/block")].into());
    fs::create_dir(root.path().join("sys/block/sdc")).unwrap();
    assert_eq!(host.names(Directory("/sys/block")), Ok(vec!["sda".to_owned(), "sdb".to_owned()]));
    assert_eq!(host.names(Directory("/etc")), Err(Unreadable::Missing), "it was not listed");
}

#[test]
fn links_in_a_home_lead_nowhere_outside_of_it() {
    assert_eq!(openings(File("/home/*/app/*"))[0], ["home/anna/app/x.json"]);
    let none: Vec<String> = Vec::new();
    assert_eq!(openings(File("/home/*/link"))[0], none);
    assert_eq!(openings(File("/home/*/inside"))[0], ["home/anna/app/x.json"]);
    assert_eq!(openings(File("/home/*/profile/m.json"))[0], ["nix/store/1-profile/m.json"]);
    let per_user = File("/nix/var/nix/profiles/per-user/*/profile");
    assert_eq!(openings(per_user), [none.clone(), none]);
}

/// Names come from what was listed before, and a person who has too many of them loses only these.
#[test]
fn one_person_uses_up_no_others_room() {
    let root = tree();
    for number in 0..=MAX_PATHS_OF_PERSON {
        fs::write(root.path().join(format!("home/anna/app/{number}.json")), "").unwrap();
    }
    fs::remove_file(root.path().join("home/ben/app")).unwrap();
    fs::create_dir(root.path().join("home/ben/app")).unwrap();
    fs::write(root.path().join("home/ben/app/y.json"), "").unwrap();
    let host = Host::at(root.path());
    let openings = host.prepare(&["/home/*/app/*.json", "/sys/block/*/size"].map(File).into()).openings;
    assert_eq!(openings.iter().filter_map(Opening::open).count(), 2, "{openings:?}");
    let names = |person| host.fill(Place::of("/home/*/app/*.json", &[person]));
    assert_eq!(names("anna"), Err(Unreadable::TooLarge));
    assert_eq!(names("ben"), Ok(vec!["y".to_owned()]));
    fs::write(root.path().join("home/ben/app/z.json"), "").unwrap();
    assert_eq!(names("ben"), Ok(vec!["y".to_owned()]), "the sandbox lists no directory again");
}
