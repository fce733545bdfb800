//! snap packages (snapd `dirs/dirs.go`; snapcraft.io: The snap format, `snap.yaml`).
//!
//! ```text
//! /snap/firefox/current -> 5273                      the revision in use, which a disabled snap lacks
//! /snap/firefox/current/meta/snap.yaml
//! name: firefox
//! version: 133.0-2
//! type: app
//! architectures:
//! - amd64
//! apps:
//!   firefox:
//!     command: firefox.launcher
//! ```
//! `/snap` may be a link to `/var/lib/snapd/snap`, or only the latter is there. The name is the directory's: a snap that is
//! installed twice has one name and two directories, which is how snapd lists it. Of the YAML no more is understood than
//! top-level keys with a plain or quoted scalar and lists of these, which is how snapcraft writes the keys that are read.
//! snapd itself takes the time stamp of the link for the installation's. Who published a snap stands in assertions that only
//! root reads, and often is a person.

use super::{Package, Scope};
use crate::host::{Host, Place, Unreadable};
use crate::probe::reading::RawRow;
use crate::probe::shared::homes::listed;
use collector_proto::catalog::{FieldSet, fields};
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::Absence;

/// Where snaps are mounted: the first that has any counts.
const MOUNTS: [Mount; 2] = [
    Mount { yaml: "/snap/*/current/meta/snap.yaml", current: "stat:/snap/*/current" },
    Mount {
        yaml: "/var/lib/snapd/snap/*/current/meta/snap.yaml",
        current: "stat:/var/lib/snapd/snap/*/current",
    },
];

/// Most bytes of a `snap.yaml`. A snap with hundreds of programs and hooks has some 100 KiB.
const MAX_YAML_BYTES: u64 = 1024 * 1024;

struct Mount {
    yaml: &'static str,
    current: &'static str,
}

/// One row a snap that is in use, holding the wanted fields.
pub(super) fn packages(host: &Host, wanted: &FieldSet) -> Result<Vec<RawRow>, Absence> {
    for mount in &MOUNTS {
        let mut rows = Vec::new();
        for name in listed(host, Place::of(mount.yaml, &[]))? {
            rows.extend(mount.row(&name, host, wanted)?);
            if rows.len() > MAX_ROWS {
                return Err(Absence::TooLarge);
            }
        }
        if !rows.is_empty() {
            return Ok(rows);
        }
    }
    Err(Absence::Unavailable)
}

impl Mount {
    /// `None` for what is no snap, such as `/snap/bin`, or is not in use.
    fn row(&self, name: &str, host: &Host, wanted: &FieldSet) -> Result<Option<RawRow>, Absence> {
        let bytes = match host.bytes_up_to(Place::of(self.yaml, &[name]), MAX_YAML_BYTES) {
            Ok(bytes) => bytes,
            Err(Unreadable::Missing) => return Ok(None),
            // `/snap/README`.
            Err(Unreadable::Odd) if !host.exists(Place::of(self.current, &[name])) => return Ok(None),
            Err(reason) => return Err(reason.into()),
        };
        let yaml = Yaml::parse(std::str::from_utf8(&bytes).map_err(|_| Absence::Malformed)?);
        let base = yaml.name.as_deref().ok_or(Absence::Malformed)?;
        let is_instance = |rest: &str| rest.is_empty() || rest.starts_with('_');
        if !name.strip_prefix(base).is_some_and(is_instance) {
            return Err(Absence::Malformed);
        }
        let package = Package {
            kind: "snap",
            name,
            version: yaml.version.as_deref(),
            architecture: yaml.architecture.as_deref(),
            scope: Scope::Machine,
            installed: if wanted.contains(fields::PACKAGE_INSTALLED) {
                host.link_modified(Place::of(self.current, &[name])).ok()
            } else {
                None
            },
            vendor: None,
        };
        package.row(wanted).map(Some)
    }
}

/// The top-level keys that a row is made of.
#[derive(Default)]
struct Yaml {
    name: Option<String>,
    version: Option<String>,
    /// The first, which is the one the snap was built for; `all` where it fits every machine.
    architecture: Option<String>,
}

impl Yaml {
    fn parse(text: &str) -> Self {
        let mut yaml = Self::default();
        let mut list = "";
        for line in text.lines() {
            let is_item = line.trim_start().starts_with("- ");
            if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
                let (key, value) = line.split_once(':').unwrap_or_default();
                list = if value.trim().is_empty() { key } else { "" };
                match key {
                    "name" => yaml.name = yaml.name.or_else(|| scalar(value)),
                    "version" => yaml.version = yaml.version.or_else(|| scalar(value)),
                    "architectures" => yaml.architecture = yaml.architecture.or_else(|| flow_item(value)),
                    _ => {}
                }
            } else if list == "architectures" && is_item && yaml.architecture.is_none() {
                yaml.architecture = scalar(line.trim_start().trim_start_matches('-'));
            }
        }
        yaml
    }
}

/// The first item of `[amd64, arm64]`.
fn flow_item(value: &str) -> Option<String> {
    let items = value.trim().strip_prefix('[')?;
    scalar(items.split([',', ']']).next()?)
}

/// A scalar in one line (YAML 1.2, 7.3): plain up to a comment, or between quotes. Escapes and other forms, such as blocks
/// and references, give nothing.
fn scalar(value: &str) -> Option<String> {
    let value = value.trim();
    let inner = if let Some(rest) = value.strip_prefix('\'') {
        rest.split_once('\'')?.0
    } else if let Some(rest) = value.strip_prefix('"') {
        rest.split_once('"').map(|(inner, _)| inner).filter(|inner| !inner.contains('\\'))?
    } else {
        let plain = value.split(" #").next().unwrap_or_default().trim_end();
        if plain.starts_with(['|', '>', '&', '*', '!', '{', '[', '#', '~']) {
            return None;
        }
        plain
    };
    (!inner.is_empty()).then(|| inner.to_owned())
}

#[cfg(test)]
mod tests;
