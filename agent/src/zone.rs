//! Time zones by their names, from the system's database: the rule by which their clocks are set.
//!
//! Asked when a ceiling is set, and by nobody later. A file of the database (TZif, RFC 8536) ends with the rule for the time to
//! come, `\nCET-1CEST,M3.5.0,M10.5.0/3\n`.

use collector_proto::policy::ceiling::Zone;
use std::io;
use std::path::Path;

/// Where the database is on Linux and macOS. Elsewhere the rule is written in place of a name.
const DATABASE: &str = "/usr/share/zoneinfo";

/// The zone of this machine: a link into the database, or a copy of one of its files.
const LOCAL: &str = "/etc/localtime";

/// The largest file of the database has some 4 KiB.
const MAX_BYTES: u64 = 64 * 1024;

const UTC: (&str, &str) = ("UTC", "UTC0");

/// The zone of this name, or that of this machine; or why there is none, in a sentence.
pub(crate) fn find(name: Option<&str>) -> Result<Zone, String> {
    find_in(Path::new(DATABASE), Path::new(LOCAL), name)
}

fn find_in(database: &Path, local: &Path, name: Option<&str>) -> Result<Zone, String> {
    let Some(name) = name else { return local_zone(local) };
    if name == UTC.0 {
        return Zone::new(UTC.0, UTC.1).map_err(|error| error.to_string());
    }
    let is_a_name = name.split('/').all(|part| !part.is_empty() && !part.contains(['.', '\\', '\0']));
    let known = if is_a_name { rule_of(&database.join(name)).ok() } else { None };
    let rule = known.as_deref().unwrap_or(name);
    Zone::new(name, rule).map_err(|_| {
        format!(
            "`{name}` is not a time zone of this device ({}); name one, such as Europe/Berlin, or write its rule, such as \
             CET-1CEST,M3.5.0,M10.5.0/3",
            database.display()
        )
    })
}

/// A machine that says nothing of a zone has UTC (localtime(5)).
fn local_zone(local: &Path) -> Result<Zone, String> {
    let rule = match rule_of(local) {
        Ok(rule) => rule,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Zone::new(UTC.0, UTC.1).map_err(|error| error.to_string());
        }
        Err(_) => String::new(),
    };
    let link = local.read_link().unwrap_or_default();
    let link = link.to_string_lossy();
    let name = link.split_once("zoneinfo/").map_or("local time", |(_, name)| name);
    Zone::new(name, &rule).map_err(|_| {
        format!("the time zone of this device cannot be read from {}; name one with `zone`", local.display())
    })
}

fn rule_of(file: &Path) -> io::Result<String> {
    let bytes = candor_durable::read_given(file, MAX_BYTES)?;
    footer(&bytes).map(str::to_owned).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// The last line of a file of version 2 or later.
fn footer(bytes: &[u8]) -> Option<&str> {
    let version = *bytes.strip_prefix(b"TZif")?.first()?;
    let text = bytes.strip_suffix(b"\n").filter(|_| version >= b'2')?;
    let start = text.iter().rposition(|byte| *byte == b'\n')? + 1;
    std::str::from_utf8(text.get(start..)?).ok().filter(|rule| !rule.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_found_by_its_name_by_its_rule_and_as_that_of_the_machine() {
        let directory = tempfile::tempdir().unwrap();
        let database = directory.path().join("zoneinfo");
        std::fs::create_dir_all(database.join("Europe")).unwrap();
        let rule = "CET-1CEST,M3.5.0,M10.5.0/3";
        std::fs::write(database.join("Europe/Berlin"), format!("TZif2\0\n\x01\n{rule}\n")).unwrap();
        std::fs::write(database.join("Old"), format!("TZif\0\n{rule}\n")).unwrap();
        let local = directory.path().join("localtime");
        let find = |name| {
            find_in(&database, &local, name).map(|zone| (zone.name().to_owned(), zone.rule().to_owned()))
        };
        let pair = |name: &str, rule: &str| Ok((name.to_owned(), rule.to_owned()));
        assert_eq!(find(Some("Europe/Berlin")), pair("Europe/Berlin", rule));
        assert_eq!(find(Some("UTC")), pair("UTC", "UTC0"));
        assert_eq!(find(Some(rule)), pair(rule, rule));
        assert_eq!(find(None), pair("UTC", "UTC0"));
        for name in ["Europe/Berln", "Old", "../localtime", "/etc/passwd", "Europe"] {
            assert!(find(Some(name)).unwrap_err().contains("is not a time zone"), "{name}");
        }
        // What a link says of the name is left to the systems that have links.
        std::fs::copy(database.join("Europe/Berlin"), &local).unwrap();
        assert_eq!(find(None), pair("local time", rule));
        std::fs::write(&local, "nonsense").unwrap();
        assert!(find(None).unwrap_err().contains("name one"));
    }
}
