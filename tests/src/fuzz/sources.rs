//! A file of a foreign format, put into an otherwise empty tree, goes through probe and treatments.

use super::Run;
use candor_reader::format::rtnetlink;
use candor_reader::host::Host;
use candor_reader::probe::{self, Own};
use candor_reader::treat::{HashKeys, treat};
use collector_proto::catalog::{FieldId, LegalBasis, Platform, TreatmentKind};
use collector_proto::keyed_hash::HashKey;
use collector_proto::messages::Absence;
use collector_proto::policy::{Ceiling, Consent, Draft, Permit, Policy, author};
use collector_proto::time::UtcTime;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::thread::JoinHandle;

/// One format: its name, the section that reads it, and where it lies in a tree.
pub(super) struct Target {
    /// Name of the target and of its folder in the corpus.
    pub(super) name: &'static str,
    /// Section whose fields are read.
    pub(super) section: &'static str,
    /// The file that the input is written to.
    pub(super) file: &'static str,
    /// Other files that the format is only looked for beside, with their content.
    pub(super) beside: &'static [(&'static str, &'static str)],
}

/// Every foreign format.
pub(super) const TARGETS: &[Target] = &[
    target("os_release", "os", "etc/os-release"),
    target("dpkg_status", "package", "var/lib/dpkg/status"),
    target("dpkg_status_d", "package", "var/lib/dpkg/status.d/base"),
    target("rpm_sqlite", "package", "usr/lib/sysimage/rpm/rpmdb.sqlite"),
    target("rpm_ndb", "package", "usr/lib/sysimage/rpm/Packages.db"),
    target("rpm_bdb", "package", "var/lib/rpm/Packages"),
    target("apk", "package", "lib/apk/db/installed"),
    target("pacman", "package", "var/lib/pacman/local/bash-5.3.3-2/desc"),
    target("portage", "package", "var/db/pkg/app-shells/bash-5.3/CHOST"),
    Target {
        name: "nix_json",
        section: "package",
        file: "nix/var/nix/profiles/default/manifest.json",
        beside: &[("nix/store/.links", "")],
    },
    Target {
        name: "nix_expression",
        section: "package",
        file: "nix/var/nix/profiles/default/manifest.nix",
        beside: &[("nix/store/.links", "")],
    },
    target("brew", "package", "home/linuxbrew/.linuxbrew/Cellar/wget/1.25.0/INSTALL_RECEIPT.json"),
    target("flatpak", "package", "var/lib/flatpak/app/org.example.App/x86_64/stable/active/deploy"),
    target("snap", "package", "snap/hello/current/meta/snap.yaml"),
    Target {
        name: "desktop_entry",
        section: "package",
        file: "home/anna/.local/share/applications/appimagekit_6a3f0b-Krita.desktop",
        beside: &[("home/anna/Applications/Krita-5.2.6-x86_64.AppImage", "")],
    },
    target("firefox", "browser", "home/anna/.mozilla/firefox/a.default/extensions.json"),
    target(
        "chromium",
        "browser",
        "home/anna/.config/chromium/Default/Extensions/ddkjiahejlhfcafbddmgiahcphecmpfh/1_0/manifest.json",
    ),
    Target {
        name: "chromium_messages",
        section: "browser",
        file: "home/anna/.config/chromium/Default/Extensions/ddkjiahejlhfcafbddmgiahcphecmpfh/1_0/_locales/en/messages.json",
        beside: &[(
            "home/anna/.config/chromium/Default/Extensions/ddkjiahejlhfcafbddmgiahcphecmpfh/1_0/manifest.json",
            r#"{"name":"__MSG_extension_name__","version":"1","default_locale":"en"}"#,
        )],
    },
    target("cpuinfo", "host", "proc/cpuinfo"),
    target("locale_conf", "host", "etc/locale.conf"),
    target("resolv_conf", "host", "etc/resolv.conf"),
    target("if_inet6", "network", "proc/net/if_inet6"),
    target("dmi", "device", "sys/class/dmi/id/product_serial"),
    target("edid", "display", "sys/class/drm/card0-DP-1/edid"),
    target("efi_variable", "security", SECURE_BOOT),
    target("passwd", "user", "etc/passwd"),
    Target { name: "login_defs", section: "user", file: "etc/login.defs", beside: &[ALICE] },
    Target { name: "wtmpdb", section: "user", file: "var/lib/wtmpdb/wtmp.db", beside: &[ALICE] },
    Target { name: "lastlog2", section: "user", file: "var/lib/lastlog/lastlog2.db", beside: &[ALICE] },
    // The answers of a service on the bus; the file is what it says.
    target(BUS, "session", "run/answers"),
    // An answer of the kernel, which no file of a tree holds.
    target(NETLINK, "network", "run/answer"),
    target("sssd_conf", "host", "etc/sssd/sssd.conf"),
    target("vpd_pg80", "storage", "sys/block/sda/device/vpd_pg80"),
    Target {
        name: "lastlog",
        section: "user",
        file: "var/log/lastlog",
        beside: &[("etc/passwd", "anna:x:1:1::/:/bin/sh\n"), ("etc/login.defs", "UID_MIN 1\n")],
    },
    Target {
        name: "mountinfo",
        section: "security",
        file: "proc/self/mountinfo",
        beside: &[
            ("sys/block/dm-0/dev", "254:1\n"),
            ("sys/block/dm-0/dm/name", "workstation--17--vg-root\n"),
            ("sys/block/dm-0/slaves/dm-0/loop", ""),
        ],
    },
    Target {
        name: "pci_ids",
        section: "graphics",
        file: "usr/share/misc/pci.ids",
        beside: &[
            ("sys/bus/pci/devices/a/class", "0x030000\n"),
            ("sys/bus/pci/devices/a/vendor", "0x8086\n"),
            ("sys/bus/pci/devices/a/device", "0x9a49\n"),
        ],
    },
];

/// The target whose input a bus says instead of a file.
const BUS: &str = "dbus";

/// The target whose input goes to its parser alone.
const NETLINK: &str = "rtnetlink";

/// An account whose logins are looked for.
const ALICE: (&str, &str) = ("etc/passwd", "alice:x:1000:1000:Alice:/home/alice:/bin/sh\n");

const SECURE_BOOT: &str = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

const fn target(name: &'static str, section: &'static str, file: &'static str) -> Target {
    Target { name, section, file, beside: &[] }
}

/// A target ready to take inputs: its permit is made once.
struct Prepared {
    target: &'static Target,
    policy: Policy,
    root: tempfile::TempDir,
}

/// Prepares the target of this name.
///
/// # Panics
/// When there is no such target, or no room for a temporary directory.
pub(super) fn prepare(name: &str) -> Run {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target of this name");
    let root = tempfile::tempdir().expect("a temporary directory");
    for (file, content) in target.beside {
        write(root.path(), file, content.as_bytes());
    }
    let prepared = Prepared { target, policy: policy_of(target.section), root };
    Box::new(move |input| prepared.run(input))
}

impl Prepared {
    /// Reads one input. Anything but a panic or a hang is well; gives whether it was read to its end.
    fn run(&self, input: &[u8]) -> bool {
        if self.target.name == NETLINK {
            return rtnetlink::Reader::default().take(input).is_ok();
        }
        write(self.root.path(), self.target.file, input);
        let consent = Consent::to([LegalBasis::Consent.name().to_owned()]);
        let permit = Permit::<Draft>::derive(&self.policy, Platform::Linux, &Ceiling::Unset, &consent);
        let own = Own { device_id: None, handover: Err(Absence::Unavailable) };
        let reading = if self.target.name == BUS {
            let socket = self.root.path().join("bus");
            let bus = answering(&socket, input.to_vec());
            let reading = probe::read(&Host::at(Path::new("/")).with_bus_at(&socket), &permit, &own);
            // The reader has hung up; a bus that still speaks notices it.
            drop(UnixStream::connect(&socket));
            bus.join().expect("the bus ends");
            reading
        } else {
            probe::read(&Host::at(self.root.path()), &permit, &own)
        };
        let key = HashKey::of(&[7; 32]);
        let keys = HashKeys::of(key.clone(), Some(key));
        treat(reading, &permit, &keys, None).expect("what was read is what is permitted");
        true
    }
}

/// A bus that accepts one connection, takes whatever it is told, and says these bytes.
fn answering(socket: &Path, answers: Vec<u8>) -> JoinHandle<()> {
    let _ = std::fs::remove_file(socket);
    let listener = UnixListener::bind(socket).expect("a socket");
    std::thread::spawn(move || {
        let Ok((mut stream, _)) = listener.accept() else { return };
        let mut heard = [0; 4096];
        // Speaking before the client has spoken would be another protocol.
        let _ = stream.read(&mut heard);
        let _ = stream.write_all(&answers);
    })
}

fn write(root: &Path, file: &str, content: &[u8]) {
    let path = root.join(file);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders can be made");
    std::fs::write(path, content).expect("the input can be written");
}

/// A policy of every field that may be collected without consent.
///
/// # Panics
/// When it does not compile.
pub fn policy_of_everything() -> Policy {
    policy(|_| true)
}

/// A policy of every field of the section.
fn policy_of(section: &str) -> Policy {
    policy(|id| id.section().name() == section)
}

fn policy(wanted: impl Fn(FieldId) -> bool) -> Policy {
    let starter = crate::repository().join("packaging/policies/inventory.toml");
    let starter = std::fs::read_to_string(starter).expect("the starter policy");
    let mut text = starter.split("[[collect]]").next().unwrap_or_default().to_owned();
    for id in FieldId::all().filter(|id| wanted(*id)) {
        let field = id.field();
        if !field.bounds.legal_bases.is_empty() {
            continue;
        }
        let treat = if field.allows(TreatmentKind::Keep) { "\"keep\"" } else { "{ hmac = \"tenant\" }" };
        // Writing to a String cannot fail.
        let _ =
            writeln!(text, "[[collect]]\nfields = [\"{id}\"]\npurposes = [\"inventory\"]\ntreat = {treat}\n");
    }
    let now = UtcTime::from_system(std::time::SystemTime::now());
    author::compile(&text, "fuzz.toml", now).expect("the policy compiles").policy
}
