//! Landlock (landlock(7)): the files of a step and the ports that it connects to.
//!
//! A right holds for everything beneath a directory, and the reader's own state may lie in the state directory. So that
//! directory is opened to nothing: what is read there is named file by file, what is written has directories of its own. A
//! step cannot change the configuration, the enrolment or the key either.

use crate::paths::Paths;
use candor_uplink::Reach;
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, LandlockStatus, NetPort,
    PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
};
use std::path::{Path, PathBuf};

/// The newest interface whose rights are asked for. Rights of later ones could refuse what a step needs.
const NEWEST: ABI = ABI::V6;

/// The first interface that knows of TCP ports.
pub(super) const FIRST_WITH_PORTS: u32 = ABI::V4 as u32;

/// What the C library reads to look a name up (nsswitch.conf(5), resolv.conf(5), host.conf(5), gai.conf(5)). A file that is
/// replaced during a step is not followed: the name is looked up by the next step.
const NAMES: &[&str] =
    &["/etc/nsswitch.conf", "/etc/host.conf", "/etc/hosts", "/etc/resolv.conf", "/etc/gai.conf"];

/// Before version 2.34 glibc loads what reads /etc/hosts and asks name servers when it is first needed. Other modules, such
/// as those of mDNS or of a directory service, ask a daemon by a local socket, which a step does not have.
const MODULES: &[&str] = &["libnss_files.so.2", "libnss_dns.so.2", "libresolv.so.2"];

/// Where a name server answers when its answer is too long for a datagram, or when resolv.conf says `use-vc`. UDP is
/// not covered by these rights at all, so what this port adds is small, and without it such names would not be found.
const DNS: u16 = 53;

/// Confines the thread to a step. Says whether files are confined, and the version of the kernel's interface.
pub(super) fn confine(paths: &Paths, reach: &Reach, readers: &[u32]) -> (bool, u32) {
    let write = AccessFs::ReadFile
        | AccessFs::WriteFile
        | AccessFs::Truncate
        | AccessFs::ReadDir
        | AccessFs::MakeReg
        | AccessFs::RemoveFile;
    let mut open = Open { paths: Vec::new(), ports: reach.ports.clone(), scopes: scopes(readers) };
    open.add([paths.enrolment(), paths.device_key()], AccessFs::ReadFile.into());
    open.add([paths.ledger(), paths.cache()], write);
    if reach.names {
        open.add(NAMES.iter().map(PathBuf::from).chain(modules()), AccessFs::ReadFile.into());
        open.ports.push(DNS);
    }
    apply(&open)
}

/// The same to reading the ledger.
pub(super) fn confine_to_reading(paths: &Paths) -> (bool, u32) {
    let mut open = Open { paths: Vec::new(), ports: Vec::new(), scopes: scopes(&[]) };
    open.add([paths.enrolment()], AccessFs::ReadFile.into());
    open.add([paths.ledger(), paths.cache()], AccessFs::ReadFile | AccessFs::ReadDir);
    apply(&open)
}

/// What is left open.
struct Open {
    /// Paths, and what may be done with them and beneath them.
    paths: Vec<(PathBuf, BitFlags<AccessFs>)>,
    /// Ports that may be connected to.
    ports: Vec<u16>,
    scopes: BitFlags<Scope>,
}

impl Open {
    fn add(&mut self, paths: impl IntoIterator<Item = PathBuf>, access: BitFlags<AccessFs>) {
        self.paths.extend(paths.into_iter().map(|path| (path, access)));
    }
}

fn apply(open: &Open) -> (bool, u32) {
    match restrict(open) {
        Ok(done) => done,
        Err(error) => {
            tracing::warn!(%error, "Landlock could not be applied");
            (false, 0)
        }
    }
}

fn restrict(open: &Open) -> Result<(bool, u32), RulesetError> {
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(open.scopes)?
        .create()?;
    for (path, access) in &open.paths {
        rules = add(rules, path, *access)?;
    }
    for port in &open.ports {
        rules = rules.add_rule(NetPort::new(*port, AccessNet::ConnectTcp))?;
    }
    let status = rules.restrict_self()?;
    // The first interface has every right to open, make and remove, so a kernel with any confines these.
    let files = status.no_new_privs && status.ruleset != RulesetStatus::NotEnforced;
    let abi = match status.landlock {
        LandlockStatus::Available { effective_abi, kernel_abi } => {
            kernel_abi.map_or(effective_abi as u32, |abi| u32::try_from(abi).unwrap_or(0))
        }
        _ => 0,
    };
    Ok((files, abi))
}

/// Signals leave the sandbox only to end a reader that was started before it; then seccomp names the process and the signal.
fn scopes(readers: &[u32]) -> BitFlags<Scope> {
    if readers.is_empty() { Scope::from_all(NEWEST) } else { Scope::AbstractUnixSocket.into() }
}

/// Opens a path to the rights. What is not there cannot be opened to them, and is not there for the step.
fn add(
    rules: landlock::RulesetCreated,
    path: &Path,
    access: BitFlags<AccessFs>,
) -> Result<landlock::RulesetCreated, RulesetError> {
    match PathFd::new(path) {
        Ok(opened) => rules.add_rule(PathBeneath::new(opened, access)),
        Err(_) => Ok(rules),
    }
}

/// Where the modules of the C library may lie (ld.so(8), and Debian's and Fedora's places).
fn modules() -> impl Iterator<Item = PathBuf> {
    let multiarch = format!("{}-linux-gnu", std::env::consts::ARCH);
    let folders = ["/usr/lib", "/usr/lib64", "/lib", "/lib64"].map(PathBuf::from);
    let folders = folders.into_iter().flat_map(move |folder| [folder.join(&multiarch), folder]);
    folders.flat_map(|folder| MODULES.iter().map(move |module| folder.join(module)))
}
