//! Section `security`: whether the device's protections are on, from files that everybody may read.

mod disk;
mod firewall;

use crate::format::efi;
use crate::host::{Host, Place, Unreadable};
use crate::probe::found::text_value;
use crate::probe::reading::Raw;
use crate::probe::table::{Probe, Single};
use collector_proto::catalog::{Section, fields};
use collector_proto::messages::Absence;

pub(super) const PROBE: &dyn Probe = &Single::of(
    Section::Security,
    &[
        (fields::X_SECURITY_DISK_ENCRYPTED, |host| disk::is_encrypted(host).map(Raw::Boolean)),
        (fields::X_SECURITY_SECURE_BOOT, secure_boot),
        (fields::X_SECURITY_FIREWALL, |host| firewall::is_set(host).map(Raw::Boolean)),
        (fields::X_SECURITY_TPM, |host| text_value(tpm(host)?)),
    ],
);

/// The UEFI variable `SecureBoot`. Firmware without the variable, and machines that do not start by UEFI, have no answer.
fn secure_boot(host: &Host) -> Result<Raw, Absence> {
    let variable = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
    Ok(Raw::Boolean(efi::boolean(&host.bytes(variable)?)?))
}

/// The version of the first TPM. `none`: the kernel can drive TPMs and shows none; `present`: kernels before 5.6 do not
/// say which version it is.
fn tpm(host: &Host) -> Result<&'static str, Absence> {
    let names = host.fill(Place::of("/sys/class/tpm/*/tpm_version_major", &[]))?;
    let Some(name) = names.first() else { return Ok("none") };
    match host.text(Place::of("/sys/class/tpm/*/tpm_version_major", &[name])) {
        Ok(major) => match major.trim() {
            "1" => Ok("1.2"),
            "2" => Ok("2.0"),
            _ => Err(Absence::Malformed),
        },
        Err(Unreadable::Missing) => Ok("present"),
        Err(reason) => Err(reason.into()),
    }
}
