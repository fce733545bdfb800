//! What is used at all: the rule of the crate's documentation, point by point. What needs a second user runs as root alone.
#![cfg(any(target_os = "linux", target_os = "macos"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails where it stands")]
#![allow(clippy::print_stderr, reason = "a test that is not run says so")]

use candor_durable::{Directory, Distrust, Fault, Role, examine, open_named, open_on_way};
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt as _, chown, lchown, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Somebody else: neither root nor the user that runs tests.
const OTHER: u32 = 12_345;

/// A directory of state below one that is passed through.
struct Tree(tempfile::TempDir);

impl Tree {
    fn new() -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        fs::create_dir_all(tree.state()).unwrap();
        tree.mode(&tree.way(), 0o755);
        tree.mode(&tree.state(), 0o700);
        tree
    }

    fn way(&self) -> PathBuf {
        self.0.path().join("way")
    }

    fn state(&self) -> PathBuf {
        self.way().join("state")
    }

    fn file(&self, mode: u32) -> PathBuf {
        let file = self.state().join("file");
        fs::write(&file, "content").unwrap();
        self.mode(&file, mode);
        file
    }

    #[expect(clippy::unused_self, reason = "what has a mode is in the tree")]
    fn mode(&self, path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    fn open(&self) -> io::Result<Directory> {
        Directory::open(&self.state(), Role::State)
    }

    fn read(&self) -> io::Result<File> {
        self.open()?.read("file")
    }
}

#[track_caller]
fn refused<T>(result: io::Result<T>, culprit: &Path) -> Fault {
    let error = result.err().expect("it is refused");
    let distrust = Distrust::of(&error).unwrap_or_else(|| panic!("not by the rule: {error}"));
    assert_eq!(distrust.culprit, culprit, "{distrust}");
    distrust.fault
}

fn mode_of(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Whether a second user can be had. A test that cannot run says so; as root it must.
fn is_root(what: &str) -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    let root = String::from_utf8_lossy(&output.stdout).trim() == "0";
    if !root {
        eprintln!("not tried, since it needs root: {what}");
    }
    root
}

#[test]
fn what_only_its_owner_can_change_is_used() {
    let tree = Tree::new();
    tree.file(0o600);
    tree.read().unwrap();
    // Others may look into a directory on the way and into the state directory, and may add to a sticky one.
    tree.mode(&tree.state(), 0o755);
    tree.mode(&tree.way(), 0o1777);
    tree.read().unwrap();
}

#[test]
fn what_others_can_change_is_refused_wherever_it_is() {
    for mode in [0o770, 0o702, 0o777] {
        let tree = Tree::new();
        tree.file(0o600);
        tree.mode(&tree.way(), mode);
        assert_eq!(refused(tree.read(), &tree.way()), Fault::Writable { mode });
        tree.mode(&tree.way(), 0o700);
        tree.mode(&tree.state(), mode);
        assert_eq!(refused(tree.read(), &tree.state()), Fault::Writable { mode });
        assert_eq!(
            refused(Directory::make(&tree.state(), Role::State), &tree.state()),
            Fault::Writable { mode }
        );
    }
    // A sticky directory is passed through and not used.
    let tree = Tree::new();
    tree.mode(&tree.state(), 0o1777);
    assert_eq!(refused(tree.open(), &tree.state()), Fault::Writable { mode: 0o1777 });
    let tree = Tree::new();
    let file = tree.file(0o620);
    assert_eq!(refused(tree.read(), &file), Fault::Writable { mode: 0o620 });
    assert_eq!(refused(tree.open().unwrap().lock_file("file"), &file), Fault::Writable { mode: 0o620 });
    assert_eq!(refused(tree.open().unwrap().log_file("file"), &file), Fault::Writable { mode: 0o620 });
}

#[test]
fn a_relative_path_has_a_way_as_well() {
    // Tests run in the folder of their crate, whose way is as good as that of the sources.
    let relative = Directory::open(Path::new("tests"), Role::State);
    let absolute = Directory::open(&std::env::current_dir().unwrap().join("tests"), Role::State);
    assert_eq!(relative.is_ok(), absolute.is_ok());
}

#[test]
fn own_links_on_the_way_are_followed_and_none_at_a_file_of_state() {
    let tree = Tree::new();
    let file = tree.file(0o600);
    let link = tree.way().join("link");
    for target in [tree.state(), PathBuf::from("state"), PathBuf::from("../way/./state/")] {
        symlink(target, &link).unwrap();
        Directory::open(&link, Role::State).unwrap().read("file").unwrap();
        fs::remove_file(&link).unwrap();
    }
    // Back to where the way leads through: that is the directory that would be used.
    tree.mode(&tree.way(), 0o1777);
    symlink(".", &link).unwrap();
    assert_eq!(refused(Directory::open(&link, Role::State), &tree.way()), Fault::Writable { mode: 0o1777 });
    fs::remove_file(&link).unwrap();
    symlink("link", &link).unwrap();
    assert_eq!(refused(Directory::open(&link, Role::State), &link), Fault::Links);
    let inside = tree.state().join("inside");
    for target in [file.as_path(), Path::new("nowhere")] {
        symlink(target, &inside).unwrap();
        let directory = tree.open().unwrap();
        let expected = Fault::Kind { found: "a symbolic link", expected: "a regular file" };
        assert_eq!(refused(directory.read("inside"), &inside), expected);
        assert_eq!(refused(directory.lock_file("inside"), &inside), expected);
        assert_eq!(refused(directory.log_file("inside"), &inside), expected);
        directory.replace("inside", b"own").unwrap();
        assert!(!fs::symlink_metadata(&inside).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"content");
        fs::remove_file(&inside).unwrap();
    }
    assert!(!tree.state().join("nowhere").exists());
}

#[test]
fn a_directory_that_is_open_stays_the_one_that_was_looked_at() {
    let tree = Tree::new();
    tree.file(0o600);
    let directory = tree.open().unwrap();
    let (moved, swapped) = (tree.way().join("moved"), tree.way().join("swapped"));
    fs::rename(tree.state(), &moved).unwrap();
    fs::create_dir(&swapped).unwrap();
    fs::write(swapped.join("file"), "another's").unwrap();
    symlink(&swapped, tree.state()).unwrap();
    assert_eq!(io::read_to_string(directory.read("file").unwrap()).unwrap(), "content");
    directory.replace("file", b"later").unwrap();
    directory.create("new", b"new").unwrap();
    let _ = directory.lock_file("lock").unwrap();
    assert_eq!(fs::read(moved.join("file")).unwrap(), b"later");
    assert!(moved.join("new").exists() && moved.join("lock").exists());
    assert_eq!(fs::read(swapped.join("file")).unwrap(), b"another's");
    assert_eq!(fs::read_dir(&swapped).unwrap().count(), 1);
    directory.remove("file").unwrap();
    assert!(!moved.join("file").exists() && swapped.join("file").exists());
}

#[test]
fn nothing_is_waited_for_and_odd_files_are_named_as_what_they_are() {
    let tree = Tree::new();
    let file = tree.state().join("file");
    let fifo = |path: &Path| assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    let attempts: [fn(&Directory) -> io::Result<File>; 4] =
        [|d| d.read("file"), |d| d.read_secret("file"), |d| d.lock_file("file"), |d| d.log_file("file")];
    let named = |found| {
        for attempt in attempts {
            let fault = refused(attempt(&tree.open().unwrap()), &file);
            assert_eq!(fault, Fault::Kind { found, expected: "a regular file" });
        }
    };
    fifo(&file);
    named("a FIFO");
    let outside = tree.way().join("configuration");
    fifo(&outside);
    let expected = Fault::Kind { found: "a FIFO", expected: "a regular file" };
    assert_eq!(refused(open_on_way(&outside, Role::Configuration), &outside), expected);
    assert_eq!(refused(open_named(&outside, Role::Bundle), &outside), expected);
    assert_eq!(refused(examine(&outside, Role::ReaderProgram), &outside), expected);
    fs::remove_file(&file).unwrap();
    let socket = UnixListener::bind(&file).unwrap();
    named("a socket");
    drop(socket);
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    named("a directory");
    let error = open_on_way(Path::new("/dev/null"), Role::Configuration).unwrap_err();
    assert!(error.to_string().contains("is a device"), "{error}");
    let error = Directory::open(Path::new("/dev/null"), Role::State).unwrap_err();
    assert!(error.to_string().contains("is a device, not a directory"), "{error}");
}

#[test]
fn a_secret_that_others_can_read_is_refused_and_other_files_are_narrowed() {
    for mode in [0o640, 0o604, 0o644] {
        let tree = Tree::new();
        let file = tree.file(mode);
        assert_eq!(refused(tree.open().unwrap().read_secret("file"), &file), Fault::Readable { mode });
        assert_eq!(refused(open_named(&file, Role::Bundle), &file), Fault::Readable { mode });
        assert_eq!(mode_of(&file), mode);
        tree.read().unwrap();
        assert_eq!(mode_of(&file), 0o600);
        tree.open().unwrap().read_secret("file").unwrap();
        open_named(&file, Role::Bundle).unwrap();
        // A configuration may be for everybody to read.
        tree.mode(&file, mode);
        open_on_way(&file, Role::Configuration).unwrap();
        assert_eq!(mode_of(&file), mode);
    }
}

#[test]
fn a_name_is_single() {
    let tree = Tree::new();
    tree.file(0o600);
    let directory = tree.open().unwrap();
    for name in ["../state/file", "./file", "/etc/passwd", "..", ".", "", "file/"] {
        assert_eq!(directory.read(name).unwrap_err().kind(), io::ErrorKind::InvalidInput, "{name}");
        assert_eq!(directory.replace(name, b"").unwrap_err().kind(), io::ErrorKind::InvalidInput, "{name}");
    }
}

#[test]
fn what_is_not_there_is_not_there() {
    let tree = Tree::new();
    for result in [tree.read().map(drop), Directory::open(&tree.way().join("a/b"), Role::State).map(drop)] {
        assert_eq!(result.unwrap_err().kind(), io::ErrorKind::NotFound);
    }
    let missing = tree.way().join("a/config.toml");
    assert_eq!(open_on_way(&missing, Role::Configuration).unwrap_err().kind(), io::ErrorKind::NotFound);
    Directory::make(&tree.way().join("a/b"), Role::State).unwrap();
    assert_eq!((mode_of(&tree.way().join("a")), mode_of(&tree.way().join("a/b"))), (0o700, 0o700));
}

#[test]
fn what_belongs_to_somebody_else_is_refused_wherever_it_is() {
    if !is_root("files and links of another user") {
        return;
    }
    let us = 0;
    let tree = Tree::new();
    let file = tree.file(0o600);
    let give = |path: &Path| chown(path, Some(OTHER), Some(OTHER)).unwrap();
    let expected = Fault::Owner { owner: OTHER, us };
    for culprit in [tree.way(), tree.state(), file.clone()] {
        give(&culprit);
        assert_eq!(refused(tree.read(), &culprit), expected);
        assert_eq!(refused(open_on_way(&file, Role::Configuration), &culprit), expected);
        assert_eq!(refused(examine(&file, Role::ReaderProgram), &culprit), expected);
        chown(&culprit, Some(0), Some(0)).unwrap();
    }
    give(&file);
    assert_eq!(refused(open_named(&file, Role::Bundle), &file), expected);
    chown(&file, Some(0), Some(0)).unwrap();
    // In a sticky directory anybody can make a link, or the directory itself.
    tree.mode(&tree.way(), 0o1777);
    let link = tree.way().join("link");
    symlink(tree.state(), &link).unwrap();
    Directory::open(&link, Role::State).unwrap();
    lchown(&link, Some(OTHER), Some(OTHER)).unwrap();
    let expected_link = Fault::ForeignLink { owner: OTHER, us };
    assert_eq!(refused(Directory::open(&link, Role::State), &link), expected_link);
    assert_eq!(refused(Directory::make(&link, Role::State), &link), expected_link);
    let below = link.join("file");
    assert_eq!(refused(open_on_way(&below, Role::Configuration), &link), expected_link);
}

#[test]
fn what_somebody_else_keeps_is_looked_into_and_not_changed() {
    if !is_root("a directory of another user") {
        return;
    }
    let tree = Tree::new();
    let (file, own) = (tree.file(0o600), tree.state().join("own"));
    fs::write(&own, "root's").unwrap();
    let below = tree.state().join("below");
    fs::create_dir(&below).unwrap();
    for path in [&tree.state(), &file, &below] {
        chown(path, Some(OTHER), Some(OTHER)).unwrap();
    }
    tree.mode(&own, 0o644);
    let expected = Fault::Owner { owner: OTHER, us: 0 };
    assert_eq!(refused(tree.open(), &tree.state()), expected);
    let looked = Directory::look(&tree.state(), Role::State).unwrap();
    assert_eq!(io::read_to_string(looked.read("file").unwrap()).unwrap(), "content");
    looked.read("own").unwrap();
    assert_eq!(looked.names().unwrap().len(), 3);
    Directory::look(&below, Role::Ledger).unwrap();
    assert_eq!(refused(Directory::open(&below, Role::Ledger), &tree.state()), expected);
    for changed in [
        looked.replace("file", b""),
        looked.create("new", b""),
        looked.remove("file"),
        looked.lock_file("lock").map(drop),
        looked.log_file("file").map(drop),
    ] {
        assert_eq!(refused(changed, &tree.state()), expected);
    }
    assert_eq!(fs::read_dir(tree.state()).unwrap().count(), 3);
    // A third user's file, a link, what others can change, and the way are what they are elsewhere.
    chown(&file, Some(OTHER + 1), Some(0)).unwrap();
    assert_eq!(refused(looked.read("file"), &file), Fault::Owner { owner: OTHER + 1, us: 0 });
    fs::remove_file(&file).unwrap();
    symlink(&own, &file).unwrap();
    assert!(matches!(refused(looked.read("file"), &file), Fault::Kind { .. }));
    chown(tree.way(), Some(OTHER + 1), Some(0)).unwrap();
    let owner = refused(Directory::look(&tree.state(), Role::State), &tree.state());
    assert_eq!(owner, Fault::Owner { owner: OTHER, us: 0 });
    chown(tree.way(), Some(0), Some(0)).unwrap();
    tree.mode(&tree.state(), 0o770);
    let fault = refused(Directory::look(&tree.state(), Role::State), &tree.state());
    assert_eq!(fault, Fault::Writable { mode: 0o770 });
}

#[test]
fn a_refusal_says_what_for_where_why_and_what_to_do() {
    let tree = Tree::new();
    tree.mode(&tree.way(), 0o777);
    let told = tree.open().unwrap_err().to_string();
    let (state, way) = (tree.state(), tree.way());
    assert_eq!(
        told,
        format!(
            "the state directory {} is not used: {way} can be changed by others than its owner \
             (mode 0777); if nobody tampered with it, `chmod go-w {way}`",
            state.display(),
            way = way.display()
        )
    );
}
