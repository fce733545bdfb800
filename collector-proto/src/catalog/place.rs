//! Where a value comes from: one place of a machine, of exactly one kind.
//!
//! The catalogue writes a place as text (`/etc/os-release`, `stat:/etc/localtime`, `sysctl:hw.model`). `cargo xtask gen`
//! checks the text by the grammar of its kind and writes the typed value into the generated table, so nothing parses a
//! source at run time, and what cannot be written as one kind cannot be declared.

use std::fmt;

/// A place that a reader may touch for a field's value.
///
/// In paths, `*` stands for one or more characters of one name, and the directory (or key) before it is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourcePlace {
    /// The content of a file: `/etc/hostname`.
    File(&'static str),
    /// The names in a directory: `/sys/class/net/`. The path is kept without the last slash.
    Directory(&'static str),
    /// Every file and every list of names beneath a directory: `/var/db/pkg/**`. The path is kept without the stars.
    Tree(&'static str),
    /// Whether a path is there, where it points, when it was changed: `stat:/etc/localtime`. It is not opened.
    Look(&'static str),
    /// The same of anything beneath a directory, which is not listed: `stat:/var/lib/dpkg/info/**`.
    LookBeneath(&'static str),
    /// The content of a file on Windows: `file:%APPDATA%\Mozilla\Firefox\Profiles\*\extensions.json`.
    WindowsFile(&'static str),
    /// Everything beneath a directory on Windows: `file:%LOCALAPPDATA%\…\Extensions\**`.
    WindowsTree(&'static str),
    /// A value of the registry: its key, then its name.
    RegistryValue(&'static str),
    /// A key of the registry with everything beneath it: `registry:HKLM\…\Uninstall\**`.
    RegistryTree(&'static str),
    /// A member of an SMBIOS structure: `smbios:system.manufacturer`.
    Smbios(&'static str),
    /// A property of a WMI class: `wmi:Win32_BIOS.SerialNumber`.
    Wmi(&'static str),
    /// A property of an entry of the I/O Registry: `ioreg:IOPlatformExpertDevice.IOPlatformUUID`.
    IoRegistry(&'static str),
    /// A name of sysctl(3): `sysctl:hw.memsize`.
    Sysctl(&'static str),
    /// A system call: `syscall:uname`.
    SystemCall(&'static str),
    /// A function or framework of the operating system, by an id that a broker can be asked for: `api:GetFirmwareType`.
    Api(&'static str),
    /// A program of the operating system with its arguments: `command:/usr/bin/fdesetup status`.
    Command(&'static str),
    /// A property or a method of a service of the system bus:
    /// `dbus:org.freedesktop.login1/org.freedesktop.login1.Session.State`.
    Bus {
        /// The service's well-known name.
        service: &'static str,
        /// The interface of its object.
        interface: &'static str,
        /// The property or the method.
        member: &'static str,
    },
    /// A record of Candor's own state: `state:identity`.
    State(&'static str),
    /// A constant of this build: `build:linux`.
    Build(&'static str),
}

impl SourcePlace {
    /// Whether it lies in the directories of persons, one for each account.
    pub fn is_in_homes(self) -> bool {
        let path = match self {
            Self::WindowsFile(path) | Self::WindowsTree(path) => Some(path),
            other => other.path(),
        };
        path.is_some_and(|path| IN_HOMES.iter().any(|start| path.starts_with(start)))
    }

    /// The path pattern of a place in the file system of a Unix system.
    pub const fn path(self) -> Option<&'static str> {
        match self {
            Self::File(path)
            | Self::Directory(path)
            | Self::Tree(path)
            | Self::Look(path)
            | Self::LookBeneath(path) => Some(path),
            Self::WindowsFile(_)
            | Self::WindowsTree(_)
            | Self::RegistryValue(_)
            | Self::RegistryTree(_)
            | Self::Smbios(_)
            | Self::Wmi(_)
            | Self::IoRegistry(_)
            | Self::Sysctl(_)
            | Self::SystemCall(_)
            | Self::Api(_)
            | Self::Command(_)
            | Self::Bus { .. }
            | Self::State(_)
            | Self::Build(_) => None,
        }
    }
}

/// What the directories of persons begin with, on every system.
const IN_HOMES: &[&str] = &["/home/*/", "/Users/*/", "%LOCALAPPDATA%", "%APPDATA%"];

/// As the catalogue writes it.
impl fmt::Display for SourcePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, text, behind) = match *self {
            Self::File(path) => ("", path, ""),
            Self::Directory(path) => ("", path, "/"),
            Self::Tree(path) => ("", path, "/**"),
            Self::Look(path) => ("stat:", path, ""),
            Self::LookBeneath(path) => ("stat:", path, "/**"),
            Self::WindowsFile(path) => ("file:", path, ""),
            Self::WindowsTree(path) => ("file:", path, "\\**"),
            Self::RegistryValue(path) => ("registry:", path, ""),
            Self::RegistryTree(path) => ("registry:", path, "\\**"),
            Self::Smbios(name) => ("smbios:", name, ""),
            Self::Wmi(name) => ("wmi:", name, ""),
            Self::IoRegistry(name) => ("ioreg:", name, ""),
            Self::Sysctl(name) => ("sysctl:", name, ""),
            Self::SystemCall(name) => ("syscall:", name, ""),
            Self::Api(name) => ("api:", name, ""),
            Self::Command(line) => ("command:", line, ""),
            Self::Bus { service, interface, member } => {
                return write!(f, "dbus:{service}/{interface}.{member}");
            }
            Self::State(name) => ("state:", name, ""),
            Self::Build(name) => ("build:", name, ""),
        };
        f.write_str(before)?;
        f.write_str(text)?;
        f.write_str(behind)
    }
}

impl serde::Serialize for SourcePlace {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::SourcePlace;

    #[test]
    fn a_place_is_written_as_in_the_catalogue() {
        for (place, text) in [
            (SourcePlace::File("/etc/hostname"), "/etc/hostname"),
            (SourcePlace::Directory("/sys/class/net"), "/sys/class/net/"),
            (SourcePlace::Tree("/var/db/pkg"), "/var/db/pkg/**"),
            (SourcePlace::Look("/etc/localtime"), "stat:/etc/localtime"),
            (SourcePlace::RegistryTree(r"HKLM\A"), r"registry:HKLM\A\**"),
            (
                SourcePlace::Bus { service: "org.x", interface: "org.x.Manager", member: "List" },
                "dbus:org.x/org.x.Manager.List",
            ),
        ] {
            assert_eq!(place.to_string(), text);
            assert_eq!(serde_json::to_string(&place).unwrap(), serde_json::to_string(text).unwrap());
        }
    }
}
