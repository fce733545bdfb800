//! The helper that asks the system bus in the reader's place: whom it answers, whom the reader hears, and what it passes on.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set itself up has failed")]

mod support;

use candor_reader::host::{AccountId, Host};
use candor_reader::sandbox::Confinement;
use collector_proto::catalog::{Platform, SandboxLevel, fields};
use collector_proto::disclosure::Sandbox;
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use support::bus::{Bus, disclose};

/// The level that is reported is that of the weaker of the two processes.
#[test]
fn a_helper_that_is_not_confined_lowers_the_level() {
    use std::os::unix::fs::PermissionsExt as _;
    let bus = Bus::with(&["sessions"]);
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("helper-without-landlock");
    let text = format!(
        "#!/bin/sh\nexec /usr/bin/strace -qq -o /dev/null -e trace=landlock_create_ruleset \\\n  \
         -e inject=landlock_create_ruleset:error=EOPNOTSUPP '{}' \"$@\"\n",
        env!("CARGO_BIN_EXE_candor-reader")
    );
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let host = Host::at(Path::new("/")).with_bus_at(&bus.socket()).with_bus_asked_by(&script);
    let permitted = fields::X_SESSION_USER.field().source(Platform::Linux).touches.iter().copied().collect();
    let confined = std::thread::spawn(move || Confinement::Kernel.confine(&host, &permitted));
    let sandbox = confined.join().unwrap();
    assert_eq!(sandbox.level(), SandboxLevel::Partial, "{sandbox:?}");
    assert!(!sandbox.files && sandbox.calls && sandbox.capabilities, "{sandbox:?}");
}

/// What a reader that was taken over can have its helper do: ask what the permit names, and nothing else.
#[test]
fn attack_h5_the_helper_passes_on_no_other_member_and_no_bytes() {
    const LIST: &str = "dbus:org.freedesktop.login1/org.freedesktop.login1.Manager.ListSessions";
    let bus = Bus::with(&["sessions", "wifi"]);
    let ask = |id: u32, member: u32, object: &str| {
        json!({ "id": id, "member": member, "object": object, "way": { "Call": null },
                "kind": "Sessions", "within": 5000 })
    };
    let heard = bus.overhear(|| {
        let mut helper = Helper::start(&bus.socket(), &[LIST]);
        let ready = helper.hear().unwrap();
        assert_eq!(ready["connected"], json!({ "Ok": null }));
        let sandbox = serde_json::from_value::<Sandbox>(ready["sandbox"].clone()).unwrap();
        assert_eq!(sandbox.level(), SandboxLevel::Full, "{sandbox:?}");
        helper.say(ask(1, 0, "/org/freedesktop/login1").to_string().as_bytes());
        let sessions = helper.hear().unwrap();
        assert!(sessions["value"]["Ok"].as_array().is_some_and(|list| !list.is_empty()), "{sessions}");
        for (id, member, object) in [(2, 1, "/org/freedesktop/login1"), (3, 0, "not a path")] {
            helper.say(ask(id, member, object).to_string().as_bytes());
            assert_eq!(helper.hear(), Some(json!({ "id": id, "value": { "Err": "Denied" } })));
        }
        // A message for the bus itself, whatever it says, ends the helper.
        helper.say(b"l\x01\x00\x01\0\0\0\0\x01\0\0\0\x08\0\0\0\x05\x01u\0\x01\0\0\0");
        assert_eq!(helper.hear(), None);
        let start_unit = "dbus:org.freedesktop.systemd1/a.Manager.StartUnit";
        let mut other = Helper::start(&bus.socket(), &[LIST, start_unit]);
        assert_eq!(other.hear(), None, "a member that no field has");
        let many: Vec<&str> = std::iter::repeat_n(LIST, 5000).collect();
        let mut other = Helper::start(&bus.socket(), &many);
        assert_eq!(other.hear(), None, "more members than there are");
    });
    assert_eq!(heard.matches("method call").count(), heard.matches("member=Hello").count() + 1, "{heard}");
    assert_eq!(heard.matches("member=ListSessions").count(), 1, "{heard}");
}

/// Lets every user come to what is in the folder.
fn open_to_all(folder: &Path) {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder, mode).unwrap();
}

/// A service that starts a helper of this user for each connection, as the system's manager does it.
fn service(bus: &Path, user: Option<u32>) -> tempfile::TempDir {
    use std::os::unix::process::CommandExt as _;
    let folder = tempfile::tempdir().unwrap();
    let listener = std::os::unix::net::UnixListener::bind(folder.path().join("service")).unwrap();
    // Root's build may stand where another user cannot come.
    let program = folder.path().join("candor-reader");
    std::fs::copy(env!("CARGO_BIN_EXE_candor-reader"), &program).unwrap();
    open_to_all(folder.path());
    let bus = bus.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut helper = Command::new(&program);
            helper.arg("--bus-helper").arg(&bus).stdin(OwnedFd::from(stream.unwrap())).current_dir("/");
            if let Some(user) = user {
                helper.uid(user);
            }
            let _ = helper.stdout(Stdio::null()).spawn().unwrap().wait();
        }
    });
    folder
}

/// A helper behind a socket says the same as one that the reader starts. One of a user that is not expected is not heard,
/// although whoever listens is.
#[test]
fn attack_h5_behind_a_socket_only_the_helpers_own_user_is_heard() {
    // The bus lets in nobody whom the system does not know, so it is `nobody`.
    const STRANGER: u32 = 65_534;
    let bus = Bus::with(&["sessions"]);
    open_to_all(bus.socket().parent().unwrap());
    let own = nix::unistd::geteuid().as_raw();
    // Only root starts a process of another user.
    let other = (own == 0).then_some(STRANGER);
    let serving = service(&bus.socket(), other);
    let asked_of = |user: u32| {
        let service = serving.path().join("service");
        let host = Host::at(Path::new("/")).with_bus_at(&bus.socket());
        host.with_bus_asked_at(&service, AccountId::Uid(user))
    };
    let disclosed = disclose(asked_of(other.unwrap_or(own)), &[fields::X_SESSION_USER]);
    assert_eq!(disclosed["sections"]["session"], json!([{ "x.session.user": ["anna", "root", "zoe"] }]));
    let disclosed = disclose(asked_of(STRANGER - 1), &[fields::X_SESSION_USER]);
    assert_eq!(disclosed["absent"], json!({ "x.session.user": "denied_by_os" }));
    // Nobody is asked where the permit has no field of the bus.
    let host = Host::at(Path::new("/")).with_bus_at(&bus.socket());
    let host = host.with_bus_asked_at(Path::new("/no/such/service"), AccountId::Uid(own));
    let disclosed = disclose(host, &[fields::OS_TYPE]);
    assert_eq!(disclosed["sections"]["os"], json!([{ "os.type": "linux" }]));
}

/// A helper as the reader starts it, with the test in the reader's place.
struct Helper {
    process: Child,
    ours: UnixStream,
}

impl Helper {
    fn start(socket: &Path, members: &[&str]) -> Self {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let process = Command::new(env!("CARGO_BIN_EXE_candor-reader"))
            .arg("--bus-helper")
            .arg(socket)
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut helper = Self { process, ours };
        helper.say(json!({ "members": members }).to_string().as_bytes());
        helper
    }

    fn say(&mut self, message: &[u8]) {
        let length = u32::try_from(message.len()).unwrap();
        // One that does not like the length is gone before the end.
        let _ = self.ours.write_all(&[&length.to_le_bytes()[..], message].concat());
    }

    /// What it says next; `None` when it has ended.
    fn hear(&mut self) -> Option<Value> {
        let mut length = [0; 4];
        self.ours.read_exact(&mut length).ok()?;
        let mut message = vec![0; usize::try_from(u32::from_le_bytes(length)).unwrap()];
        self.ours.read_exact(&mut message).ok()?;
        serde_json::from_slice(&message).unwrap()
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
