//! What is about accounts is read as that account, on a booted system whose homes are closed.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Booted, Collector, fixture};
use serde_json::Value;

const READER: &str = "/usr/lib/candor/candor-reader";
const DRAFT: &str = "/root/policy.toml";
const FIREFOX: &str = ".mozilla/firefox/x.default/extensions.json";

/// A system with both sockets and three accounts that keep their homes to themselves. Each has an extension that only it can
/// read and an AppImage; anna has a flatpak and Chromium's extensions besides, carl a profile of Nix.
fn machine() -> Option<Booted> {
    let booted = Booted::start()?;
    let _ = booted.run(&["systemctl", "start", "candor-reader.socket"]).exits(0);
    for account in ["anna", "ben", "carl"] {
        let _ = booted.run(&["useradd", "--create-home", account]).exits(0);
        put(&booted, &home(account, FIREFOX), &list(&format!("Only {account}")));
        put(&booted, &home(account, &format!("Applications/Tool of {account}-1.0-x86_64.AppImage")), "");
        let _ = booted.run(&["chmod", "0600", &home(account, FIREFOX)]).exits(0);
    }
    let desktop = fixture("debian-13-desktop/home/anna");
    let mut copy = std::process::Command::new("cp");
    copy.arg("-a").args([".local", ".config"].map(|name| desktop.join(name)));
    assert!(copy.arg(booted.path(&home("anna", ""))).status().unwrap().success());
    put(&booted, "/nix/store/1-profile/manifest.json", PROFILE);
    let profiles = home("carl", ".local/state/nix/profiles");
    let _ = booted.run(&["mkdir", "-p", &profiles]).exits(0);
    let _ = booted.run(&["ln", "-s", "/nix/store/1-profile", &format!("{profiles}/profile")]).exits(0);
    for account in ["anna", "ben", "carl"] {
        own(&booted, account);
    }
    Some(booted)
}

/// The homes are the accounts' own, and closed.
fn own(booted: &Booted, account: &str) {
    let _ = booted.run(&["chown", "-hR", &format!("{account}:"), &home(account, "")]).exits(0);
    let _ = booted.run(&["chmod", "0700", &home(account, "")]).exits(0);
}

fn home(account: &str, path: &str) -> String {
    format!("/home/{account}/{path}")
}

fn put(booted: &Booted, path: &str, text: &str) {
    let path = booted.path(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// A list of Firefox with one extension.
fn list(name: &str) -> String {
    format!(
        r#"{{"addons":[{{"id":"a@b","type":"extension","version":"1","defaultLocale":{{"name":"{name}"}}}}]}}"#
    )
}

const PROFILE: &str = r#"{"version": 2, "elements": [
    {"active": true, "storePaths": ["/nix/store/9lif8ijwwwl6fib2hw4zf9bvpyf4s5iw-ripgrep-14.1.1"]}]}"#;

/// A policy of these fields.
fn policy(fields: &[&str]) -> String {
    let is_software = |field: &&&str| field.contains("package.") || field.contains("browser.");
    let software: Vec<_> = fields.iter().filter(is_software).collect();
    let of_accounts = match software.as_slice() {
        [] => String::new(),
        software => {
            format!("[[collect]]\npurposes = [\"inventory\"]\naccounts = true\nfields = {software:?}\n")
        }
    };
    let purpose = "[[collect]]\npurposes = [\"inventory\"]\nfields = ";
    let starter =
        std::fs::read_to_string(candor_tests::repository().join("packaging/policies/inventory.toml"));
    let front = starter.unwrap().split("[[collect]]").next().unwrap().to_owned();
    format!("{front}\n{purpose}{fields:?}\n{of_accounts}")
}

/// What a preview of these fields says, asked by root through the socket.
fn preview(booted: &Booted, fields: &[&str]) -> Value {
    std::fs::write(booted.path(DRAFT), policy(fields)).unwrap();
    booted.run(&["candor", "preview", "--policy", DRAFT, "--format", "json"]).exits(0).json()
}

const SOFTWARE: &[&str] =
    &["package.name", "package.type", "x.package.user", "x.browser.name", "x.browser.extension"];

/// Every value of a field.
fn values(said: &Value, section: &str, field: &str) -> Vec<String> {
    let rows = said["sections"][section].as_array().cloned().unwrap_or_default();
    let values = rows.iter().flat_map(|row| match &row[field] {
        Value::Array(values) => values.clone(),
        Value::Null => vec![],
        value => vec![value.clone()],
    });
    let mut values: Vec<String> = values.map(|value| value.as_str().unwrap_or_default().to_owned()).collect();
    values.sort();
    values
}

/// Whether anybody had helpers started: the launcher runs on for some seconds.
fn is_started(booted: &Booted) -> bool {
    let show = ["systemctl", "show", "--value", "--property=ActiveState", "candor-accounts.service"];
    booted.run(&show).exits(0).out.trim() != "inactive"
}

#[test]
fn closed_homes_are_read_as_their_owners() {
    let Some(booted) = machine() else { return };
    let said = preview(&booted, SOFTWARE);
    let extensions = values(&said, "browser", "x.browser.extension");
    for account in ["anna", "ben", "carl"] {
        assert!(extensions.contains(&format!("Only {account} 1")), "{account}: {said:#}");
    }
    assert!(extensions.contains(&"uBlock Origin Lite 2024.12.1.1262".to_owned()), "Chromium's: {said:#}");
    let users = values(&said, "package", "x.package.user");
    let count = |account: &str| users.iter().filter(|user| *user == account).count();
    assert!(count("anna") > 1 && count("ben") == 1 && count("carl") == 2, "{said:#}");
    let types = values(&said, "package", "package.type");
    for kind in ["flatpak", "appimage", "nix"] {
        assert!(types.iter().any(|of| of == kind), "{kind}: {said:#}");
    }
    assert!(said["failed"].as_object().is_none_or(serde_json::Map::is_empty), "{said:#}");
    for part in ["files", "calls", "capabilities"] {
        assert_eq!(said["sandbox"][part], true, "{part}: {}", said["sandbox"]);
    }
    // Root without capabilities, which the reader is, sees nothing of this by itself.
    let _ = booted.run(&["systemctl", "stop", "candor-accounts.socket", "candor-accounts.service"]).exits(0);
    let alone = preview(&booted, SOFTWARE);
    assert!(values(&alone, "browser", "x.browser.extension").is_empty(), "{alone:#}");
    assert_eq!(alone["failed"]["browser"]["firefox"], "denied_by_os", "{alone:#}");
}

#[test]
fn nobody_is_asked_where_no_home_is_needed() {
    let Some(booted) = machine() else { return };
    let _ = preview(&booted, &["host.name", "os.name"]);
    assert!(!is_started(&booted));
    let _ = preview(&booted, &["x.browser.extension"]);
    assert!(is_started(&booted), "where homes are needed it is");
    let show = ["systemctl", "show", "--value", "--property=ActiveState", "candor-accounts.service"];
    let _ = booted.run_until(&show, |said| said.out.trim() == "inactive");
}

#[test]
fn what_one_account_does_costs_its_own_rows() {
    let Some(booted) = machine() else { return };
    let list = home("ben", FIREFOX);
    for (attack, reason) in [
        (format!("chmod 0000 {list}"), "denied_by_os"),
        (format!("rm {list}; ln -s /etc/passwd {list}"), "denied_by_os"),
        (format!("rm {list}; ln -s /home/anna/{FIREFOX} {list}"), "denied_by_os"),
        (format!("rm {list}; mkfifo {list}"), "malformed"),
        (format!("rm {list}; ln -s /dev/zero {list}"), "malformed"),
        (format!("rm {list}; truncate --size=1T {list}"), "too_large"),
        (
            format!(
                "rm {list}; mkdir -p ~/.mozilla/firefox/many; cd ~/.mozilla/firefox; seq 20000 | xargs touch"
            ),
            "too_large",
        ),
    ] {
        let _ = booted.run_as("ben", &["env", "HOME=/home/ben", "bash", "-c", &attack]).exits(0);
        let said = preview(&booted, SOFTWARE);
        assert_eq!(said["failed"]["browser"]["firefox"], reason, "{attack}: {said:#}");
        let extensions = values(&said, "browser", "x.browser.extension");
        let is_there = |name: &str| extensions.contains(&format!("Only {name} 1"));
        assert!(is_there("anna") && is_there("carl") && !is_there("ben"), "{attack}: {said:#}");
        assert!(!said.to_string().contains("root:x:0"), "{attack}");
    }
}

/// Stops every helper of the account's own, as soon as it is there.
const STOP: &str = r"while (1) { for (</proc/[0-9]*>) { open(my $c, qq($_/cmdline)) or next; my $l = <$c> // qq(); kill STOP => m{(\d+)} if $l =~ /account[-]helper/; } }";

/// An account may do with its own processes what it likes.
#[test]
fn an_account_that_stops_its_helpers_stops_no_other() {
    let Some(booted) = machine() else { return };
    let looping = format!("perl -e '{STOP}' > /dev/null 2>&1 &");
    let _ = booted.run_as("ben", &["bash", "-c", &looping]).exits(0);
    for _ in 0..3 {
        let said = preview(&booted, SOFTWARE);
        let extensions = values(&said, "browser", "x.browser.extension");
        let is_there = |name: &str| extensions.contains(&format!("Only {name} 1"));
        assert!(is_there("anna") && is_there("carl"), "{said:#}");
        let is_told = ["too_large", "denied_by_os"]
            .iter()
            .any(|reason| said["failed"]["browser"]["firefox"] == *reason);
        assert!(is_there("ben") != is_told, "{said:#}");
    }
}

/// Says something to a local socket and prints what is answered.
const TALK: &str = r#"
use Socket; socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die; connect($s, pack_sockaddr_un($ARGV[0])) or die "refused: $!";
my $m = $ARGV[1]; syswrite($s, pack("V", length $m) . $m); sysread($s, my $l, 4) or die "closed"; sysread($s, my $a, unpack("V", $l)); print $a;"#;

fn talk<'a>(socket: &'a str, message: &'a str) -> [&'a str; 5] {
    ["perl", "-e", TALK, socket, message]
}

const SOCKET: &str = "/run/candor-reader/accounts.sock";

#[test]
fn the_launcher_is_reached_by_root_alone() {
    let Some(booted) = machine() else { return };
    let begin = r#"{"uid":1001,"directories":["/home/ben"],"places":[]}"#;
    for account in ["candor", "anna", "ben"] {
        let said = booted.run_as(account, &talk(SOCKET, begin));
        assert!(said.err.contains("refused: Permission denied"), "{account}: {}", said.all());
    }
    assert!(!is_started(&booted));
    let said = booted.run(&talk(SOCKET, begin)).exits(0);
    assert!(said.out.contains("\"Ok\""), "root reaches it: {}", said.all());
    // Neither does the program help anybody who starts it.
    let said = booted.run_as("anna", &[READER, "--account-helper"]);
    assert_eq!(said.code, Some(1), "{}", said.all());
}

#[test]
fn whoever_has_taken_over_the_reader_gets_no_other_account_and_no_other_place() {
    let Some(booted) = machine() else { return };
    let _ = booted.run(&["useradd", "--system", "--create-home", "service"]).exits(0);
    let place = format!("/home/*/{}", FIREFOX.replace("x.default", "*"));
    let service = booted.run(&["id", "-u", "service"]).exits(0).out.trim().to_owned();
    let begin = |uid: &str, directory: &str, place: &str| {
        format!(r#"{{"uid":{uid},"directories":["{directory}"],"places":["{place}"]}}"#)
    };
    let ben = booted.run(&["id", "-u", "ben"]).exits(0).out.trim().to_owned();
    for begin in [
        begin("0", "/root", &place),
        begin("0", "/home/ben", &place),
        begin(&service, "/home/service", &place),
        begin("65534", "/home/ben", &place),
        begin(&ben, "/home/anna", &place),
        begin(&ben, "/home", &place),
        begin(&ben, "/home/ben/../anna", &place),
        begin(&ben, "/etc", &place),
        begin(&ben, "/home/ben", "/etc/shadow"),
        begin(&ben, "/home/ben", "/etc/passwd"),
        begin(&ben, "/home/ben", "/home/*/.ssh/id_ed25519"),
        begin(&ben, "/home/ben", "/home/**"),
        "{}".to_owned(),
        "[]".to_owned(),
    ] {
        let said = booted.run(&talk(SOCKET, &begin)).exits(0);
        assert!(said.out.contains("\"Err\""), "{begin}: {}", said.all());
    }
    let said = booted.run(&talk(SOCKET, &begin(&ben, "/home/ben", &place))).exits(0);
    assert!(said.out.contains("\"Ok\""), "this is what is taken: {}", said.all());
}

/// Begins as ben and waits, for what is looked at meanwhile.
const WAIT: &str = r#"
use Socket; socket(my $s, AF_UNIX, SOCK_STREAM, 0); connect($s, pack_sockaddr_un($ARGV[0])) or die; my $m = $ARGV[1];
syswrite($s, pack("V", length $m) . $m); sysread($s, my $l, 4); sysread($s, my $a, unpack("V", $l));
for (</proc/[0-9]*>) { open(my $c, "$_/cmdline") or next; next unless <$c> =~ /--account[-]helper/; open(my $f, "$_/status"); print <$f>; }"#;

#[test]
fn a_helper_is_its_account_for_good() {
    let Some(booted) = machine() else { return };
    let ben = booted.run(&["id", "-u", "ben"]).exits(0).out.trim().to_owned();
    let begin = format!(r#"{{"uid":{ben},"directories":["/home/ben"],"places":[]}}"#);
    let said = booted.run(&["perl", "-e", WAIT, SOCKET, &begin]).exits(0);
    let of = |key: &str| -> Vec<String> {
        let line = said.out.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
        line.unwrap_or_else(|| panic!("{key}: {}", said.all()))
            .split_whitespace()
            .map(str::to_owned)
            .collect()
    };
    // Real, effective, saved, and for files.
    assert_eq!(of("Uid"), [ben.as_str(); 4]);
    assert_eq!(of("Gid"), ["65534"; 4]);
    assert!(of("Groups").is_empty(), "{:?}", of("Groups"));
    for capabilities in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
        assert_eq!(of(capabilities), ["0000000000000000"], "{capabilities}");
    }
    assert_eq!([of("NoNewPrivs"), of("Seccomp"), of("Threads")], [["1"], ["2"], ["1"]]);
}

/// Asks for a preview where every account may ask.
const LOOK: &str = r#"
use Socket; socket(my $s, AF_UNIX, SOCK_STREAM, 0); connect($s, pack_sockaddr_un("/run/candor/people.sock")) or die "refused: $!";
syswrite($s, '{"op":"preview","contract":1}'); shutdown($s, 1); print while <$s>;"#;

#[test]
fn an_account_is_shown_what_is_its_own_and_the_report_holds_all() {
    let collector = Collector::with_policy(&policy(SOFTWARE));
    let Some(booted) = machine() else { return };
    let _ = booted.run(&["systemctl", "start", "candor-people.socket"]).exits(0);
    collector.bundle(&booted.path("/root/bundle.json"));
    let _ = booted.run(&["candor", "enrol", "--bundle", "/root/bundle.json"]).exits(0);
    let _ = booted.run(&["candor", "run", "--once"]).exits(0);
    let report = String::from_utf8(collector.stored_parts().concat()).unwrap();
    for account in ["anna", "ben", "carl"] {
        assert!(report.contains(&format!("Only {account} 1")), "the report lacks {account}");
        let answer = booted.run_as(account, &["perl", "-e", LOOK]).exits(0).json();
        let seen = &candor_tests::disclosed(&answer["disclosure"]);
        let own = values(seen, "browser", "x.browser.extension");
        assert!(own.contains(&format!("Only {account} 1")), "{account}: {answer:#}");
        let others = own.iter().filter(|name| name.starts_with("Only ")).count();
        assert_eq!(others, 1, "{account}: {own:?}");
        let users = values(seen, "package", "x.package.user");
        assert!(!users.is_empty() && users.iter().all(|user| user == account), "{account}: {users:?}");
        assert!(!values(seen, "package", "package.name").is_empty());
        assert_eq!(answer["left_out"], serde_json::json!(["package", "browser"]), "{account}");
    }
}
