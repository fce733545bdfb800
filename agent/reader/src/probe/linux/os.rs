//! Section `os`: os-release(5), uname(2), and the live patches of the kernel
//! (`Documentation/ABI/testing/sysfs-kernel-livepatch`): one directory of `/sys/kernel/livepatch` each.

use crate::format::assignments::value_of;
use crate::host::{Host, Place, Uname, Unreadable};
use crate::probe::Probe;
use crate::probe::found::{Found, text_value};
use crate::probe::reading::Raw;
use crate::probe::shared::text::clean;
use collector_proto::catalog::{FieldId, FieldSet, Section, fields};
use collector_proto::messages::Absence;

pub(super) const PROBE: Probe = Probe {
    section: Section::Os,
    fields: &[
        fields::OS_TYPE,
        fields::OS_NAME,
        fields::OS_VERSION,
        fields::OS_BUILD_ID,
        fields::OS_DESCRIPTION,
        fields::HOST_OS_KERNEL,
        fields::X_OS_PATCHES,
    ],
    read,
};

/// Fields that are one key of os-release.
const KEYS: &[(FieldId, &str)] =
    &[(fields::OS_NAME, "NAME"), (fields::OS_VERSION, "VERSION_ID"), (fields::OS_DESCRIPTION, "PRETTY_NAME")];

fn read(host: &Host, wanted: &FieldSet, found: &mut Found) {
    if wanted.contains(fields::OS_TYPE) {
        found.set(fields::OS_TYPE, text_value("linux"));
    }
    let needs_release = wanted.contains(fields::OS_BUILD_ID) || KEYS.iter().any(|(f, _)| wanted.contains(*f));
    let release = if needs_release { read_release(host) } else { Err(Unreadable::Missing) };
    for (field, key) in KEYS.iter().filter(|(field, _)| wanted.contains(*field)) {
        found.set(*field, release_value(&release, key));
    }
    if wanted.contains(fields::OS_BUILD_ID) {
        let kernel = || host.uname(Uname::Release).map_err(Absence::from).and_then(|text| text_value(&text));
        found.set(fields::OS_BUILD_ID, release_value(&release, "BUILD_ID").or_else(|_| kernel()));
    }
    if wanted.contains(fields::HOST_OS_KERNEL) {
        found.set_text(fields::HOST_OS_KERNEL, host.uname(Uname::Release));
    }
    if wanted.contains(fields::X_OS_PATCHES) {
        found.set(fields::X_OS_PATCHES, live_patches(host));
    }
}

/// The names of the patches that the running kernel has loaded. All other patches of a Linux system are packages, which
/// have a section of their own.
fn live_patches(host: &Host) -> Result<Raw, Absence> {
    let names = host.fill(Place::of("stat:/sys/kernel/livepatch/*", &[]))?;
    let names: Vec<String> = names.iter().filter_map(|name| clean(name)).collect();
    if names.is_empty() { Err(Absence::Unavailable) } else { Ok(Raw::Texts(names)) }
}

/// `/etc/os-release` has precedence, `/usr/lib/os-release` is the vendor's (os-release(5)).
fn read_release(host: &Host) -> Result<String, Unreadable> {
    match host.text("/etc/os-release") {
        Err(Unreadable::Missing) => host.text("/usr/lib/os-release"),
        other => other,
    }
}

fn release_value(release: &Result<String, Unreadable>, key: &str) -> Result<Raw, Absence> {
    let text = release.as_ref().map_err(|reason| Absence::from(*reason))?;
    text_value(&value_of(text, key).ok_or(Absence::Unavailable)?)
}
