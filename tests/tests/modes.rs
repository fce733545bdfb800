//! What the programs make is its owner's alone, whatever the umask is, and a key that is not is refused.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, binary, ends};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode_of(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

/// The same command under an umask that forbids nothing.
fn without_umask(command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask 0; exec \"$@\"", "sh"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

fn everything_below(path: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            everything_below(&path, found);
        }
        found.push(path);
    }
}

#[test]
fn attack_low_umask_widens_no_mode() {
    let collector = Collector::start();
    let agent = Agent::new();
    let folder = agent.state().parent().unwrap().to_path_buf();
    let bundle = folder.join("bundle.json");
    let mut make = Command::new(binary("candor-collector"));
    let url = collector.url();
    make.args(["bundle", "--url", &url, "--data"]).arg(collector.data()).arg("--output").arg(&bundle);
    let _ = ends(without_umask(&make)).exits(0);
    assert_eq!(mode_of(&bundle), 0o600);
    let bundle = bundle.to_string_lossy().into_owned();
    let commands: [&[&str]; 6] = [
        &["enrol", "--bundle", &bundle],
        &["run", "--once"],
        &["notice", "--acknowledge"],
        &["custody", "out", "--condition", "good"],
        &["doctor"],
        &["run", "--once"],
    ];
    for arguments in commands {
        let _ = ends(without_umask(&agent.command(arguments))).exits(0);
    }
    let export = folder.join("export");
    let exported = export.to_string_lossy().into_owned();
    let _ = ends(without_umask(&agent.command(&["sent", "export", &exported]))).exits(0);
    let mut found = Vec::new();
    everything_below(&export, &mut found);
    assert!(found.len() > 2, "{found:?}");
    assert_eq!(mode_of(&export), 0o700);
    for path in found {
        assert_eq!(mode_of(&path), 0o600, "{}", path.display());
    }
    assert_eq!(mode_of(&agent.state()), 0o700);
    let mut found = Vec::new();
    everything_below(&agent.state(), &mut found);
    assert!(found.len() > 15, "{found:?}");
    for path in found {
        // The notice is for everybody; here nobody else comes to it.
        let is_notice = path.parent() == Some(&agent.state().join("notice"));
        let expected = if path.is_dir() {
            0o700
        } else if is_notice {
            0o644
        } else {
            0o600
        };
        assert_eq!(mode_of(&path), expected, "{}", path.display());
    }
    // What an earlier version left wider is narrowed where others could only read it, and refused where they could write.
    let (documents, acknowledged) =
        (agent.state().join("cache/documents.json"), agent.state().join("reader/acknowledgements.json"));
    mode(&documents, 0o644);
    mode(&acknowledged, 0o644);
    let _ = agent.run(&["status"]).exits(0);
    let _ = agent.run(&["notice", "--acknowledge"]).exits(0);
    assert_eq!((mode_of(&documents), mode_of(&acknowledged)), (0o600, 0o600));
    mode(&acknowledged, 0o666);
    let said = agent.run(&["notice", "--acknowledge"]);
    let all = said.all().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.code != Some(0) && all.contains("can be changed by others"), "{}", said.all());
}

#[test]
fn attack_low_umask_widens_no_mode_of_a_collector() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name).to_string_lossy().into_owned();
    let (data, policy, signed) = (at("data"), at("policy.toml"), at("policy.json"));
    let passphrase = at("passphrase");
    fs::write(&passphrase, "correct horse battery staple\n").unwrap();
    mode(Path::new(&passphrase), 0o600);
    let commands: &[&[&str]] = &[
        &["init", &data],
        &["policy", "new", "--from", "inventory", "--output", &policy],
        &["policy", "sign", &policy, "--data", &data, "--output", &signed],
        &["policy", "publish", &signed, "--data", &data],
        &["bundle", "--data", &data, "--output", &at("bundle.json")],
        &["root", "new-version", "--data", &data, "--rotate", "receipt", "--output", &at("root.toml")],
        &["root", "sign", &at("root.toml"), "--data", &data, "--output", &at("root.json")],
        &["root", "publish", &at("root.json"), "--data", &data],
        &["key", "new", "--output", &at("holder.key"), "--passphrase-file", &passphrase],
        &["tenant-key", "new", "--output", &at("tenant.key"), "--no-passphrase"],
        &["certificate", "renew", "--data", &data],
        &["backup", "--data", &data, "--output", &at("backup")],
        &["retention", "sweep", "--data", &data],
    ];
    let configuration = place.path().join("data/collector.toml");
    for (number, arguments) in commands.iter().enumerate() {
        let mut command = Command::new(binary("candor-collector"));
        command.args(*arguments);
        let _ = ends(without_umask(&command)).exits(0);
        if number == 0 {
            let text = fs::read_to_string(&configuration).unwrap();
            fs::write(&configuration, format!("{text}\n[journal]\npath = \"{}\"\n", at("journal"))).unwrap();
        }
    }
    let mut serve = Command::new(binary("candor-collector"));
    let ready = at("ready");
    serve.args(["serve", "--data", &data, "--listen", "127.0.0.1:0", "--ready-file", &ready]);
    let mut server = without_umask(&serve).stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let since = Instant::now();
    while !Path::new(&ready).exists() {
        assert!(
            since.elapsed() < Duration::from_mins(1) && server.try_wait().unwrap().is_none(),
            "the server does not listen"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut found = Vec::new();
    everything_below(place.path(), &mut found);
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(found.len() > 20, "{found:?}");
    for path in found {
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode_of(&path), expected, "{}", path.display());
    }
}

/// A key is a secret like a bundle, wherever it is kept; and what a restore goes by is written where nobody else can write.
#[test]
fn attack_m8_a_key_that_others_can_read_and_a_journal_that_others_can_change_are_refused() {
    let collector = Collector::initialised();
    let (data, place) = (collector.data(), tempfile::tempdir().unwrap());
    let at = |name: &str| place.path().join(name).to_string_lossy().into_owned();
    let of_data = |name: &str| data.join(name).to_string_lossy().into_owned();
    let (folder, policy, output) =
        (data.to_string_lossy().into_owned(), at("policy.toml"), at("policy.json"));
    let _ = collector.run(&["policy", "new", "--from", "inventory", "--output", &policy]).exits(0);
    let tenant = of_data("offline/tenant.key");
    let uses: [(&str, &[&str]); 5] = [
        ("offline/policy.pk8", &["policy", "sign", &policy, "--data", &folder, "--output", &output]),
        (
            "offline/tenant.key",
            &["hash", "--tenant-key", &tenant, "--field", "host.mac", "00-11-22-33-44-55"],
        ),
        ("keys/receipt.pk8", &["serve", "--data", &folder, "--listen", "127.0.0.1:0"]),
        ("keys/timestamp.pk8", &["backup", "--data", &folder, "--output", &at("backup")]),
        ("tls/server.key", &["serve", "--data", &folder, "--listen", "127.0.0.1:0"]),
    ];
    for (name, arguments) in uses {
        for wide in [0o644, 0o640, 0o620] {
            mode(&data.join(name), wide);
            let mut command = Command::new(binary("candor-collector"));
            command.args(arguments);
            let said = ends(command).exits(1);
            assert!(said.err.contains(name) && said.err.contains("chmod 600"), "{name}: {}", said.all());
            mode(&data.join(name), 0o600);
        }
    }
    let shared = place.path().join("shared");
    fs::create_dir(&shared).unwrap();
    let configuration = data.join("collector.toml");
    let text = fs::read_to_string(&configuration).unwrap();
    let journal = shared.join("journal");
    fs::write(&configuration, format!("{text}\n[journal]\npath = \"{}\"\n", journal.display())).unwrap();
    mode(&shared, 0o777);
    let said = collector.run(&["backup", "--data", &folder, "--output", &at("other")]);
    assert!(said.code == Some(1) && said.err.contains("can be changed by others"), "{}", said.all());
    mode(&shared, 0o700);
    let _ = collector.run(&["backup", "--data", &folder, "--output", &at("backup")]).exits(0);
}
