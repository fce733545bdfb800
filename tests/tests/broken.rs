//! A machine on which nothing is as it should be: the real reader, with little memory, neither fails nor hangs, says a reason
//! for each source that it could not read, and reports what the others hold.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{binary, fixture, fuzz};
use std::fs;
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Packages in the status file, and how long a description each has: 200 MB together.
const PACKAGES: usize = 2000;
const DESCRIPTION_BYTES: usize = 100_000;

/// Most address space of the reader in KiB, far below the size of the status file.
const MOST_KIB: u32 = 128 * 1024;

/// The reader is taken to hang after this long. It takes some seconds unoptimised.
const HANGS: Duration = Duration::from_mins(2);

fn put(root: &Path, path: &str, content: &[u8]) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn fifo(root: &Path, path: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
}

fn junk(bytes: usize) -> Vec<u8> {
    // The multiplier is Knuth's.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u8::try_from(state >> 56).unwrap()
    };
    (0..bytes).map(|_| next()).collect()
}

fn half(file: &str) -> Vec<u8> {
    let whole = fs::read(fixture(file)).unwrap();
    whole[..whole.len() / 2].to_vec()
}

/// A status file of 200 MB that is valid to its last byte.
fn large_status(root: &Path) {
    put(root, "var/lib/dpkg/status", b"");
    let mut file = BufWriter::new(fs::File::create(root.join("var/lib/dpkg/status")).unwrap());
    let line = format!(" {}\n", "x".repeat(998));
    for number in 0..PACKAGES {
        write!(
            file,
            "Package: package-{number}\nStatus: install ok installed\nArchitecture: all\nVersion: 1.{number}\nDescription: long\n"
        )
        .unwrap();
        for _ in 0..DESCRIPTION_BYTES / line.len() {
            file.write_all(line.as_bytes()).unwrap();
        }
        file.write_all(b"\n").unwrap();
    }
    file.flush().unwrap();
}

fn broken_machine(root: &Path) {
    fifo(root, "etc/os-release");
    fs::create_dir_all(root.join("etc/machine-id")).unwrap();
    put(
        root,
        "etc/passwd",
        b"anna:x:1000:1000:Anna:/home/anna:/bin/sh\nno account\n\xff\xfe:x:1001:1001::/:\n",
    );
    put(root, "etc/hostname", b"still-here\n");
    put(root, "var/log/lastlog", b"junk!");
    put(root, "var/lib/wtmpdb/wtmp.db", &half("debian-13/var/lib/wtmpdb/wtmp.db"));
    large_status(root);
    put(root, "usr/lib/sysimage/rpm/rpmdb.sqlite", &half("fedora-41/usr/lib/sysimage/rpm/rpmdb.sqlite"));
    put(root, "lib/apk/db/installed", &junk(100_000));
    fifo(root, "var/lib/pacman/local/bash-5.3.3-2/desc");
    fs::create_dir_all(root.join("var/db")).unwrap();
    symlink("loop", root.join("var/db/pkg")).unwrap();
    symlink("pkg", root.join("var/db/loop")).unwrap();
    put(root, "var/lib/pkgtools/packages", b"a file where a directory belongs");
    put(root, "nix/store/.links", b"");
    put(root, "nix/var/nix/profiles/default/manifest.json", &junk(5000));
    put(root, "home/linuxbrew/.linuxbrew/Cellar/wget/1.25.0/INSTALL_RECEIPT.json", b"{\"time\":");
    put(root, "proc/self/mountinfo", &junk(10_000));
    put(root, "etc/locale.conf", "x".repeat(100_000).as_bytes());
    put(root, "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", b"");
    put(root, "sys/class/drm/card0-DP-1/edid", &junk(50));
    put(root, "sys/class/dmi/id/product_serial", b"SN-1");
    let serial = root.join("sys/class/dmi/id/product_serial");
    fs::set_permissions(&serial, fs::Permissions::from_mode(0o600)).unwrap();
    // Refused to root without capabilities too; whoever is not root cannot give it away, and may not read it at all.
    if chown(&serial, Some(12345), Some(12345)).is_err() {
        fs::set_permissions(&serial, fs::Permissions::from_mode(0o000)).unwrap();
    }
    put(root, "sys/class/dmi/id/sys_vendor", b"Example Inc.\n");
}

/// The reader's answer to a draft of all fields, with little memory and before the time is over.
fn read(root: &Path, folder: &Path) -> serde_json::Value {
    let request =
        serde_json::json!({"op": "draft", "contract": 1, "policy": fuzz::policy_of_everything().document()});
    let (question, answer) = (folder.join("question.json"), folder.join("answer.json"));
    fs::write(&question, serde_json::to_vec(&request).unwrap()).unwrap();
    let mut reader = Command::new("sh")
        .arg("-c")
        .arg(format!("ulimit -v {MOST_KIB}; exec \"$@\""))
        .arg("sh")
        .arg(binary("candor-reader"))
        .args(["--state".as_ref(), folder.join("reader").as_os_str(), "--root".as_ref(), root.as_os_str()])
        .stdin(fs::File::open(question).unwrap())
        .stdout(fs::File::create(&answer).unwrap())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let since = Instant::now();
    let status = loop {
        if let Some(status) = reader.try_wait().unwrap() {
            break status;
        }
        if since.elapsed() > HANGS {
            reader.kill().unwrap();
            panic!("the reader hangs");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "the reader ended with {status}");
    serde_json::from_slice(&fs::read(answer).unwrap()).unwrap()
}

#[test]
fn each_broken_source_has_its_reason_and_the_others_still_report() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    broken_machine(&root);
    let answer = read(&root, folder.path());
    let disclosure = candor_tests::disclosed(&answer["disclosure"]);
    assert_eq!(disclosure["sections"]["package"].as_array().map(Vec::len), Some(PACKAGES), "{answer}");
    let failed = serde_json::json!({
        "rpm": "malformed", "apk": "malformed", "pacman": "malformed", "portage": "malformed",
        "slackware": "malformed", "nix": "malformed", "brew": "malformed",
    });
    // Browsers are told from packages.
    assert_eq!(disclosure["failed"], serde_json::json!({"package": failed, "browser": failed}));
    for (field, reason) in [
        ("os.name", "malformed"),
        ("host.id", "malformed"),
        ("x.host.locale", "too_large"),
        ("device.serial_number", "denied_by_os"),
        ("x.user.last_login", "malformed"),
        ("x.security.secure_boot", "malformed"),
        ("x.display.model", "malformed"),
    ] {
        assert_eq!(disclosure["absent"][field], reason, "{field}: {}", disclosure["absent"]);
    }
    assert_eq!(disclosure["sections"]["device"][0]["device.manufacturer"], "Example Inc.");
    assert_eq!(disclosure["sections"]["user"][0]["user.name"], "anna");
}
