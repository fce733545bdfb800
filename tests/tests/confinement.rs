//! A step of the agent under code that is not ours: what the kernel refuses it, that a cycle works all the same, and what
//! happens where the kernel refuses less than the policy demands.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, Said, repository};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Kernels that lack something, as strace makes them up.
const WITHOUT_LANDLOCK: &str = "inject=landlock_create_ruleset:error=EOPNOTSUPP";
const WITHOUT_SECCOMP: &str = "inject=seccomp:error=EINVAL";
/// Version 3 refuses files as the newest does, and knows no ports. The first call asks for the version.
const OLD_LANDLOCK: &str = "inject=landlock_create_ruleset:retval=3:when=1";

/// The command on such a kernel; with its threads and children where these are to live on it as well.
fn on_kernel(command: &Command, lacks: &[&str], with_children: bool) -> Command {
    let mut strace = Command::new("strace");
    strace.args(["-qq", "-o", "/dev/null"]);
    if with_children {
        strace.arg("-f");
    }
    strace.args(["-e", "trace=landlock_create_ruleset,seccomp"]);
    strace.args(lacks.iter().flat_map(|lack| ["-e", lack]));
    strace.arg(command.get_program()).args(command.get_args()).stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => strace.env(name, value),
            None => strace.env_remove(name),
        };
    }
    strace
}

fn said(mut command: Command) -> Said {
    command.output().unwrap().into()
}

fn inventory(line: &str) -> String {
    let policy = std::fs::read_to_string(repository().join("packaging/policies/inventory.toml")).unwrap();
    policy.replace("[policy]\n", &format!("[policy]\n{line}\n"))
}

/// What lies around a step: another service, a daemon's socket, another process.
struct Neighbours {
    service: TcpListener,
    datagrams: UdpSocket,
    daemon: PathBuf,
    _daemon: UnixListener,
    process: Child,
    folder: tempfile::TempDir,
}

impl Neighbours {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let daemon = folder.path().join("daemon.sock");
        Self {
            service: TcpListener::bind("127.0.0.1:0").unwrap(),
            datagrams: UdpSocket::bind("127.0.0.1:0").unwrap(),
            _daemon: UnixListener::bind(&daemon).unwrap(),
            daemon,
            // As weak as a step, which could not trace root's processes anyway.
            process: Command::new("setpriv")
                .args(["--bounding-set=-all", "--inh-caps=-all", "sleep", "600"])
                .spawn()
                .unwrap(),
            folder,
        }
    }

    /// Everything that a step has no business with.
    fn attempts(&self, agent: &Agent) -> Vec<String> {
        let state = agent.state();
        let at = |name: &str| state.join(name).display().to_string();
        let process = self.process.id();
        let mut attempts = vec![
            "read /etc/shadow".to_owned(),
            format!("read /proc/{process}/mem"),
            "list /".to_owned(),
            format!("list {}", state.display()),
            format!("write {}", self.folder.path().join("left-behind").display()),
            format!("connect {}", self.service.local_addr().unwrap()),
            "listen 127.0.0.1:0".to_owned(),
            format!("local {}", self.daemon.display()),
            "datagram".to_owned(),
            "start /bin/true".to_owned(),
            format!("trace {process}"),
            format!("signal {process}"),
        ];
        for name in ["reader/trust.json", "reader/keys.json"] {
            attempts.push(format!("read {}", at(name)));
            attempts.push(format!("write {}", at(name)));
            attempts.push(format!("rename {} {}", at("cache/forged"), at(name)));
            attempts.push(format!("remove {}", at(name)));
        }
        for name in
            ["reader/planted.json", "config.toml", "enrolment.json", "device.key", "acknowledgements.jsonl"]
        {
            attempts.push(format!("write {}", at(name)));
            attempts.push(format!("rename {} {}", at("cache/forged"), at(name)));
        }
        attempts
    }
}

impl Drop for Neighbours {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Holds for each attempt what is told of it.
#[track_caller]
fn came_to(said: &Said, attempts: &[String], result: &str) {
    for attempt in attempts {
        let told = said.err.lines().find(|line| line.starts_with(&format!("taken over: {attempt}: ")));
        let told = told.unwrap_or_else(|| panic!("`{attempt}` was not tried: {}", said.err));
        assert!(told.contains(&format!(": {result}")), "{told}");
    }
}

/// A step as its service starts it.
fn step(agent: &Agent) -> Said {
    let mut command = agent.command(&["run", "--step", "report"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Open until it has ended.
    let alive = child.stdin.take();
    let said = child.wait_with_output().unwrap().into();
    drop(alive);
    said
}

#[test]
fn attack_h4_code_in_the_place_of_a_step_finds_every_way_closed() {
    let collector = Collector::start();
    let mut agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    let _ = agent.run(&["notice", "--acknowledge"]);
    let kept = |name: &str| std::fs::read(agent.state().join(name)).unwrap();
    let decides = ["reader/trust.json", "reader/keys.json", "enrolment.json", "device.key"];
    let before = decides.map(kept);
    let neighbours = Neighbours::new();
    let attempts = neighbours.attempts(&agent);
    let business = [
        format!("read {}", agent.state().join("device.key").display()),
        format!("write {}", agent.state().join("cache/own").display()),
        format!("remove {}", agent.state().join("cache/own").display()),
        format!("list {}", agent.ledger().display()),
        format!("connect 127.0.0.1:{}", collector.port()),
    ];
    agent.set("CANDOR_TAKEN_OVER", &[&attempts[..], &business].concat().join("\n"));
    for said in [agent.cycle().exits(0), step(&agent).exits(0)] {
        came_to(&said, &attempts, "refused");
        came_to(&said, &business, "done");
    }
    // All of that in its way, the cycle was delivered; when the step was taken, no other report was due.
    assert_eq!((agent.payloads().len(), agent.unreceipted()), (2, 0));
    let kept = |name: &str| std::fs::read(agent.state().join(name)).unwrap();
    assert_eq!(decides.map(kept), before);
    assert!(!agent.state().join("config.toml").exists());
    assert!(!agent.state().join("reader/planted.json").exists());
}

#[test]
fn attack_h4_code_in_the_place_of_whoever_asks_for_an_enrolment_or_for_a_doctor_finds_every_way_closed() {
    let collector = Collector::start();
    let mut agent = Agent::new();
    let neighbours = Neighbours::new();
    let attempts = neighbours.attempts(&agent);
    let business = [
        format!("read {}", agent.state().join("device.key").display()),
        format!("connect 127.0.0.1:{}", collector.port()),
    ];
    agent.set("CANDOR_TAKEN_OVER", &[&attempts[..], &business].concat().join("\n"));
    let bundle = agent.state().parent().unwrap().join("bundle.json");
    collector.bundle(&bundle);
    let enrolled = agent.run(&["enrol", "--bundle", &bundle.to_string_lossy()]).exits(0);
    for said in [enrolled, agent.run(&["doctor"])] {
        came_to(&said, &attempts, "refused");
        came_to(&said, &business, "done");
    }
    // All of that in its way, the device is enrolled and reports.
    let _ = agent.cycle().exits(0);
    assert_eq!(agent.unreceipted(), 0);
}

/// What the tests above try does work where nothing confines it.
#[test]
fn what_is_tried_works_where_the_kernel_confines_nothing() {
    let collector = Collector::start();
    let mut agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    let neighbours = Neighbours::new();
    // Root without capabilities is still the owner of /etc/shadow; in a container there may be no such file.
    let attempts = neighbours.attempts(&agent);
    agent.set("CANDOR_TAKEN_OVER", &attempts.join("\n"));
    let said =
        said(on_kernel(&agent.command(&["run", "--once"]), &[WITHOUT_LANDLOCK, WITHOUT_SECCOMP], false));
    let told = "not confined: files (Landlock), TCP ports (Landlock), system calls (seccomp)";
    assert!(said.err.contains(told), "{}", said.err);
    came_to(&said, &attempts, "done");
}

#[test]
fn attack_h4_a_collector_by_number_leaves_no_names_and_no_datagrams() {
    let collector = Collector::start();
    let mut agent = Agent::enrolled(&collector);
    at_address(&agent, &collector);
    let neighbours = Neighbours::new();
    let send = format!("send {}", neighbours.datagrams.local_addr().unwrap());
    let attempts = [send, "read /etc/hosts".to_owned(), "connect 127.0.0.1:53".to_owned()];
    agent.set("CANDOR_TAKEN_OVER", &attempts.join("\n"));
    let said = agent.cycle().exits(0);
    came_to(&said, &attempts, "refused (");
    // Not for want of a server at that port.
    came_to(&said, &attempts[2..], "refused (Permission denied");
    assert_eq!(agent.unreceipted(), 0);
}

/// Has the device know its collector by number.
fn at_address(agent: &Agent, collector: &Collector) {
    let path = agent.state().join("enrolment.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let url = format!("https://127.0.0.1:{}", collector.port());
    std::fs::write(&path, text.replace(&collector.url(), &url)).unwrap();
}

#[test]
fn attack_h4_behind_a_proxy_its_port_is_the_only_one() {
    let collector = Collector::start();
    let mut agent = Agent::enrolled(&collector);
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = proxy.local_addr().unwrap();
    std::thread::spawn(move || {
        for client in proxy.incoming() {
            std::thread::spawn(move || tunnel(client.unwrap()));
        }
    });
    let settings = format!("proxy = \"http://{address}\"\n");
    std::fs::write(agent.state().join("config.toml"), settings).unwrap();
    let attempts = [format!("connect 127.0.0.1:{}", collector.port())];
    let business = [format!("connect {address}")];
    agent.set("CANDOR_TAKEN_OVER", &[&attempts[..], &business].concat().join("\n"));
    let said = agent.cycle().exits(0);
    came_to(&said, &attempts, "refused");
    came_to(&said, &business, "done");
    assert_eq!(agent.unreceipted(), 0);
}

/// One CONNECT, then bytes both ways.
fn tunnel(mut client: TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        // Whoever connects and leaves wants nothing.
        let Ok(1) = client.read(&mut byte) else { return };
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let mut server = TcpStream::connect(head.split(' ').nth(1).unwrap()).unwrap();
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Write);
    });
    let _ = std::io::copy(&mut server, &mut client);
    let _ = client.shutdown(std::net::Shutdown::Write);
}

/// A reader that notes who it is, says that no ceiling is set, and does this with everything else that it is `$asked`.
fn noting_reader(folder: &Path, then: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let script = folder.join("noting-reader");
    let text = format!(
        "#!/bin/sh\necho $$ >> '{0}/pids'\nasked=$(cat)\ncase \"$asked\" in\n\
         '{{\"op\":\"ceiling\"'*) echo '{{\"answer\":\"ceiling\",\"ceiling\":null,\"named_at\":null}}' ;;\n*) {then} ;;\nesac\n",
        folder.display()
    );
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    script
}

#[test]
fn attack_h4_a_policy_that_demands_more_than_the_kernel_gives_reads_nothing() {
    let collector = Collector::with_policy(&inventory("require_sandbox = \"full\""));
    let mut agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    let status = agent.run(&["status", "--format", "json"]).exits(0).json();
    assert_eq!(status["agent_sandbox"]["level"], "full", "{status}");
    let before = agent.ledger_files();

    // The reader is as confined on this kernel as it ever is; the step is not.
    let said_status = |agent: &Agent, format: &[&str]| {
        let command = agent.command(&[&["status"], format].concat());
        said(on_kernel(&command, &[OLD_LANDLOCK], true)).exits(0)
    };
    let status = said_status(&agent, &["--format", "json"]).json();
    assert_eq!(status["sandbox"]["level"], "full", "{status}");
    assert_eq!(status["agent_sandbox"]["level"], "partial", "{status}");
    assert_eq!(status["agent_sandbox"]["ports"], false, "{status}");
    assert_eq!(status["refused"]["code"], "sandbox_too_weak", "{status}");
    let text = said_status(&agent, &[]).out;
    assert!(text.contains("agent: partial (Landlock ABI 3): not confined: TCP ports (Landlock)"), "{text}");
    for verb in ["preview", "notice"] {
        let told = said(on_kernel(&agent.command(&[verb]), &[OLD_LANDLOCK], true));
        assert!(
            told.all().contains("full") || told.all().contains("as far as is required"),
            "{}",
            told.all()
        );
    }
    let doctor = said(on_kernel(&agent.command(&["doctor"]), &[OLD_LANDLOCK], true)).exits(1);
    assert!(doctor.out.contains("doubtful  agent's sandbox"), "{}", doctor.out);

    let folder = tempfile::tempdir().unwrap();
    let asked = folder.path().join("asked");
    let reader = noting_reader(folder.path(), &format!("printf %s \"$asked\" > '{}'", asked.display()));
    agent.set("CANDOR_READER", &reader.to_string_lossy());
    for lack in [OLD_LANDLOCK, WITHOUT_LANDLOCK, WITHOUT_SECCOMP] {
        let refused = said(on_kernel(&agent.command(&["run", "--once"]), &[lack], false)).exits(3);
        assert!(refused.err.contains("sandbox level `full`"), "{}", refused.err);
        assert_eq!(agent.ledger_files(), before, "nothing is recorded");
        // The reader is given the documents, by which people are told why nothing is read.
        let told: serde_json::Value = serde_json::from_slice(&std::fs::read(&asked).unwrap()).unwrap();
        assert_eq!(told["op"], "documents", "the reader was asked");
    }
}

#[test]
fn a_policy_that_demands_nothing_goes_on_and_says_what_is_lacking() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    for (lack, told) in [
        (OLD_LANDLOCK, "partial (Landlock ABI 3): not confined: TCP ports (Landlock)"),
        (WITHOUT_LANDLOCK, "partial: not confined: files (Landlock), TCP ports (Landlock)"),
        (WITHOUT_SECCOMP, "not confined: system calls (seccomp)"),
    ] {
        let said = said(on_kernel(&agent.command(&["run", "--once"]), &[lack], false)).exits(0);
        assert!(said.err.contains(told), "{lack}: {}", said.err);
    }
    assert_eq!((agent.payloads().len(), agent.unreceipted()), (3, 0));
    let said = agent.cycle().exits(0);
    assert_eq!(said.err, "", "a confined step has nothing to say");
}

#[test]
fn a_reader_that_is_not_asked_ends_with_its_step() {
    let mut collector = Collector::start();
    let mut agent = Agent::enrolled(&collector);
    // Neither a policy nor a way to one: there is nothing to ask but the ceiling.
    collector.kill();
    std::fs::remove_file(agent.state().join("cache/documents.json")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let reader = noting_reader(folder.path(), "exec sleep 600");
    agent.set("CANDOR_READER", &reader.to_string_lossy());
    let _ = agent.cycle().exits(3);
    // A reader that was killed before its first line has left no number.
    let pids = std::fs::read_to_string(folder.path().join("pids")).unwrap_or_default();
    for pid in pids.lines() {
        assert!(!Path::new("/proc").join(pid).exists(), "a reader still runs");
    }
}
