//! The sandbox from inside: what the permitted fields need works, and the kernel refuses the rest.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use candor_reader::host::Host;
use candor_reader::sandbox::Confinement;
use collector_proto::catalog::{FieldId, FieldSet, Platform, SandboxLevel, SourcePlace, fields};
use collector_proto::disclosure::Sandbox;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::net::{IpAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

/// Runs the work in a thread of its own that is confined to the fields: Landlock and seccomp hold for a thread.
fn inside<T: Send + 'static>(
    root: &Path,
    fields: FieldSet,
    work: impl FnOnce(&Host) -> T + Send + 'static,
) -> (Sandbox, T) {
    let root = root.to_owned();
    std::thread::spawn(move || {
        let host = Host::at(&root);
        let touches = fields.iter().flat_map(|field| field.field().source(Platform::Linux).touches);
        let sandbox = Confinement::Kernel.confine(&host, &touches.copied().collect());
        (sandbox, work(&host))
    })
    .join()
    .unwrap()
}

fn of(fields: impl IntoIterator<Item = FieldId>) -> FieldSet {
    fields.into_iter().collect()
}

#[test]
fn this_kernel_enforces_all_of_it() {
    let (sandbox, ()) = inside(Path::new("/"), FieldSet::EMPTY, |_| ());
    assert_eq!(sandbox.level(), SandboxLevel::Full, "{sandbox:?}");
    assert!(sandbox.landlock_abi >= 1, "{sandbox:?}");
}

#[test]
fn without_a_field_nothing_opens() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "x").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let socket = directory.path().join("socket");
    let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let (_, kinds) = inside(Path::new("/"), FieldSet::EMPTY, move |_| {
        let kind = |result: std::io::Result<()>| result.map_err(|error| error.kind());
        vec![
            ("read", kind(File::open(&file).map(drop))),
            ("read passwd", kind(File::open("/etc/passwd").map(drop))),
            ("list", kind(fs::read_dir("/").map(drop))),
            ("write", kind(fs::write(file.with_extension("new"), "x"))),
            ("append", kind(fs::OpenOptions::new().append(true).open(&file).map(drop))),
            ("remove", kind(fs::remove_file(&file))),
            ("tcp", kind(TcpStream::connect(address).map(drop))),
            ("udp", kind(UdpSocket::bind("127.0.0.1:0").map(drop))),
            ("unix", kind(UnixStream::connect(&socket).map(drop))),
            ("run", kind(std::process::Command::new("/bin/true").status().map(drop))),
            ("thread", kind(std::thread::Builder::new().spawn(|| ()).map(drop))),
            (
                "netlink",
                Host::at(Path::new("/")).addresses().map(drop).map_err(|_| ErrorKind::PermissionDenied),
            ),
        ]
    });
    for (what, kind) in kinds {
        assert_eq!(kind, Err(ErrorKind::PermissionDenied), "{what}");
    }
}

#[test]
fn a_permit_for_addresses_gives_them_and_opens_nothing() {
    let (_, (addresses, tcp, passwd)) = inside(Path::new("/"), of([fields::HOST_IP]), |host| {
        let tcp = TcpStream::connect("127.0.0.1:9").map(drop).map_err(|error| error.kind());
        (host.addresses().is_ok(), tcp, File::open("/etc/passwd").map(drop).map_err(|error| error.kind()))
    });
    assert!(addresses);
    assert_eq!(tcp, Err(ErrorKind::PermissionDenied));
    assert_eq!(passwd, Err(ErrorKind::PermissionDenied));
}

/// Whatever the permit is: other processes, signals, descriptors from before, executable memory.
#[test]
fn attack_m11_nothing_beyond_reading_is_left_in_any_permit() {
    let mut attempts = support::inside::attack("m11", &[]);
    assert_eq!(attempts.remove("memory to write").as_deref(), Some("done"));
    for inherited in ["inherited", "inherited far up"] {
        assert_eq!(attempts.remove(inherited).as_deref(), Some("EBADF"), "{inherited}");
    }
    assert!(attempts.len() >= 70, "{attempts:?}");
    for (attempt, outcome) in attempts {
        assert_eq!(outcome, "EPERM", "{attempt}");
    }
}

/// The standard library's handler takes itself away and lets the fault happen again: refused, it would be called for ever.
#[test]
fn a_fault_ends_the_reader() {
    use std::os::unix::process::ExitStatusExt as _;
    let status = support::inside::fault("fault");
    assert_eq!(status.signal(), Some(nix::sys::signal::Signal::SIGSEGV as i32), "{status}");
}

/// What a permit for addresses could be used for beside them: the addresses are known before, and no socket is left.
#[test]
fn attack_m1_a_permit_for_addresses_asks_the_kernel_nothing_else() {
    let mut attempts = support::inside::attack("m1", &[fields::HOST_IP]);
    for kind in ["links", "neighbours", "routes"] {
        let outcome = attempts.remove(&format!("{kind} over what is open"));
        assert_eq!(outcome.as_deref(), Some("EBADF"), "{kind}");
    }
    assert!(attempts.len() >= 12, "{attempts:?}");
    for (attempt, outcome) in attempts {
        assert_eq!(outcome, "EPERM", "{attempt}");
    }
}

/// What a permit for a field of the bus could be used for beside it: no socket can be made, connected or handed over.
#[test]
fn attack_h5_a_permit_for_the_bus_connects_to_nothing() {
    let member = "dbus:org.freedesktop.login1/org.freedesktop.login1.Manager.ListSessions";
    for attempts in [
        support::inside::attack("h5", &[fields::X_SESSION_USER, fields::GEO_LOCATION_LAT]),
        support::inside::attack_in_helper("h5", member),
    ] {
        assert!(attempts.len() >= 12, "{attempts:?}");
        for (attempt, outcome) in attempts {
            assert_eq!(outcome, "EPERM", "{attempt}");
        }
    }
}

/// What is there can be found out where a source of the permit says so, and under no other permit.
#[test]
fn attack_paths_are_looked_at_only_where_a_source_says_so() {
    let attempts = support::inside::attack("looks", &[fields::OS_NAME, fields::HOST_ID, fields::HOST_IP]);
    assert!(attempts.len() >= 11, "{attempts:?}");
    for (attempt, outcome) in attempts {
        assert_eq!(outcome, "EPERM", "{attempt}");
    }
}

/// They are the ones that getifaddrs(3) gives, which asks for links as well.
#[test]
fn addresses_are_all_that_the_machine_has() {
    let (_, addresses) = inside(Path::new("/"), of([fields::HOST_IP]), |host| host.addresses().unwrap());
    let mut known = Vec::new();
    for entry in nix::ifaddrs::getifaddrs().unwrap() {
        let Some(address) = entry.address else { continue };
        let v4 = address.as_sockaddr_in().map(|v4| IpAddr::V4(v4.ip()));
        let ip = v4.or_else(|| address.as_sockaddr_in6().map(|v6| IpAddr::V6(v6.ip())));
        let name = entry.interface_name.split(':').next().unwrap().to_owned();
        known.extend(ip.map(|ip| (name, ip)));
    }
    assert!(!known.is_empty());
    assert_eq!(addresses, known);
}

/// Every file of the tree that a field names is tried by force under a permit for all fields that do not name it.
#[test]
fn a_source_that_no_permitted_field_names_is_refused_by_the_kernel() {
    let root = support::roots().join("debian-12").canonicalize().unwrap();
    let mut tried = 0;
    for field in FieldId::all() {
        for source in field.field().source(Platform::Linux).touches {
            let SourcePlace::File(path) = source else { continue };
            let file = root.join(path.trim_start_matches('/'));
            if !file.is_file() {
                continue;
            }
            let file = file.canonicalize().unwrap();
            let others = FieldId::all()
                .filter(|other| !other.field().source(Platform::Linux).touches.contains(source));
            let names_it =
                of(FieldId::all()
                    .filter(|other| other.field().source(Platform::Linux).touches.contains(source)));
            let path = file.clone();
            let (_, refused) =
                inside(&root, of(others), move |_| File::open(&path).map_err(|e| e.raw_os_error()));
            assert_eq!(refused.err().flatten(), Some(libc_eacces()), "{source}");
            let (_, opened) = inside(&root, names_it, move |_| File::open(&file).map(drop));
            assert!(opened.is_ok(), "{source}: {opened:?}");
            tried += 1;
        }
    }
    assert!(tried >= 20, "only {tried} sources were tried");
}

/// EACCES, with which Landlock refuses.
fn libc_eacces() -> i32 {
    nix::errno::Errno::EACCES as i32
}

#[test]
fn being_root_opens_what_root_owns_and_no_other_users_files() {
    if !nix::unistd::geteuid().is_root() {
        // Another user has no capability to lose.
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let at = |path: &str| -> PathBuf { root.path().join(path) };
    fs::create_dir_all(at("etc")).unwrap();
    fs::create_dir_all(at("sys/class/dmi/id")).unwrap();
    fs::write(at("etc/machine-id"), "x").unwrap();
    fs::write(at("sys/class/dmi/id/product_serial"), "SN-1").unwrap();
    fs::set_permissions(at("etc/machine-id"), fs::Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(at("sys/class/dmi/id/product_serial"), fs::Permissions::from_mode(0o400)).unwrap();
    std::os::unix::fs::chown(at("etc/machine-id"), Some(12345), Some(12345)).unwrap();
    let permitted = of([fields::HOST_ID, fields::DEVICE_SERIAL_NUMBER]);
    let (_, (of_other, of_root)) = inside(root.path(), permitted, |host| {
        (host.text("/etc/machine-id").err(), host.text("/sys/class/dmi/id/product_serial").is_ok())
    });
    assert_eq!(of_other, Some(candor_reader::host::Unreadable::Denied));
    assert!(of_root);
}
