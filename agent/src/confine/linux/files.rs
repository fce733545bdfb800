//! Landlock (landlock(7)): the files of a step and the ports that it connects to.
//!
//! A right holds for everything beneath a directory, and the reader's own state may lie in the state directory. So that
//! directory is opened to nothing: what is read there is named file by file, what is written has directories of its own. A
//! step cannot change the configuration, the enrolment or the key either.

use crate::paths::Paths;
use candor_confine::files::{self, AccessFs, BitFlags, Enforced, Scope};
use candor_uplink::Reach;
use std::path::PathBuf;

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

/// Confines the thread to a step.
pub(super) fn confine(paths: &Paths, reach: &Reach, readers: &[u32]) -> Enforced {
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
pub(super) fn confine_to_reading(paths: &Paths) -> Enforced {
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

fn apply(open: &Open) -> Enforced {
    files::confine(open.scopes, |left| {
        let left = open.paths.iter().try_fold(left, |left, (path, access)| left.path(path, *access))?;
        open.ports.iter().try_fold(left, |left, port| left.port(*port))
    })
}

/// Signals leave the sandbox only to end a reader that was started before it; then seccomp names the process and the signal.
fn scopes(readers: &[u32]) -> BitFlags<Scope> {
    if readers.is_empty() { files::all_scopes() } else { Scope::AbstractUnixSocket.into() }
}

/// Where the modules of the C library may lie (ld.so(8), and Debian's and Fedora's places).
fn modules() -> impl Iterator<Item = PathBuf> {
    let multiarch = format!("{}-linux-gnu", std::env::consts::ARCH);
    let folders = ["/usr/lib", "/usr/lib64", "/lib", "/lib64"].map(PathBuf::from);
    let folders = folders.into_iter().flat_map(move |folder| [folder.join(&multiarch), folder]);
    folders.flat_map(|folder| MODULES.iter().map(move |module| folder.join(module)))
}
