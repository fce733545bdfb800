//! A Debian system that boots in a container, with Candor's files where the packages put them: users, units, sockets.
//!
//! The system is made once by debootstrap, from wherever this machine gets its packages, and kept under `target`; each test
//! boots a copy of its own above it (overlayfs) and leaves nothing behind.

use crate::{Said, binary, repository};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The suite that is booted.
const SUITE: &str = "bookworm";

/// What the system needs beside a shell: an init, a bus, and what makes accounts.
const PACKAGES: &str = "systemd,systemd-sysv,dbus,passwd";

/// How long booting may take. Generous: nothing is measured by it.
const BOOT: Duration = Duration::from_mins(2);

/// What the container's own filter would refuse of what the reader confines itself by.
const CALLS: &str = "landlock_create_ruleset landlock_add_rule landlock_restrict_self";

/// A booted system. It is stopped and removed with its owner.
pub struct Booted {
    folder: TempDir,
    container: Child,
    init: u32,
    /// Where its control groups are, if it has a place of its own for them.
    group: Option<PathBuf>,
}

impl Booted {
    /// Boots a system with Candor's binaries and units in it; nothing is enrolled and nothing started. `None`, with a word
    /// on standard error, where this process is not root, who alone may boot one.
    ///
    /// # Panics
    /// When it does not boot: systemd-nspawn and debootstrap are needed.
    pub fn start() -> Option<Self> {
        if !is_root() {
            writeln!(std::io::stderr(), "not examined: only root boots a container").expect("standard error");
            return None;
        }
        let base = base_system();
        let folder = tempfile::tempdir_in(base.parent().unwrap_or(Path::new("/tmp"))).expect("a directory");
        let at = |name: &str| folder.path().join(name);
        for name in ["upper", "work", "root"] {
            fs::create_dir(at(name)).expect("a directory of the overlay");
        }
        let layers = format!(
            "lowerdir={},upperdir={},workdir={}",
            base.display(),
            at("upper").display(),
            at("work").display()
        );
        run(Command::new("mount").args(["-t", "overlay", "overlay", "-o", &layers]).arg(at("root")));
        install(&at("root"));
        let log = fs::File::create(at("boot.log")).expect("a log");
        let name = name_of(&folder);
        let group = own_group(&name);
        let container = inside_group(group.as_deref())
            .arg("--directory")
            .arg(at("root"))
            .args(["--register=no", "--keep-unit", "--boot", "--console=pipe"])
            // Two containers of one name take directories of the host from each other.
            .arg(format!("--machine={name}"))
            .arg(format!("--system-call-filter={CALLS}"))
            .env("SYSTEMD_NSPAWN_UNIFIED_HIERARCHY", "1")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a second handle"))
            .stderr(log)
            .spawn()
            .expect("systemd-nspawn starts; `cargo xtask test` installs it");
        let mut booted = Self { folder, container, init: 0, group };
        booted.wait_until_running();
        Some(booted)
    }

    /// A file or directory of the system, as this machine sees it.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join("root").join(path.trim_start_matches('/'))
    }

    /// A file that only exists while the system runs, such as a socket, as this machine sees it.
    pub fn inside(&self, path: &str) -> PathBuf {
        Path::new(&format!("/proc/{}/root", self.init)).join(path.trim_start_matches('/'))
    }

    /// The names of Candor's units.
    ///
    /// # Panics
    /// When there are none.
    pub fn units(&self) -> Vec<String> {
        let units = self.path("/usr/lib/systemd/system");
        let names = fs::read_dir(units).expect("the folder of units").flatten().map(|unit| unit.file_name());
        let names = names.filter_map(|name| name.into_string().ok());
        let mut ours: Vec<String> = names.filter(|name| name.starts_with("candor")).collect();
        assert!(!ours.is_empty(), "Candor has no units");
        ours.sort();
        ours
    }

    /// Has the system listen at every socket of Candor's.
    ///
    /// # Panics
    /// When one cannot be listened at.
    pub fn start_sockets(&self) {
        let units = self.units();
        let sockets = units.iter().map(String::as_str).filter(|unit| unit.ends_with(".socket"));
        let _ = self.run(&["systemctl", "start"].into_iter().chain(sockets).collect::<Vec<_>>()).exits(0);
    }

    /// The overall exposure that `systemd-analyze security` computes from a unit.
    ///
    /// # Panics
    /// When it computes none.
    pub fn exposure(&self, unit: &str) -> f64 {
        let said = self.run(&["systemd-analyze", "security", "--no-pager", unit]).exits(0);
        let overall = said.out.lines().find_map(|line| line.split_once("Overall exposure level for"));
        let number = overall.and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok());
        number.unwrap_or_else(|| panic!("{unit}: {}", said.all()))
    }

    /// Runs a command in the system, as root.
    ///
    /// # Panics
    /// When the system cannot be entered.
    pub fn run(&self, command: &[&str]) -> Said {
        let output = self.enter(command).output();
        output.expect("nsenter starts").into()
    }

    /// Runs a command in the system as one of its accounts.
    pub fn run_as(&self, account: &str, command: &[&str]) -> Said {
        self.run(&[&["runuser", "-u", account, "--"], command].concat())
    }

    /// Runs a command in the system until what it says is what is waited for.
    ///
    /// # Panics
    /// When that does not happen; shows what was said last and the journal.
    pub fn run_until(&self, command: &[&str], holds: impl Fn(&Said) -> bool) -> Said {
        let since = Instant::now();
        loop {
            let said = self.run(command);
            if holds(&said) {
                return said;
            }
            let journal = || self.run(&["journalctl", "--no-pager", "--lines=40"]).out;
            assert!(since.elapsed() < BOOT, "{command:?} said {}\n{}", said.all(), journal());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn enter(&self, command: &[&str]) -> Command {
        let mut enter = Command::new("nsenter");
        enter.args(["--target", &self.init.to_string(), "--all", "--", "/usr/bin/env", "-i"]);
        enter.args(["PATH=/usr/bin:/usr/sbin:/bin:/sbin", "HOME=/root", "LC_ALL=C.UTF-8"]);
        enter.args(command).stdin(Stdio::null());
        enter
    }

    fn wait_until_running(&mut self) {
        let since = Instant::now();
        loop {
            let log = || fs::read_to_string(self.folder.path().join("boot.log")).unwrap_or_default();
            let ended = self.container.try_wait().expect("the container can be looked at");
            assert!(ended.is_none() && since.elapsed() < BOOT, "the container does not boot: {}", log());
            if let Some(init) = child_of(self.container.id()) {
                self.init = init;
                let state = self.run(&["systemctl", "is-system-running"]);
                if ["running", "degraded"].contains(&state.out.trim()) {
                    break;
                }
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = self.run(&["systemd-sysusers"]).exits(0);
        let _ = self.run(&["systemd-tmpfiles", "--create"]);
        let _ = self.run(&["systemctl", "daemon-reload"]).exits(0);
    }
}

impl Drop for Booted {
    fn drop(&mut self) {
        // With its init everything in the container ends, and then its supervisor. The init outlives a supervisor that is killed.
        if self.init > 0 {
            let _ = Command::new("kill").args(["-KILL", &self.init.to_string()]).status();
        } else {
            let _ = self.container.kill();
        }
        let _ = self.container.wait();
        let _ = Command::new("umount").arg("--lazy").arg(self.folder.path().join("root")).status();
        if let Some(group) = &self.group {
            // What is left of it is empty and costs nothing.
            let _ = Command::new("find")
                .arg(group)
                .args(["-depth", "-type", "d", "-exec", "rmdir", "{}", ";"])
                .output();
        }
    }
}

/// A control group for a system of this name, where this machine lets us have one. Systems that shared one would take the
/// services of the others for their own: each waits until its own are empty.
fn own_group(name: &str) -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    let unified = mounts.lines().find_map(|line| {
        let mut words = line.split(' ').skip(1);
        let (place, kind) = (words.next()?, words.next()?);
        (kind == "cgroup2").then(|| PathBuf::from(place))
    })?;
    let group = unified.join(name);
    fs::create_dir(&group).ok().map(|()| group)
}

/// systemd-nspawn, started in the group.
fn inside_group(group: Option<&Path>) -> Command {
    let Some(group) = group else { return Command::new("systemd-nspawn") };
    let mut command = Command::new("sh");
    command.args(["-c", "echo $$ > \"$0/cgroup.procs\" && exec systemd-nspawn \"$@\""]).arg(group);
    command
}

/// A machine's name that no other container has.
fn name_of(folder: &TempDir) -> String {
    let random = folder.path().file_name().unwrap_or_default().to_string_lossy();
    format!("candor-{}", random.trim_start_matches(".tmp"))
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|said| said.stdout.trim_ascii() == b"0")
}

/// The only child of a process, once there is one.
fn child_of(process: u32) -> Option<u32> {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).ok()?;
    children.split_whitespace().next()?.parse().ok()
}

/// The system that every container stands above, made when it is needed first.
fn base_system() -> PathBuf {
    let test = std::env::current_exe().expect("this test's path");
    // target/<profile>/deps/<test>
    let target = test.ancestors().nth(3).expect("a target directory").to_path_buf();
    let folder = target.join("booted");
    fs::create_dir_all(&folder).expect("a directory for it");
    let lock = fs::File::create(folder.join("lock")).expect("a lock");
    lock.lock().expect("the lock can be taken");
    let base = folder.join(SUITE);
    if !base.exists() {
        let half = folder.join(format!("{SUITE}.half"));
        if half.exists() {
            fs::remove_dir_all(&half).expect("what was left half made can be removed");
        }
        run(Command::new("debootstrap")
            .args(["--variant=minbase", &format!("--include={PACKAGES}"), SUITE])
            .arg(&half)
            .args(mirror()));
        fs::rename(&half, &base).expect("the finished system can be named");
    }
    base
}

/// Where this machine gets its packages, if it says so.
fn mirror() -> Option<String> {
    let said =
        Command::new("apt-get").args(["indextargets", "--format", "$(SITE) $(CODENAME)"]).output().ok()?;
    let said = String::from_utf8(said.stdout).ok()?;
    let mut sites = said.lines().filter_map(|line| line.split_once(' '));
    sites.find(|(_, codename)| *codename == SUITE).map(|(site, _)| site.to_owned())
}

/// Candor's files, where the packages put them.
fn install(root: &Path) {
    run(Command::new("cp").arg("-r").arg(repository().join("packaging/linux/.")).arg(root));
    for (name, folder) in [("candor", "usr/bin"), ("candor-reader", "usr/lib/candor")] {
        fs::create_dir_all(root.join(folder)).expect("the folder of the binary");
        fs::copy(binary(name), root.join(folder).join(name)).expect("the binary can be copied");
    }
    fs::write(root.join("etc/hosts"), "127.0.0.1 localhost\n").expect("the hosts can be written");
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
