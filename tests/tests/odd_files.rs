//! Whatever has the name of a file that is read, no program waits for it: each ends, and where it needed the file it says which one it was. The
//! state of a device and the directory of a collector are tampered with file by file, and the real programs are started on them.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, Said, binary, ends, repository};
use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

/// More than any program reads of a file, and nothing on the disk.
const HUGE: u64 = 1 << 40;

/// What can have the name of a file.
#[derive(Debug, Clone, Copy)]
enum Odd {
    Fifo,
    Directory,
    Loop,
    Socket,
    Endless,
    Huge,
}

const KINDS: [Odd; 6] = [Odd::Fifo, Odd::Directory, Odd::Loop, Odd::Socket, Odd::Endless, Odd::Huge];

impl Odd {
    /// Puts it there; `false` where only root can.
    fn plant(self, path: &Path) -> bool {
        let made = |program: &str, arguments: &[&str]| {
            Command::new(program).args(arguments).arg(path).status().unwrap().success()
        };
        match self {
            Self::Fifo => assert!(made("mkfifo", &["-m", "600"])),
            Self::Directory => fs::create_dir(path).unwrap(),
            Self::Loop => symlink(path.file_name().unwrap(), path).unwrap(),
            // Its listener is gone by then.
            Self::Socket => drop(UnixListener::bind(path).unwrap()),
            Self::Endless if fs::metadata("/proc/self").unwrap().uid() != 0 => return false,
            Self::Endless => {
                let dev = Command::new("mknod").args(["-m", "600"]).arg(path).args(["c", "1", "5"]).status();
                return dev.unwrap().success();
            }
            Self::Huge => {
                File::create(path).unwrap().set_len(HUGE).unwrap();
                assert!(made("chmod", &["600"]));
            }
        }
        true
    }
}

fn gone(path: &Path) {
    let _ = fs::remove_file(path);
    let _ = fs::remove_dir(path);
}

/// It ended by itself, and where it failed it named the file.
#[track_caller]
fn told(said: &Said, path: &Path, what: &str) {
    let code = said.code.unwrap_or_else(|| panic!("{what} was ended by a signal: {}", said.all()));
    assert!((0..=5).contains(&code) && !said.all().contains("panicked"), "{what}: {}", said.all());
    let name = path.file_name().unwrap().to_string_lossy();
    assert!(code != 1 || said.all().contains(&*name), "{what} does not name {name}: {}", said.all());
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
}

/// Puts something odd in the place of each file in turn, a FIFO and one more kind, and has it looked at. `back` makes good again what a command
/// removed or wrote.
fn in_place_of_each(files: &[PathBuf], folder: &Path, look: impl Fn(&Path, &str)) {
    let safe = tempfile::tempdir().unwrap();
    let copy = safe.path().join("copy");
    let copied = |from: &Path, to: &Path| {
        let _ = fs::remove_dir_all(to);
        assert!(Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap().success());
    };
    copied(folder, &copy);
    for (path, more) in files.iter().zip(KINDS[1..].iter().cycle()) {
        for kind in [Odd::Fifo, *more] {
            gone(path);
            if kind.plant(path) {
                look(path, &format!("{kind:?} as {}", path.display()));
            }
            copied(&copy, folder);
        }
    }
}

#[test]
fn attack_low_whatever_has_the_name_of_a_devices_file_hangs_nothing() {
    let mut collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    for command in
        [&["run", "--once"][..], &["notice", "--acknowledge"], &["custody", "out", "--condition", "good"]]
    {
        let _ = agent.run(command).exits(0);
    }
    collector.kill();
    let state = agent.state();
    let mut files = Vec::new();
    files_below(&state, &mut files);
    assert!(files.len() > 20, "{files:?}");
    // What is there only sometimes.
    for name in [
        "config.toml",
        "ceiling.toml",
        "enrolling.json",
        "cache/again.json",
        "cache/named.json",
        "ledger/0000000001.refused",
        "reader/ceiling.json",
        "reader/consent.json",
        "reader/refused.json",
    ] {
        files.push(state.join(name));
    }
    files.sort();
    files.dedup();
    in_place_of_each(&files, &state, |path, what| {
        for arguments in [&["status"][..], &["run", "--once"], &["sent", "verify"], &["policy", "history"]] {
            told(&ends(agent.command(arguments)), path, &format!("{what}, {arguments:?}"));
        }
    });
    let _ = agent.run(&["status"]).exits(0);
}

#[test]
fn attack_low_whatever_has_the_name_of_a_collectors_file_hangs_nothing() {
    let collector = Collector::initialised();
    let data = collector.data();
    let mut files = Vec::new();
    files_below(&data, &mut files);
    assert!(files.len() > 10, "{files:?}");
    for name in ["collector.db-wal", "collector.db-shm", "tls/ca-next.pem", "keys/receipt-2.pk8"] {
        files.push(data.join(name));
    }
    files.sort();
    files.dedup();
    let place = tempfile::tempdir().unwrap();
    in_place_of_each(&files, &data, |path, what| {
        for arguments in [&["device", "list"][..], &["doctor"], &["certificate", "renew"], &["backup"]] {
            let mut command = Command::new(binary("candor-collector"));
            command.args(arguments).arg("--data").arg(&data);
            if arguments == ["backup"] {
                let output = place.path().join("backup");
                let _ = fs::remove_file(&output);
                command.arg("--output").arg(output);
            }
            told(&ends(command), path, &format!("{what}, {arguments:?}"));
        }
    });
    // A server that cannot read what it needs does not serve, and does not wait either.
    for name in ["collector.toml", "collector.db", "keys/receipt.pk8", "tls/server.pem", "tls/server.key"] {
        let (path, moved) = (data.join(name), place.path().join("moved"));
        fs::rename(&path, &moved).unwrap();
        Odd::Fifo.plant(&path);
        let mut serve = Command::new(binary("candor-collector"));
        serve.arg("serve").arg("--data").arg(&data).args(["--listen", "127.0.0.1:0"]);
        let said = ends(serve).exits(1);
        assert!(said.all().contains("is a FIFO, not a regular file"), "{name}: {}", said.all());
        told(&said, &path, name);
        gone(&path);
        fs::rename(&moved, &path).unwrap();
    }
}

/// Every argument that names a file to be read, with `FILE` in its place.
const OF_COLLECTOR: &[&str] = &[
    "policy check FILE",
    "policy explain FILE",
    "policy diff FILE FILE",
    "policy verify FILE --data DATA",
    "policy sign FILE --data DATA --output OUT",
    "policy sign POLICY --root FILE --key KEY --output OUT",
    "policy sign POLICY --data DATA --key FILE --output OUT",
    "policy sign POLICY --data DATA --key KEY --passphrase-file FILE --output OUT",
    "policy publish FILE --data DATA",
    "root sign FILE --data DATA --key KEY --output OUT",
    "root publish FILE --data DATA",
    "placement sign FILE --data DATA --output OUT",
    "placement publish FILE --data DATA",
    "bundle show FILE",
    "bundle sign FILE --key KEY",
    "bundle sign BUNDLE --key FILE",
    "bundle sign BUNDLE --key KEY --tenant-key FILE",
    "tenant-key show FILE",
    "hash --tenant-key FILE --field host.mac 00-11-22-33-44-55",
    "hash --tenant-key TENANT --field host.mac --input FILE",
    "key new --passphrase-file FILE --output OUT",
    "restore --from FILE --data OUT",
];

const OF_AGENT: &[&str] = &[
    "preview --policy FILE",
    "notice --policy FILE",
    "policy compare FILE",
    "ceiling check FILE",
    "ceiling set FILE",
    "enrol --bundle FILE",
    "tenant-key set --bundle FILE",
    "notice --output FILE",
];

#[test]
fn attack_low_whatever_a_person_names_hangs_nothing() {
    let collector = Collector::initialised();
    let place = tempfile::tempdir().unwrap();
    let agent = Agent::new();
    let (at, data) = (|name: &str| place.path().join(name), collector.data());
    let inventory = repository().join("packaging/policies/inventory.toml");
    let of_data = |name: &str| data.join(name).display().to_string();
    let bundle = at("bundle");
    let _ = collector
        .run(&[
            "bundle",
            "--unsigned",
            "--data",
            &data.display().to_string(),
            "--output",
            &bundle.display().to_string(),
        ])
        .exits(0);
    let words = |line: &str, file: &Path| -> Vec<String> {
        let word = |word: &str| match word {
            "FILE" => file.display().to_string(),
            "DATA" => data.display().to_string(),
            "OUT" => at("out").display().to_string(),
            "POLICY" => inventory.display().to_string(),
            "KEY" => of_data("offline/root.pk8"),
            "TENANT" => of_data("offline/tenant.key"),
            "BUNDLE" => bundle.display().to_string(),
            other => other.to_owned(),
        };
        line.split(' ').map(word).collect()
    };
    for kind in KINDS {
        let file = at("the-file");
        if !kind.plant(&file) {
            continue;
        }
        for line in OF_COLLECTOR {
            // An Ed25519 key in the clear asks for no passphrase.
            if line.starts_with("policy sign POLICY") && line.contains("--passphrase-file") {
                continue;
            }
            let mut command = Command::new(binary("candor-collector"));
            command.args(words(line, &file));
            let said = ends(command);
            assert!(said.code != Some(0) && said.code != Some(2), "{kind:?}, {line}: {}", said.all());
            told(&said, &file, &format!("{kind:?}, {line}"));
            gone(&at("out"));
        }
        for line in OF_AGENT {
            let arguments = words(line, &file);
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let said = ends(agent.command(&arguments));
            // A file that holds nothing is replaced by a notice that says so.
            let is_replaced = line.contains("--output") && matches!(kind, Odd::Huge);
            assert!(is_replaced || said.code != Some(0), "{kind:?}, {line}: {}", said.all());
            assert_ne!(said.code, Some(2), "{kind:?}, {line}: {}", said.all());
            told(&said, &file, &format!("{kind:?}, {line}"));
        }
        gone(&file);
    }
}

#[test]
fn what_is_written_where_a_person_says_follows_no_link() {
    let place = tempfile::tempdir().unwrap();
    let (victim, link) = (place.path().join("victim"), place.path().join("notice.html"));
    fs::write(&victim, "precious").unwrap();
    symlink(&victim, &link).unwrap();
    let said =
        Agent::new().run(&["notice", "--format", "html", "--output", &link.to_string_lossy()]).exits(1);
    assert!(said.err.contains("is a symbolic link, not a regular file"), "{}", said.err);
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    fs::remove_file(&link).unwrap();
    let _ = Agent::new().run(&["notice", "--format", "html", "--output", &link.to_string_lossy()]).exits(0);
    let mut text = String::new();
    File::open(&link).unwrap().read_to_string(&mut text).unwrap();
    assert!(text.contains("<html"), "{text}");
    assert_eq!(fs::metadata(&link).unwrap().mode() & 0o777, 0o600);
}
