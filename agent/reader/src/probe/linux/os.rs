//! Section `os`: os-release(5), uname(2), and the live patches of the kernel
//! (`Documentation/ABI/testing/sysfs-kernel-livepatch`): one directory of `/sys/kernel/livepatch` each.

use crate::format::assignments::value_of;
use crate::host::system::Uname;
use crate::host::{Host, Place, Unreadable};
use crate::probe::found::text_value;
use crate::probe::reading::Raw;
use crate::probe::table::{OnHost, Probe, SingleWith};
use collector_proto::catalog::{Section, SourcePlace, fields};
use collector_proto::messages::Absence;
use collector_proto::text::clean;
use std::cell::OnceCell;

pub(super) const PROBE: &dyn Probe = &SingleWith::<Release<'_>>::of(
    Section::Os,
    release,
    &[
        (fields::OS_TYPE, |_| text_value("linux")),
        (fields::OS_NAME, |release| release.value("NAME")),
        (fields::OS_VERSION, |release| release.value("VERSION_ID")),
        (fields::OS_BUILD_ID, |release| release.value("BUILD_ID").or_else(|_| kernel(release.host))),
        (fields::OS_DESCRIPTION, |release| release.value("PRETTY_NAME")),
        (fields::HOST_OS_KERNEL, |release| kernel(release.host)),
        (fields::X_OS_PATCHES, |release| live_patches(release.host)),
    ],
);

/// os-release, of which most fields are one key.
struct Release<'h> {
    host: &'h Host,
    text: OnceCell<Result<String, Unreadable>>,
}

impl OnHost for Release<'_> {
    type On<'h> = Release<'h>;
}

fn release(host: &Host) -> Release<'_> {
    Release { host, text: OnceCell::new() }
}

impl Release<'_> {
    fn value(&self, key: &str) -> Result<Raw, Absence> {
        let text = self.text.get_or_init(|| self.read()).as_ref().map_err(|reason| *reason)?;
        text_value(&value_of(text, key).ok_or(Absence::Unavailable)?)
    }

    /// `/etc/os-release` has precedence, `/usr/lib/os-release` is the vendor's (os-release(5)).
    fn read(&self) -> Result<String, Unreadable> {
        match self.host.text("/etc/os-release") {
            Err(Unreadable::Missing) => self.host.text("/usr/lib/os-release"),
            other => other,
        }
    }
}

fn kernel(host: &Host) -> Result<Raw, Absence> {
    text_value(&host.uname(Uname::Release)?)
}

/// The names of the patches that the running kernel has loaded. All other patches of a Linux system are packages, which
/// have a section of their own.
fn live_patches(host: &Host) -> Result<Raw, Absence> {
    let names = host.fill(Place::at(SourcePlace::Look("/sys/kernel/livepatch/*"), &[]))?;
    let names: Vec<String> = names.iter().filter_map(|name| clean(name)).collect();
    if names.is_empty() { Err(Absence::Unavailable) } else { Ok(Raw::Texts(names)) }
}
