//! The reader under strace: after the sandbox is up it opens nothing but sources of permitted fields, makes and connects
//! no socket, and where the kernel cannot confine it, a policy that demands so collects nothing.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, binary, fixture, repository};
use collector_proto::catalog::{FieldId, LegalBasis, Platform, TreatmentKind, fields};
use collector_proto::policy::author;
use collector_proto::time::UtcTime;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How many random sets of fields are read, beside each field alone.
const RANDOM_SETS: u64 = 12;

/// The inventory policy's head with an additional line and other fields to collect.
fn policy(line: &str, fields: &[FieldId]) -> String {
    let inventory = std::fs::read_to_string(repository().join("packaging/policies/inventory.toml")).unwrap();
    let head = inventory.split("[[collect]]").next().unwrap();
    let mut text = head.replace("[policy]\n", &format!("[policy]\n{line}\n"));
    for field in fields {
        let treat = if field.field().allows(TreatmentKind::Keep) {
            "\"keep\""
        } else if field.field().allows(TreatmentKind::Hmac) {
            "{ hmac = \"tenant\" }"
        } else {
            "{ generalise = \"degree\" }"
        };
        writeln!(text, "[[collect]]\nfields = [\"{field}\"]\npurposes = [\"inventory\"]\ntreat = {treat}\n")
            .unwrap();
    }
    text
}

/// Fields with a source on Linux that may be collected without consent.
fn candidates() -> Vec<FieldId> {
    FieldId::all()
        .filter(|field| !field.field().source(Platform::Linux).touches.is_empty())
        .filter(|field| {
            let bases = field.field().bounds.legal_bases;
            bases.is_empty() || bases.contains(&LegalBasis::LegitimateInterest)
        })
        .collect()
}

/// What the reader did after the sandbox was up.
struct Seen {
    opened: BTreeSet<PathBuf>,
    /// Calls that make or connect sockets, refused ones too.
    sockets: Vec<String>,
}

/// Runs the reader over the tree with a draft of these fields.
fn watch(root: &Path, fields: &[FieldId], folder: &Path) -> Seen {
    let now = UtcTime::from_system(std::time::SystemTime::now());
    let compiled = author::compile(&policy("", fields), "policy.toml", now).unwrap();
    let request = serde_json::json!({"op": "draft", "contract": 1, "policy": compiled.policy.document()});
    let log = folder.join("strace.log");
    let mut child = Command::new("strace")
        .args([
            "-f",
            "-y",
            "-qq",
            "-s",
            "4096",
            "-e",
            "trace=open,openat,openat2,socket,socketpair,connect,bind,landlock_restrict_self,seccomp,prctl",
        ])
        .arg("-o")
        .arg(&log)
        .arg(binary("candor-reader"))
        .arg("--state")
        .arg(folder.join("reader"))
        .arg("--root")
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&serde_json::to_vec(&request).unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["answer"], "disclosure", "{fields:?}: {answer}");
    let text = std::fs::read_to_string(&log).unwrap();
    let mut confined = BTreeSet::new();
    let mut filtered = BTreeSet::new();
    let mut seen = Seen { opened: BTreeSet::new(), sockets: Vec::new() };
    for line in text.lines() {
        // Where there is a bus, a helper is started, which confines itself.
        let process = line.split(' ').next().unwrap();
        if line.contains("landlock_restrict_self(") {
            confined.insert(process);
        }
        if line.contains("SECCOMP") {
            filtered.insert(process);
        }
        if !confined.contains(process) {
            continue;
        }
        let succeeded = line.rsplit_once("= ").is_some_and(|(_, result)| !result.starts_with('-'));
        if line.contains(" open") && succeeded {
            // `= 3</the/file/that/was/opened>`, whatever path led to it.
            let (_, path) = line.rsplit_once("= ").and_then(|(_, result)| result.split_once('<')).unwrap();
            seen.opened.insert(of_any_process(Path::new(path.trim_end_matches('>'))));
        }
        if ["socket(", "socketpair(", "connect(", "bind("].iter().any(|call| line.contains(call)) {
            seen.sockets.push(line.to_owned());
        }
    }
    assert!(!confined.is_empty() && confined == filtered, "seccomp was not applied: {text}");
    seen
}

/// `/proc/self` is another directory in every process.
fn of_any_process(path: &Path) -> PathBuf {
    let own = path.strip_prefix("/proc").ok().and_then(|rest| {
        let mut rest = rest.components();
        let number = rest.next()?.as_os_str().to_str()?;
        number.bytes().all(|b| b.is_ascii_digit()).then(|| Path::new("/proc/self").join(rest.as_path()))
    });
    own.unwrap_or_else(|| path.to_owned())
}

/// Paths that a source means: files, listed directories, and directories beneath which everything may be opened.
#[derive(Default)]
struct Allowed {
    exact: BTreeSet<PathBuf>,
    beneath: Vec<PathBuf>,
}

impl Allowed {
    fn of(root: &Path, fields: &[FieldId]) -> Self {
        let mut allowed = Self::default();
        for field in fields {
            for source in field.field().source(Platform::Linux).touches {
                match source.to_string().as_str() {
                    "syscall:uname" if root != Path::new("/") => {
                        for name in ["hostname", "osrelease", "arch"] {
                            allowed.take(root, &format!("/proc/sys/kernel/{name}"));
                        }
                    }
                    "syscall:rtm_getaddr" if root != Path::new("/") => {
                        allowed.take(root, "/proc/net/if_inet6");
                    }
                    path => allowed.take(root, path),
                }
            }
        }
        allowed
    }

    fn take(&mut self, root: &Path, source: &str) {
        let path = source.strip_prefix("stat:").unwrap_or(source);
        if !path.starts_with('/') {
            return;
        }
        let (path, beneath) = path.strip_suffix("/**").map_or((path, false), |path| (path, true));
        let path = path.trim_end_matches('/');
        let mut paths = vec![root.to_owned()];
        for component in path.split('/').filter(|component| !component.is_empty()) {
            let Some((front, back)) = component.split_once('*') else {
                for path in &mut paths {
                    path.push(component);
                }
                continue;
            };
            let mut filled = Vec::new();
            for directory in paths {
                self.exact.extend(directory.canonicalize());
                for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    if name.starts_with(front) && name.ends_with(back) {
                        filled.push(entry.path());
                    }
                }
            }
            paths = filled;
        }
        for path in paths.iter().filter_map(|path| path.canonicalize().ok()) {
            if beneath {
                self.beneath.push(path);
            } else if !source.starts_with("stat:") {
                self.exact.insert(path);
            }
        }
    }

    fn allows(&self, path: &Path) -> bool {
        self.exact.iter().any(|allowed| of_any_process(allowed) == path)
            || self.beneath.iter().any(|tree| path.starts_with(tree))
    }
}

/// Watches the reader over the tree and holds it to the fields. Says how many paths it opened.
fn hold(root: &Path, fields: &[FieldId], folder: &Path) -> usize {
    let seen = watch(root, fields, folder);
    let allowed = Allowed::of(root, fields);
    for path in &seen.opened {
        assert!(allowed.allows(path), "{fields:?} opened {}", path.display());
    }
    assert!(seen.sockets.is_empty(), "{fields:?} made or connected sockets: {:?}", seen.sockets);
    seen.opened.len()
}

/// Whatever a permit needs sockets for, they are made before the sandbox is up.
#[test]
fn attack_h5_and_m1_no_socket_is_made_or_connected_under_a_permit_for_everything() {
    let folder = tempfile::tempdir().unwrap();
    let every = candidates();
    for field in [fields::HOST_IP, fields::X_SESSION_USER, fields::X_NETWORK_WIFI_SSID] {
        assert!(every.contains(&field), "{field}");
    }
    let seen = watch(Path::new("/"), &every, folder.path());
    assert!(seen.opened.len() > 10, "{:?}", seen.opened);
    assert!(seen.sockets.is_empty(), "{:?}", seen.sockets);
}

#[test]
fn each_field_alone_opens_its_own_sources_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let trees = ["debian-12", "canary", "debian-13-desktop", "fedora-41"].map(fixture);
    let trees = [PathBuf::from("/")].into_iter().chain(trees);
    for root in trees {
        let opened: usize = candidates().iter().map(|field| hold(&root, &[*field], folder.path())).sum();
        assert!(opened >= 10, "only {opened} files of {} were opened", root.display());
    }
}

#[test]
fn random_permits_open_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let candidates = candidates();
    let mut opened = 0;
    for seed in 0..RANDOM_SETS {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let chosen: Vec<FieldId> = candidates
            .iter()
            .copied()
            .filter(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % 3 == 0
            })
            .collect();
        opened += hold(Path::new("/"), &chosen, folder.path());
        opened += hold(&fixture("debian-12"), &chosen, folder.path());
    }
    assert!(opened >= 50, "only {opened} files were opened");
}

/// A reader for which the kernel has no Landlock.
fn without_landlock(folder: &Path) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let script = folder.join("reader-without-landlock");
    let text = format!(
        "#!/bin/sh\nexec strace -f -qq -o /dev/null -e trace=landlock_create_ruleset \\\n  \
         -e inject=landlock_create_ruleset:error=EOPNOTSUPP '{}' \"$@\"\n",
        binary("candor-reader").display()
    );
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    script
}

#[test]
fn a_policy_that_demands_the_sandbox_collects_nothing_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let collector =
        Collector::with_policy(&policy("require_sandbox = \"full\"", &[fields::OS_NAME, fields::HOST_NAME]));
    let mut agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    let status = agent.run(&["status", "--format", "json"]).exits(0).json();
    assert_eq!(status["sandbox"]["level"], "full", "{status}");
    assert!(agent.run(&["notice"]).exits(0).out.contains("The rules demand at least this level: full"));

    agent.set("CANDOR_READER", &without_landlock(folder.path()).to_string_lossy());
    let before = agent.ledger_files();
    let refused = agent.cycle().exits(3);
    assert!(refused.err.contains("sandbox"), "{}", refused.err);
    assert_eq!(agent.ledger_files(), before, "nothing is recorded");
    let notice = agent.run(&["notice"]);
    assert!(
        notice.all().contains("sandbox_too_weak") || notice.all().contains("cannot hold"),
        "{}",
        notice.all()
    );
    let status = agent.run(&["status"]).exits(0);
    assert!(status.out.contains("partial: not confined: files (Landlock)"), "{}", status.out);
    assert!(status.out.contains("nothing: ") && status.out.contains("sandbox_too_weak"), "{}", status.out);
}

#[test]
fn a_policy_that_does_not_demand_it_reads_and_says_what_is_lacking() {
    let folder = tempfile::tempdir().unwrap();
    let collector = Collector::with_policy(&policy("", &[fields::OS_NAME]));
    let mut agent = Agent::enrolled(&collector);
    agent.set("CANDOR_READER", &without_landlock(folder.path()).to_string_lossy());
    let _ = agent.cycle().exits(0);
    let preview = agent.run(&["preview", "--format", "json"]).exits(0).json();
    assert_eq!(preview["sandbox"]["files"], false, "{preview}");
    assert_eq!(preview["sandbox"]["calls"], true, "{preview}");
    let notice = agent.run(&["notice"]).exits(0);
    assert!(notice.out.contains("does a part of it"), "{}", notice.out);
}
