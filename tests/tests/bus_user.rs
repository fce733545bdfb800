//! The helper that asks the system bus has a user of its own on a booted system, and is told what root is told.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Booted, repository};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Where the reader finds the helper.
const SERVICE: &str = "/run/candor-reader/bus.sock";

/// What a draft with a field of every service collects. Positions need consent, which a draft has not got.
const DRAFT: &str = r#"
[[collect]]
fields = ["x.device.imei", "x.sim.state", "x.sim.iccid", "network.carrier.name", "x.wwan.signal"]
purposes = ["inventory"]

[[collect]]
fields = ["x.network.wifi.ssid", "network.interface.name", "x.session.user"]
purposes = ["inventory"]
"#;

/// The policy of the bus that the real services come with: who may ask them what.
fn bus_policies() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().nth(3).unwrap().join("booted");
    std::fs::create_dir_all(&folder).unwrap();
    let lock = std::fs::File::create(folder.join("bus.lock")).unwrap();
    lock.lock().unwrap();
    let done = folder.join("bus");
    if !done.exists() {
        let half = tempfile::tempdir_in(&folder).unwrap();
        let script = "apt-get -q download modemmanager network-manager && for file in *.deb; do dpkg-deb -x $file .; done";
        let loaded = Command::new("sh").args(["-c", script]).current_dir(half.path()).status().unwrap();
        assert!(loaded.success(), "the packages of the services cannot be had");
        std::fs::rename(half.keep(), &done).unwrap();
    }
    done
}

/// Services on the bus of the booted system, which end with it.
struct Services {
    process: Child,
    _log: tempfile::TempDir,
}

impl Services {
    fn start(booted: &Booted) -> Self {
        for folder in ["etc/dbus-1/system.d", "usr/share/dbus-1/system.d"] {
            let copied = Command::new("cp")
                .arg("-r")
                .arg(bus_policies().join(folder).join("."))
                .arg(booted.path("/etc/dbus-1/system.d/"))
                .status();
            assert!(copied.unwrap().success(), "{folder}");
        }
        // The mock takes the name of the real one, whose policy stays.
        let _ = booted.run(&["systemctl", "mask", "--now", "systemd-logind.service"]).exits(0);
        let _ = booted.run(&["systemctl", "reload", "dbus.service"]).exits(0);
        let log = tempfile::tempdir().unwrap();
        let bus = booted.inside("/run/dbus/system_bus_socket");
        let mut process = Command::new("/usr/bin/python3")
            .arg(repository().join("agent/reader/tests/support/mocks.py"))
            .arg(log.path().join("log"))
            .args(["modems", "wifi", "sessions"])
            .env("DBUS_SYSTEM_BUS_ADDRESS", format!("unix:path={}", bus.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("/usr/bin/python3 with python3-dbusmock is needed");
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "a mock failed: see above");
        Self { process, _log: log }
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// What a draft that collects this discloses.
fn preview(booted: &Booted, collect: &str) -> Value {
    let inventory = std::fs::read_to_string(repository().join("packaging/policies/inventory.toml")).unwrap();
    let (head, _) = inventory.split_once("[[collect]]").unwrap();
    std::fs::write(booted.path("/root/draft.toml"), format!("{head}{collect}")).unwrap();
    let preview = ["candor", "preview", "--policy", "/root/draft.toml", "--format", "json"];
    booted.run(&preview).exits(0).json()
}

/// How many connections the manager took for the helper.
fn accepted(booted: &Booted) -> u32 {
    let said = booted.run(&["systemctl", "show", "candor-bus.socket", "--value", "--property=NAccepted"]);
    said.exits(0).out.trim().parse().unwrap()
}

fn booted_with_reader() -> Option<Booted> {
    let booted = Booted::start()?;
    let _ = booted.run(&["systemctl", "start", "candor-reader.socket"]).exits(0);
    Some(booted)
}

#[test]
fn services_tell_the_helpers_user_what_they_tell_root() {
    let Some(booted) = booted_with_reader() else { return };
    let _services = Services::start(&booted);
    let asked_by_its_user = preview(&booted, DRAFT);
    assert_eq!(accepted(&booted), 1);
    let sandbox = &asked_by_its_user["sandbox"];
    assert!(["files", "calls", "capabilities"].iter().all(|part| sandbox[*part] == true), "{sandbox}");
    let sections = &asked_by_its_user["sections"];
    assert_eq!(sections["wwan"][0]["x.device.imei"], "352099001761480", "{asked_by_its_user}");
    assert_eq!(sections["session"], serde_json::json!([{ "x.session.user": ["anna", "root", "zoe"] }]));
    assert!(sections["network"].to_string().contains("Café Candor"), "{asked_by_its_user}");
    // Without the service the reader starts its helper by itself, as root.
    let _ = booted.run(&["systemctl", "stop", "candor-bus.socket"]).exits(0);
    let asked_by_root = preview(&booted, DRAFT);
    assert_eq!(asked_by_its_user["sections"], asked_by_root["sections"]);
    assert_eq!(asked_by_its_user["absent"], asked_by_root["absent"]);
}

#[test]
fn attack_h5_the_helper_is_nobody_in_particular_and_only_the_readers_user_reaches_it() {
    let Some(booted) = booted_with_reader() else { return };
    // Where the permit has no field of the bus nobody is started.
    let no_bus = "[[collect]]\nfields = [\"os.type\"]\npurposes = [\"inventory\"]\n";
    assert_eq!(preview(&booted, no_bus)["sections"]["os"][0]["os.type"], "linux");
    assert_eq!(accepted(&booted), 0);

    let mut reader = UnixStream::connect(booted.inside(SERVICE)).unwrap();
    let helper = booted.run_until(
        &["sh", "-c", "cat $(grep -l bus-helper /proc/[0-9]*/cmdline | sed s/cmdline/status/)"],
        |said| said.out.contains("candor-reader"),
    );
    let user = booted.run(&["id", "--user", "candor-bus"]).exits(0).out;
    let line = |name: &str| helper.out.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim();
    assert!(line("Uid:").split_whitespace().all(|uid| uid == user.trim()), "{}", helper.out);
    assert_eq!((line("CapPrm:"), line("CapBnd:")), ("0000000000000000", "0000000000000000"));
    assert_eq!((line("NoNewPrivs:"), line("Seccomp:")), ("1", "2"));
    // What no field of the catalogue has ends it, whoever asks.
    let wanted =
        br#"{"members":["dbus:org.freedesktop.systemd1/org.freedesktop.systemd1.Manager.StartUnit"]}"#;
    let length = u32::try_from(wanted.len()).unwrap();
    reader.write_all(&[&length.to_le_bytes()[..], wanted].concat()).unwrap();
    assert_eq!(reader.read(&mut [0; 64]).unwrap(), 0);

    let connect = "use IO::Socket::UNIX; exit(IO::Socket::UNIX->new(Peer => shift) ? 0 : 1)";
    for account in ["candor", "candor-bus", "nobody"] {
        let said = booted.run_as(account, &["perl", "-e", connect, SERVICE]);
        assert_eq!(said.code, Some(1), "{account}: {}", said.all());
    }
    let _ = booted.run(&["perl", "-e", connect, SERVICE]).exits(0);
    // No number of connections ends it.
    let many = format!("for (1..300) {{ IO::Socket::UNIX->new(Peer => '{SERVICE}') }}");
    let _ = booted.run(&["perl", "-MIO::Socket::UNIX", "-e", &many]).exits(0);
    let _ = booted.run(&["systemctl", "is-active", "candor-bus.socket"]).exits(0);
    let failed = booted.run(&["systemctl", "list-units", "--failed", "--plain", "--no-legend", "candor*"]);
    assert_eq!(failed.exits(0).out, "");
}
