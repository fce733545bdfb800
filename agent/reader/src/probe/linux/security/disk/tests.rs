use super::*;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

/// A machine with these mounts: `mount point, number, type, source`.
fn machine(mounts: &[(&str, &str, &str, &str)]) -> (tempfile::TempDir, Host) {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir_all(directory.path().join("proc/self")).unwrap();
    fs::create_dir_all(directory.path().join("sys/block")).unwrap();
    let line = |(point, number, kind, source): &(&str, &str, &str, &str)| {
        format!("25 1 {number} / {point} rw,relatime shared:1 master:2 - {kind} {source} rw\n")
    };
    let text: String = mounts.iter().map(line).collect();
    fs::write(directory.path().join("proc/self/mountinfo"), text).unwrap();
    let host = Host::at(directory.path());
    (directory, host)
}

/// A block device: `name, number, device mapper's name and uuid, what it is made of`.
fn device(root: &Path, name: &str, number: &str, mapper: Option<(&str, &str)>, slaves: &[&str]) {
    let block = root.join("sys/block").join(name);
    fs::create_dir_all(block.join("slaves")).unwrap();
    fs::write(block.join("dev"), format!("{number}\n")).unwrap();
    if let Some((name, uuid)) = mapper {
        fs::create_dir_all(block.join("dm")).unwrap();
        fs::write(block.join("dm/name"), format!("{name}\n")).unwrap();
        fs::write(block.join("dm/uuid"), format!("{uuid}\n")).unwrap();
    }
    for slave in slaves {
        symlink(format!("../../{slave}"), block.join("slaves").join(slave)).unwrap();
    }
}

const LUKS: &str = "CRYPT-LUKS2-0123456789abcdef0123456789abcdef-vda3_crypt";
const LVM: &str = "LVM-AbCdEf";

#[test]
fn lvm_on_luks_is_encrypted_and_luks_on_one_of_two_parts_is_not() {
    let (tree, host) = machine(&[
        ("/", "254:1", "ext4", "/dev/mapper/vg-root"),
        ("/boot", "259:2", "ext4", "/dev/nvme0n1p2"),
    ]);
    device(tree.path(), "nvme0n1", "259:0", None, &[]);
    device(tree.path(), "dm-0", "254:0", Some(("vda3_crypt", LUKS)), &["nvme0n1p3"]);
    device(tree.path(), "dm-1", "254:1", Some(("vg-root", LVM)), &["dm-0"]);
    assert_eq!(is_encrypted(&host), Ok(true));
    device(tree.path(), "dm-1", "254:1", Some(("vg-root", LVM)), &["sda1"]);
    assert_eq!(is_encrypted(&host), Ok(false));
}

#[test]
fn both_the_system_and_the_homes_count() {
    let homes = |home: (&'static str, &'static str, &'static str, &'static str)| {
        let (tree, host) = machine(&[("/", "254:0", "ext4", "/dev/mapper/root"), home]);
        device(tree.path(), "dm-0", "254:0", Some(("root", LUKS)), &["sda2"]);
        device(tree.path(), "sda", "8:0", None, &[]);
        is_encrypted(&host)
    };
    assert_eq!(homes(("/home", "8:3", "ext4", "/dev/sda3")), Ok(false));
    assert_eq!(homes(("/home", "254:0", "ext4", "/dev/mapper/root")), Ok(true));
    // The network's disk is not this machine's; what hides /home from the service is not it.
    assert_eq!(homes(("/home", "0:53", "nfs4", "server:/home")), Ok(true));
    assert_eq!(homes(("/home", "0:27", "tmpfs", "tmpfs")), Ok(true));
    assert_eq!(homes(("/home", "0:40", "zfs", "tank/home")), Err(Absence::Unavailable));
    assert_eq!(homes(("/srv", "8:3", "ext4", "/dev/sda3")), Ok(true));
}

#[test]
fn btrfs_is_found_by_the_name_of_its_device() {
    let (tree, host) =
        machine(&[("/", "0:30", "btrfs", "/dev/mapper/luks-1234"), ("/home", "0:30", "btrfs", "/dev/dm-0")]);
    device(tree.path(), "dm-0", "254:0", Some(("luks-1234", LUKS)), &["sda2"]);
    assert_eq!(is_encrypted(&host), Ok(true));
    let (_tree, host) = machine(&[("/", "0:30", "btrfs", "/dev/sda2")]);
    assert_eq!(is_encrypted(&host), Ok(false));
}

#[test]
fn what_only_checks_does_not_encrypt() {
    for (uuid, expected) in [
        ("CRYPT-PLAIN-x", true),
        ("CRYPT-LUKS1-0123-x", true),
        ("CRYPT-VERITY-0123-x", false),
        ("CRYPT-INTEGRITY-x", false),
        ("mpath-3600", false),
        ("", false),
    ] {
        let (tree, host) = machine(&[("/", "254:0", "ext4", "/dev/mapper/x")]);
        device(tree.path(), "dm-0", "254:0", Some(("x", uuid)), &["sda2"]);
        assert_eq!(is_encrypted(&host), Ok(expected), "{uuid}");
    }
}

#[test]
fn a_system_without_a_disk_has_no_answer_and_one_with_an_image_has() {
    let (_tree, host) = machine(&[("/", "0:30", "overlay", "overlay")]);
    assert_eq!(is_encrypted(&host), Err(Absence::Unavailable));
    let (_tree, host) =
        machine(&[("/", "0:30", "overlay", "composefs"), ("/sysroot", "8:2", "xfs", "/dev/sda2")]);
    assert_eq!(is_encrypted(&host), Ok(false));
    let (_tree, host) = machine(&[("/", "0:30", "zfs", "rpool/root")]);
    assert_eq!(is_encrypted(&host), Err(Absence::Unavailable));
}

#[test]
fn loops_and_broken_files_end() {
    let (tree, host) = machine(&[("/", "254:0", "ext4", "/dev/mapper/a")]);
    device(tree.path(), "dm-0", "254:0", Some(("a", LVM)), &["dm-1"]);
    device(tree.path(), "dm-1", "254:1", Some(("b", LVM)), &["dm-0"]);
    assert_eq!(is_encrypted(&host), Err(Absence::Malformed));
    // Many parts in many layers: without a bound on visits this would not end.
    let names: Vec<String> = (0..40).map(|number| format!("dm-{number}")).collect();
    for (number, name) in names.iter().enumerate() {
        let all: Vec<&str> = names.iter().map(String::as_str).filter(|other| *other != name).collect();
        fs::remove_dir_all(tree.path().join("sys/block").join(name)).ok();
        device(tree.path(), name, &format!("254:{number}"), Some((name, LVM)), &all);
    }
    assert_eq!(is_encrypted(&host), Err(Absence::Malformed));
    fs::write(tree.path().join("proc/self/mountinfo"), "25 1 8:2 / / rw shared:1\n\u{0}\n25\n").ok();
    assert_eq!(is_encrypted(&host), Err(Absence::Malformed));
    fs::remove_file(tree.path().join("proc/self/mountinfo")).ok();
    assert_eq!(is_encrypted(&host), Err(Absence::Unavailable));
}
