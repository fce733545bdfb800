//! A message bus of a test's own, with services on it, and buses that misbehave.
#![allow(clippy::expect_used, reason = "says which package is missing")]

use candor_reader::host::Host;
use candor_reader::probe;
use candor_reader::sandbox::Confinement;
use candor_reader::treat::{HashKeys, treat};
use collector_proto::catalog::{FieldId, LegalBasis, Platform, SandboxLevel, SourcePlace};
use collector_proto::keyed_hash::HashKey;
use collector_proto::messages::Absence;
use collector_proto::policy::{Ceiling, Consent, Draft, Generalisation, Permit, Policy, Rule, Treatment};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

/// A dbus-daemon and its services, which end with it.
pub struct Bus {
    directory: tempfile::TempDir,
    daemon: Child,
    services: Option<(Child, ChildStdin)>,
}

impl Bus {
    /// Starts `dbus-daemon` (Debian package dbus) and the scenarios of mocks.py (python3-dbusmock). Both are needed:
    /// `cargo xtask test` installs them.
    pub fn with(scenarios: &[&str]) -> Self {
        let mut bus = Self::empty();
        let mut services = Command::new("/usr/bin/python3")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/mocks.py"))
            .arg(bus.log())
            .args(scenarios)
            .env("DBUS_SYSTEM_BUS_ADDRESS", format!("unix:path={}", bus.socket().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("/usr/bin/python3 with python3-dbusmock is needed");
        let mut line = String::new();
        BufReader::new(services.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let stdin = services.stdin.take().unwrap();
        bus.services = Some((services, stdin));
        assert_eq!(line, "ready\n", "python3-dbusmock is needed, or a mock failed: see above");
        bus
    }

    /// A bus without services. Any that it may start leaves a file with its name in [`Self::started`].
    pub fn empty() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name).display().to_string();
        std::fs::create_dir(at("services")).unwrap();
        std::fs::create_dir(at("started")).unwrap();
        let name = "org.freedesktop.";
        for service in ["ModemManager1", "NetworkManager", "login1", "GeoClue2"] {
            let started = at(&format!("started/{service}"));
            let text =
                format!("[D-BUS Service]\nName={name}{service}\nExec=/usr/bin/touch {started}\nUser=root\n");
            std::fs::write(at(&format!("services/{name}{service}.service")), text).unwrap();
        }
        let config = format!(
            "<busconfig><listen>unix:path={}</listen><auth>EXTERNAL</auth><servicedir>{}</servicedir>\
             <policy context=\"default\"><allow user=\"*\"/><allow send_destination=\"*\" eavesdrop=\"true\"/>\
             <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
            at("socket"),
            at("services")
        );
        std::fs::write(at("bus.conf"), config).unwrap();
        let mut daemon = Command::new("/usr/bin/dbus-daemon")
            .args(["--nofork", "--print-address", &format!("--config-file={}", at("bus.conf"))])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // It complains where it may not open as many files as it would like.
            .stderr(Stdio::null())
            .spawn()
            .expect("/usr/bin/dbus-daemon (Debian package dbus) is needed");
        let mut line = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("unix:path="), "dbus-daemon did not start: {line}");
        Self { directory, daemon, services: None }
    }

    pub fn socket(&self) -> PathBuf {
        self.directory.path().join("socket")
    }

    pub fn host(&self) -> Host {
        host(&self.socket())
    }

    /// Which services the bus has started.
    pub fn started(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.directory.path().join("started")).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The calls that the services have logged.
    pub fn calls(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap()
    }

    /// Everything that passes over the bus while `work` runs, as dbus-monitor writes it.
    pub fn overhear(&self, work: impl FnOnce()) -> String {
        let mut monitor = Command::new("/usr/bin/dbus-monitor")
            .args(["--address", &format!("unix:path={}", self.socket().display())])
            .stdout(Stdio::piped())
            .spawn()
            .expect("/usr/bin/dbus-monitor (Debian package dbus) is needed");
        let mut heard = BufReader::new(monitor.stdout.take().unwrap());
        // It tells of its own name as soon as it listens.
        heard.read_line(&mut String::new()).unwrap();
        std::thread::sleep(Duration::from_millis(200));
        work();
        std::thread::sleep(Duration::from_millis(200));
        monitor.kill().unwrap();
        monitor.wait().unwrap();
        let mut text = String::new();
        heard.read_to_string(&mut text).unwrap();
        text
    }

    fn log(&self) -> PathBuf {
        self.directory.path().join("log")
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        if let Some((mut services, stdin)) = self.services.take() {
            drop(stdin);
            let _ = services.wait();
        }
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// A socket on which `behave` serves the first connection in a thread of its own.
pub struct FakeBus {
    directory: tempfile::TempDir,
}

impl FakeBus {
    pub fn that(behave: impl FnOnce(UnixStream) + Send + 'static) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(directory.path().join("socket")).unwrap();
        std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            // The reader may be gone first.
            behave(stream);
        });
        Self { directory }
    }

    /// One that lets anybody in and then says `words`, slowly when `pause` is long.
    pub fn that_says(words: Vec<u8>, pause: Duration) -> Self {
        Self::that(move |mut stream| {
            let mut heard = [0; 1024];
            let _ = stream.read(&mut heard);
            if stream.write_all(b"OK 0123456789abcdef0123456789abcdef\r\n").is_err() {
                return;
            }
            let _ = stream.read(&mut heard);
            for piece in words.chunks(if pause.is_zero() { words.len() } else { 1 }) {
                if stream.write_all(piece).is_err() {
                    return;
                }
                std::thread::sleep(pause);
            }
            // Silent, but there, until the reader leaves.
            while stream.read(&mut heard).is_ok_and(|count| count > 0) {}
        })
    }

    pub fn host(&self) -> Host {
        host(&self.directory.path().join("socket"))
    }
}

/// This machine with the bus at this socket, asked as the program does it: through a helper.
fn host(socket: &Path) -> Host {
    let program = Path::new(env!("CARGO_BIN_EXE_candor-reader"));
    Host::at(Path::new("/")).with_bus_at(socket).with_bus_asked_by(program)
}

/// What is disclosed of these fields, each kept where the catalogue allows it, as it is sent. The sandbox holds while they
/// are read, in a thread of its own.
pub fn disclose(host: Host, fields: &[FieldId]) -> Value {
    disclose_touching(host, fields).0
}

/// The same, with the sources that were touched.
pub fn disclose_touching(host: Host, fields: &[FieldId]) -> (Value, BTreeSet<SourcePlace>) {
    let rule = |field: &FieldId| {
        let treatments = super::treatments(field.field());
        let tenth = Treatment::Generalise(Generalisation::TenthDegree);
        let treat = if treatments.contains(&tenth) { tenth } else { treatments[0] };
        super::rule(*field, treat)
    };
    disclose_under(host, fields.iter().map(rule).collect())
}

/// What is disclosed under these rules, with the sources that were touched.
pub fn disclose_under(mut host: Host, rules: Vec<Rule>) -> (Value, BTreeSet<SourcePlace>) {
    let read = std::thread::scope(|scope| scope.spawn(|| disclose_here(&mut host, rules)).join().unwrap());
    (read, host.touched())
}

fn disclose_here(host: &mut Host, rules: Vec<Rule>) -> Value {
    let policy = Policy::check(super::policy(rules)).unwrap();
    let consent = Consent::to([LegalBasis::Consent.name().to_owned()]);
    let permit = Permit::<Draft>::derive(&policy, Platform::Linux, &Ceiling::Unset, &consent);
    let keys = HashKeys::of(HashKey::of(&[1; 32]), None);
    let sandbox = Confinement::Kernel.confine(host, &permit.sources(Platform::Linux));
    assert_eq!(sandbox.level(), SandboxLevel::Full, "{sandbox:?}");
    let own = probe::Own { device_id: None, handover: Err(Absence::Unavailable) };
    let disclosure = treat(probe::read(host, &permit, &own), &permit, &keys, None).unwrap();
    let rows = disclosure.rows();
    serde_json::json!({
        "sections": rows.sections(), "absent": rows.absent, "failed": rows.failed,
        "parts": rows.parts.keys().collect::<Vec<_>>(),
    })
}
