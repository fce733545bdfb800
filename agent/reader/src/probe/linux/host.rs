//! Section `host`: names, processor, memory, language, time zone.

use crate::format::assignments::value_of;
use crate::format::resolv_conf::searched;
use crate::format::sssd_conf::directory;
use crate::host::system::Uname;
use crate::host::{Host, Unreadable};
use crate::probe::found::text_value;
use crate::probe::reading::Raw;
use crate::probe::table::{Probe, Single};
use collector_proto::catalog::{Section, SourcePlace, fields};
use collector_proto::messages::Absence;

pub(super) const PROBE: &dyn Probe = &Single::of(
    Section::Host,
    &[
        (fields::HOST_NAME, name),
        (fields::HOST_ID, machine_id),
        (fields::HOST_ARCH, architecture),
        (fields::HOST_CPU_MODEL_NAME, processor),
        (fields::X_HW_MEMORY_SIZE, |host| whole_number(host.memory()?)),
        (fields::HOST_UPTIME, |host| whole_number(host.uptime()?)),
        (fields::X_HOST_LOCALE, locale),
        (fields::X_HOST_TIMEZONE, time_zone),
        (fields::HOST_DOMAIN, domain),
    ],
);

fn whole_number(number: u64) -> Result<Raw, Absence> {
    i64::try_from(number).map(Raw::Integer).map_err(|_| Absence::Malformed)
}

/// The running kernel's node name; in a tree that is not running, the name it would be given (hostname(5)).
fn name(host: &Host) -> Result<Raw, Absence> {
    if let Ok(name) = host.uname(Uname::NodeName) {
        return text_value(&name);
    }
    let text = host.text("/etc/hostname")?;
    let name = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    text_value(name.unwrap_or_default())
}

/// 32 hexadecimal digits (machine-id(5)). `uninitialized` and zeros mean that there is none yet.
fn machine_id(host: &Host) -> Result<Raw, Absence> {
    let text = host.text("/etc/machine-id")?;
    let id = text.trim();
    if id.is_empty() || id == "uninitialized" || id.bytes().all(|b| b == b'0') {
        return Err(Absence::Unavailable);
    }
    if id.len() != 32 || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Absence::Malformed);
    }
    Ok(Raw::Text(id.to_ascii_lowercase()))
}

/// OpenTelemetry's words for `host.arch`; other machines keep the kernel's word.
fn architecture(host: &Host) -> Result<Raw, Absence> {
    let machine = host.uname(Uname::Machine)?;
    text_value(match machine.as_str() {
        "x86_64" => "amd64",
        "aarch64" | "aarch64_be" => "arm64",
        "i386" | "i486" | "i586" | "i686" => "x86",
        "ppc64" | "ppc64le" => "ppc64",
        "ppc" | "ppcle" => "ppc32",
        arm if arm.starts_with("armv") => "arm32",
        other => other,
    })
}

/// The first processor's `model name`; ARM kernels do not give one.
fn processor(host: &Host) -> Result<Raw, Absence> {
    let mut lines = host.lines("/proc/cpuinfo")?;
    while let Some(line) = lines.next_line()? {
        if let Some(value) = line.bytes.strip_prefix(b"model name") {
            let value = String::from_utf8_lossy(value);
            return text_value(value.trim_start().strip_prefix(':').ok_or(Absence::Malformed)?);
        }
    }
    Err(Absence::Unavailable)
}

/// `LANG` of locale.conf(5), else of Debian's file.
fn locale(host: &Host) -> Result<Raw, Absence> {
    let from_file = |text: String| text_value(&value_of(&text, "LANG").ok_or(Absence::Unavailable)?);
    match host.text("/etc/locale.conf") {
        Err(Unreadable::Missing) => from_file(host.text("/etc/default/locale")?),
        other => from_file(other?),
    }
}

/// The part of the link's target after `zoneinfo/` (localtime(5)); the zone file itself is not opened.
fn time_zone(host: &Host) -> Result<Raw, Absence> {
    let linked = host.link(SourcePlace::Look("/etc/localtime")).ok();
    let zone = match linked.as_deref().and_then(|target| target.split_once("zoneinfo/")) {
        Some((_, zone)) => zone.to_owned(),
        None => host.text("/etc/timezone")?.trim().to_owned(),
    };
    // Names in the tz database use these characters only.
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'+' | b'-');
    if zone.bytes().all(is_name) { text_value(&zone) } else { Err(Absence::Malformed) }
}

/// The directory that sssd serves, where its configuration may be opened: most systems keep it for root. Else what the
/// resolver searches.
fn domain(host: &Host) -> Result<Raw, Absence> {
    if let Some(name) = host.text("/etc/sssd/sssd.conf").ok().and_then(|text| directory(&text)) {
        return text_value(&name);
    }
    text_value(&searched(&host.text("/etc/resolv.conf")?).ok_or(Absence::Unavailable)?)
}
