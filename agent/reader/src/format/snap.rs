//! `snap.yaml` (snapcraft.io: The snap format).
//!
//! ```text
//! name: firefox
//! version: 133.0-2
//! type: app
//! architectures:
//! - amd64
//! apps:
//!   firefox:
//!     command: firefox.launcher
//! ```
//! Of the YAML no more is understood than top-level keys with a plain or quoted scalar and lists of these, which is how
//! snapcraft writes the keys that are read.

use super::FormatError;

/// The top-level keys that a row is made of.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Yaml {
    /// The snap's name.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// The first, which is the one the snap was built for; `all` where it fits every machine.
    pub architecture: Option<String>,
}

impl Yaml {
    /// Takes the file apart; what it does not have is `None`.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        let text = std::str::from_utf8(bytes).map_err(|_| FormatError::Malformed)?;
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
        Ok(yaml)
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
mod tests {
    use super::*;

    #[test]
    fn scalars_are_read_as_yaml_writes_them() {
        for (yaml, version, architecture) in [
            ("name: 'firefox'\nversion: \"133.0\" # why\n", Some("133.0"), None),
            (
                "version: '20241119'\nname: firefox\narchitectures: [ 'amd64', arm64 ]\n",
                Some("20241119"),
                Some("amd64"),
            ),
            ("name: firefox\nversion: 1 # one\narchitectures: [all]", Some("1"), Some("all")),
            ("name: firefox\narchitectures:\n\n  - \"arm64\"\napps:\n  - no\n", None, Some("arm64")),
            ("name: firefox\nversion: |\n  block\n", None, None),
            ("name: firefox\nversion: &anchor 1\n", None, None),
            ("name: firefox\ndescription: |\n  x\n  version: 9\napps:\n  a:\n    version: 8\n", None, None),
            ("name: firefox\nversion: \"a\\tb\"\n", None, None),
            ("# comment\n---\nname: firefox\r\nversion: 1\r\n", Some("1"), None),
        ] {
            let read = Yaml::parse(yaml.as_bytes()).unwrap();
            let found = (read.name.as_deref(), read.version.as_deref(), read.architecture.as_deref());
            assert_eq!(found, (Some("firefox"), version, architecture), "{yaml}");
        }
        assert_eq!(Yaml::parse(b""), Ok(Yaml::default()));
        assert_eq!(Yaml::parse(b"\xff\xfe"), Err(FormatError::Malformed));
    }
}
