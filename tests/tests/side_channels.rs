//! What is denied does not show in the texts of what is permitted, nor in how a report is carried: docs/side-channels.md.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, Relay, repository};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use tempfile::TempDir;

const SERIAL: &str = "HT7K00341";

/// A machine whose names give away what they are named after.
fn machine() -> TempDir {
    let tree = tempfile::tempdir().unwrap();
    let put = |path: &str, bytes: &[u8]| {
        let path = tree.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    put("etc/os-release", b"NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\n");
    put("etc/hostname", b"ip-192-0-2-7.corp.example.org\n");
    put("proc/sys/kernel/hostname", b"ip-192-0-2-7.corp.example.org\n");
    put("etc/resolv.conf", b"search corp.example.org\n");
    put("etc/login.defs", b"UID_MIN 1000\n");
    put(
        "etc/passwd",
        b"root:x:0:0:root:/root:/bin/sh\nasmith:x:1000:1000:Anna Smith,,,:/home/asmith:/bin/sh\n",
    );
    put("proc/net/if_inet6", b"20010db8000100020d3b7a11c2e4f605 02 40 00 00 enx001122334455\n");
    for (name, address) in
        [("enx001122334455", "00:11:22:33:44:55"), ("br-66778899aabb", "66:77:88:99:aa:bb")]
    {
        put(&format!("sys/devices/net/{name}/address"), format!("{address}\n").as_bytes());
        put(&format!("sys/devices/net/{name}/type"), b"1\n");
        put(&format!("sys/devices/net/{name}/uevent"), format!("INTERFACE={name}\n").as_bytes());
        fs::create_dir_all(tree.path().join("sys/class/net")).unwrap();
        symlink(format!("../../devices/net/{name}"), tree.path().join("sys/class/net").join(name)).unwrap();
    }
    put("sys/class/drm/card0-HDMI-A-1/edid", &edid());
    for file in ["Anna-Smith-tools-1.0-x86_64.AppImage", "Krita-5.2.6-x86_64.AppImage"] {
        put(&format!("home/asmith/Applications/{file}"), b"");
    }
    tree
}

/// A display that has its serial number in its name as well.
fn edid() -> Vec<u8> {
    let mut edid = vec![0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0x10, 0xac];
    edid.resize(54, 0);
    for (tag, text) in [(0xfc, format!("U27 {SERIAL}")), (0xff, SERIAL.to_owned())] {
        edid.extend([0, 0, 0, tag, 0]);
        edid.extend(format!("{text:<13}").replacen(' ', "\n", usize::from(text.len() < 13)).as_bytes());
    }
    edid.resize(127, 0);
    let sum = edid.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    edid.push(0_u8.wrapping_sub(sum));
    edid
}

fn policy(collected: &str) -> String {
    let inventory = fs::read_to_string(repository().join("packaging/policies/inventory.toml")).unwrap();
    let head = inventory.split("[[collect]]").next().unwrap();
    format!("{head}{collected}")
}

/// Blocks of fields that are sent as read, each with what it says beside the fields.
fn collect(blocks: &[(&[&str], &str)]) -> String {
    let block = |(fields, more): &(&[&str], &str)| {
        format!("[[collect]]\nfields = {fields:?}\npurposes = [\"inventory\"]\n{more}\n")
    };
    blocks.iter().map(block).collect::<Vec<_>>().concat()
}

const NAMES: &[&str] =
    &["host.name", "network.interface.name", "x.network.interface.kind", "x.display.model", "os.name"];
const PACKAGES: &[&str] = &["package.name", "package.type"];
const HASHED: &str = "treat = { hmac = \"tenant\" }";

fn sent(tree: &Path, policy: &str) -> String {
    let collector = Collector::with_policy(policy);
    let agent = Agent::enrolled_reading(&collector, tree.to_owned());
    let _ = agent.cycle().exits(0);
    let parts = collector.stored_parts();
    assert_eq!(parts, agent.parts());
    parts.iter().map(|part| String::from_utf8_lossy(part).into_owned()).collect()
}

#[test]
fn attack_low_names_that_spell_what_is_denied_leave_without_it() {
    let tree = machine();
    let collected = collect(&[(NAMES, ""), (PACKAGES, "accounts = true"), (&["user.full_name"], HASHED)]);
    let sent = sent(tree.path(), &policy(&collected));
    for cut in ["\"enx…\"", "\"br-…\"", "\"ip-….…\"", "\"U27 …\"", "\"…-…-tools\"", "\"Krita\""]
    {
        assert!(sent.contains(cut), "{cut} in {sent}");
    }
    for denied in ["001122334455", "66778899aabb", "192-0-2-7", "example.org", SERIAL, "Anna", "Smith"] {
        assert!(!sent.contains(denied), "{denied} in {sent}");
    }
}

/// What is sent as read may be told by a name as well, and what is only cut to its network may not.
#[test]
fn a_name_shows_no_more_than_the_field_that_it_spells() {
    let tree = machine();
    let mac = collect(&[(NAMES, ""), (&["host.mac"], ""), (&["host.domain"], "")]);
    let shown = sent(tree.path(), &policy(&mac));
    assert!(shown.contains("enx001122334455") && shown.contains("\"ip-….corp.example.org\""), "{shown}");
    let cut = "treat = { truncate = { v4 = 24, v6 = 48 } }";
    let network =
        collect(&[(NAMES, ""), (&["host.ip"], cut), (&["host.mac"], "treat = { generalise = \"oui\" }")]);
    let shown = sent(tree.path(), &policy(&network));
    assert!(shown.contains("2001:db8:1::/48") && shown.contains("00-11-22\""), "{shown}");
    assert!(!shown.contains("192-0-2-7") && !shown.contains("001122334455"), "{shown}");
}

#[test]
fn what_cannot_be_recognised_is_warned_of_once_for_each_rule_and_told_to_people() {
    let tree = machine();
    let text = policy(&collect(&[(NAMES, ""), (PACKAGES, "accounts = true")]));
    let file = tree.path().join("policy.toml");
    fs::write(&file, &text).unwrap();
    let collector = Collector::with_policy(&text);
    let said = collector.run(&["policy", "check", "--format", "json", &file.to_string_lossy()]).exits(0);
    let lines: Vec<&str> = said.out.matches("shows_other").collect();
    assert_eq!(lines.len(), 2, "host.name and package.name: {}", said.out);
    assert!(said.out.contains("`user.full_name`") && said.out.contains("hmac"), "{}", said.out);
    let agent = Agent::enrolled_reading(&collector, tree.path().to_owned());
    let _ = agent.cycle().exits(0);
    let notice = agent.run(&["notice", "--format", "text"]).exits(0);
    let told = notice.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("such as your name or a serial number: Computer name, Program."), "{told}");
}

/// Each field of an interface has a source of its own, and needs none of another's.
#[test]
fn attack_low_each_field_of_the_network_alone_has_its_values() {
    let tree = machine();
    let file = tree.path().join("policy.toml");
    for (field, expected) in [
        ("network.interface.name", "enx…"),
        ("x.network.interface.kind", "virtual"),
        ("host.mac", "00-11-22-33-44-55"),
        ("host.ip", "2001:db8:1:2:d3b:7a11:c2e4:f605"),
    ] {
        fs::write(&file, policy(&collect(&[(&[field], "")]))).unwrap();
        let agent = Agent::reading(tree.path().to_owned());
        let preview = ["preview", "--policy", file.to_str().unwrap(), "--format", "json"];
        let said = agent.run(&preview).exits(0).json();
        let rows = said["sections"]["network"].to_string();
        assert!(rows.contains(expected), "{field}: {said:#}");
        // And on this machine, where the kernel says it.
        let said = Agent::new().run(&preview).exits(0).json();
        let has_source = field != "host.ip" && field != "host.mac";
        assert!(!has_source || said["sections"]["network"].is_array(), "{field}: {said:#}");
    }
}

/// What a request looks like follows from what it is for, and from nothing that was collected.
#[test]
fn attack_low_no_request_tells_a_field_outside_of_its_body() {
    let tree = machine();
    let shapes = [collect(&[(&["os.name"], "")]), collect(&[(NAMES, ""), (&["agent.version"], "")])].map(
        |collected| {
            let mut collector = Collector::with_policy(&policy(&collected));
            let relay = Relay::before(&mut collector, Box::new(|_| None), Box::new(|_, _| ()));
            let agent = Agent::enrolled_reading(&collector, tree.path().to_owned());
            let _ = agent.cycle().exits(0);
            let requests = relay.requests();
            assert!(requests.len() > 2, "{}", requests.len());
            let version = env!("CARGO_PKG_VERSION");
            let mut shapes = Vec::new();
            for request in &requests {
                assert_eq!(request.header("user-agent"), Some("candor"), "{}", request.path());
                let names: Vec<String> = request.headers().map(|(name, _)| name.to_owned()).collect();
                let told = |text: &str| text.contains(version) || text.contains("192-0-2-7");
                assert!(
                    !told(request.path()) && !request.headers().any(|(_, value)| told(value)),
                    "{}",
                    request.path()
                );
                shapes.push((request.path().to_owned(), names));
            }
            shapes
        },
    );
    assert_eq!(shapes[0], shapes[1]);
}
