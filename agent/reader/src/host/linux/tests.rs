use crate::host::{Host, MAX_SMALL_FILE_BYTES, MAX_STREAMED_FILE_BYTES, Place, Unreadable};
use collector_proto::catalog::SourcePlace;
use collector_proto::messages::Absence;
use std::fs::File;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

fn tree() -> (tempfile::TempDir, Host) {
    let directory = tempfile::tempdir().unwrap();
    let host = Host::at(directory.path());
    std::fs::create_dir_all(directory.path().join("etc")).unwrap();
    (directory, host)
}

#[test]
fn links_stay_inside_the_root() {
    let (directory, host) = tree();
    let root = directory.path();
    std::fs::create_dir_all(root.join("usr/lib")).unwrap();
    std::fs::write(root.join("usr/lib/os-release"), "inside").unwrap();
    symlink("/usr/lib/os-release", root.join("etc/os-release")).unwrap();
    assert_eq!(host.text("/etc/os-release").unwrap(), "inside");
    // The climb ends at the tree's root, so this is the same file and not this machine's.
    symlink("../../../../../../../../usr/lib/os-release", root.join("etc/climbing")).unwrap();
    assert_eq!(host.text("/etc/climbing").unwrap(), "inside");
    symlink("/etc/passwd", root.join("etc/outside")).unwrap();
    assert_eq!(host.text("/etc/outside"), Err(Unreadable::Missing));
    assert_eq!(host.link("/etc/outside").unwrap(), "/etc/passwd");
}

#[test]
fn loops_fifos_directories_and_giants_are_refused_without_waiting() {
    let (directory, host) = tree();
    let root = directory.path();
    symlink("/etc/b", root.join("etc/a")).unwrap();
    symlink("/etc/a", root.join("etc/b")).unwrap();
    assert_eq!(host.text("/etc/a"), Err(Unreadable::Odd));
    nix::unistd::mkfifo(&root.join("etc/fifo"), nix::sys::stat::Mode::S_IRUSR).unwrap();
    assert_eq!(host.text("/etc/fifo"), Err(Unreadable::Odd));
    assert_eq!(host.text("/etc"), Err(Unreadable::Odd));
    symlink("/dev/zero", root.join("etc/device")).unwrap();
    assert_eq!(Host::at(Path::new("/")).text("/dev/zero"), Err(Unreadable::Odd));
    let giant = File::create(root.join("etc/giant")).unwrap();
    giant.set_len(MAX_SMALL_FILE_BYTES + 1).unwrap();
    assert_eq!(host.text("/etc/giant"), Err(Unreadable::TooLarge));
    giant.set_len(MAX_STREAMED_FILE_BYTES + 1).unwrap();
    assert_eq!(host.lines("/etc/giant").unwrap_err(), Unreadable::TooLarge);
}

#[test]
fn long_lines_are_skipped_to_their_end_and_a_cut_off_file_is_noticed() {
    let (directory, host) = tree();
    let text = format!("a\n{}\nb\ncut", "x".repeat(200_000));
    std::fs::write(directory.path().join("etc/lines"), text).unwrap();
    let mut lines = host.lines("/etc/lines").unwrap();
    let mut seen = Vec::new();
    while let Some(line) = lines.next_line().unwrap() {
        seen.push((line.bytes.len(), line.is_whole, line.is_ended));
    }
    assert_eq!(seen, [(1, true, true), (65_536, false, true), (1, true, true), (3, true, false)]);
}

#[test]
fn lines_are_the_same_wherever_the_read_buffer_ends() {
    let (directory, host) = tree();
    let expected: Vec<String> = (0..5000).map(|n| format!("line {n} {}", "y".repeat(n % 97))).collect();
    std::fs::write(directory.path().join("etc/lines"), expected.join("\n") + "\n").unwrap();
    let mut lines = host.lines("/etc/lines").unwrap();
    let mut seen = Vec::new();
    while let Some(line) = lines.next_line().unwrap() {
        assert!(line.is_whole && line.is_ended);
        seen.push(String::from_utf8(line.bytes.to_vec()).unwrap());
    }
    assert_eq!(seen, expected);
}

#[test]
fn sources_are_recorded_by_pattern_and_never_by_name() {
    let (directory, host) = tree();
    std::fs::create_dir_all(directory.path().join("sys/class/net/wlx001122334455")).unwrap();
    let place = Place::of("/sys/class/net/*/address", &["wlx001122334455"]);
    assert_eq!(host.text(place), Err(Unreadable::Missing));
    assert_eq!(
        host.touched().into_iter().collect::<Vec<_>>(),
        [SourcePlace::File("/sys/class/net/*/address")]
    );
    assert_eq!(host.text(Place::of("/sys/class/net/*/address", &[".."])), Err(Unreadable::Odd));
    assert_eq!(host.text(Place::of("/sys/class/net/*/address", &["a/b"])), Err(Unreadable::Odd));
}

#[test]
fn refused_access_is_told_apart_from_absence() {
    let absence = |kind: io::ErrorKind| Absence::from(Unreadable::from(io::Error::from(kind)));
    assert_eq!(absence(io::ErrorKind::PermissionDenied), Absence::DeniedByOs);
    assert_eq!(absence(io::ErrorKind::NotFound), Absence::Unavailable);
}

#[test]
fn this_machine_is_recognised_however_its_root_is_written() {
    // The way up from here ends at the root, as `--root .` does when it is called there.
    let up = "../".repeat(std::env::current_dir().map_or(0, |here| here.components().count()));
    for root in ["/", "/.", "//", "/etc/..", up.as_str()] {
        assert!(Host::at(Path::new(root)).is_live(), "{root}");
    }
    let (directory, host) = tree();
    assert!(!host.is_live());
    assert!(!Host::at(&directory.path().join("gone")).is_live());
}

/// What a person can make into a link leads to nothing but the person's own, with or without a sandbox.
#[test]
fn a_persons_links_open_and_list_nothing_of_others() {
    let tree = tempfile::tempdir().unwrap();
    let at = |path: &str| tree.path().join(path);
    for directory in ["home/anna/app", "home/ben/private", "nix/var/nix/profiles/per-user/anna", "etc"] {
        std::fs::create_dir_all(at(directory)).unwrap();
    }
    std::fs::write(at("etc/secret"), "secret").unwrap();
    std::fs::write(at("home/ben/private/x.json"), "secret").unwrap();
    std::fs::write(at("home/anna/app/own.json"), "own").unwrap();
    let link = |to: &str, path: &str| std::os::unix::fs::symlink(to, at(path)).unwrap();
    link("/etc/secret", "home/anna/app/link.json");
    link("own.json", "home/anna/app/inside.json");
    link("/home/ben/private", "home/anna/dir");
    link("/etc", "nix/var/nix/profiles/per-user/anna/profile");
    let host = Host::at(tree.path());
    let app = |name| host.text(Place::of("/home/*/app/*.json", &["anna", name]));
    assert_eq!(app("own").as_deref(), Ok("own"));
    assert_eq!(app("inside").as_deref(), Ok("own"));
    assert_eq!(app("link"), Err(Unreadable::Denied));
    let below = Place::of("/home/*/dir/*.json", &["anna"]);
    assert_eq!(host.fill(below), Err(Unreadable::Denied));
    assert_eq!(host.text(Place::of("/home/*/dir/*.json", &["anna", "x"])), Err(Unreadable::Denied));
    let profile = "/nix/var/nix/profiles/per-user/*/profile/secret";
    assert_eq!(host.text(Place::of(profile, &["anna"])), Err(Unreadable::Denied));
}
