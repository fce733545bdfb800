//! pacman's local database (libalpm `be_local.c`): one directory per package, named `<name>-<version>-<release>`, in which
//! `desc` holds one value per section.
//!
//! ```text
//! %NAME%
//! bash
//!
//! %VERSION%
//! 5.2.037-1
//!
//! %ARCH%
//! x86_64
//!
//! %INSTALLDATE%
//! 1738164183
//!
//! %PACKAGER%
//! Jane Doe <jane@example.org>
//!
//! ```
//! Like libalpm this takes name and version from the directory's name, in which neither version nor release has a dash.
//! `%INSTALLDATE%` is when it was installed, in seconds since 1970. `%PACKAGER%` is a person; the database does not say from
//! which repository a package came, so there is no vendor.

use super::{FormatError, Line};

/// Name and version of an entry; `None` for what is not a package, such as `ALPM_DB_VERSION`.
pub fn split(entry: &str) -> Option<(&str, &str)> {
    let (rest, release) = entry.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    if [name, version, release].iter().any(|part| part.is_empty()) {
        return None;
    }
    Some((name, entry.get(name.len() + 1..)?))
}

/// What only `desc` tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// The architecture.
    pub architecture: Option<String>,
    /// When it was installed, in seconds since 1970.
    pub installed: Option<u32>,
}

/// Takes a `desc` apart line by line.
#[derive(Default)]
pub struct Parser {
    description: Description,
    section: Option<Section>,
}

/// A section whose value comes next.
#[derive(Clone, Copy)]
enum Section {
    Architecture,
    Installed,
}

impl Parser {
    /// Whether everything is known, which is before the packager's name.
    pub fn is_done(&self) -> bool {
        self.description.architecture.is_some() && self.description.installed.is_some()
    }

    /// Takes the next line.
    pub fn take(&mut self, line: Line<'_>) -> Result<(), FormatError> {
        match self.section.take() {
            Some(Section::Architecture) => self.description.architecture = Some(value(line)?.to_owned()),
            Some(Section::Installed) => {
                let seconds = value(line)?.parse().map_err(|_| FormatError::Malformed)?;
                self.description.installed = Some(seconds);
            }
            None if !line.is_ended || line.bytes.contains(&0) => {
                // A database that was cut off, or no text.
                return Err(FormatError::Malformed);
            }
            None => {
                self.section = match line.bytes {
                    b"%ARCH%" => Some(Section::Architecture),
                    b"%INSTALLDATE%" => Some(Section::Installed),
                    _ => None,
                }
            }
        }
        Ok(())
    }

    /// What the file told. After a crash files are empty; libalpm still lists the package.
    pub fn finish(self) -> Result<Description, FormatError> {
        if self.section.is_some() { Err(FormatError::Malformed) } else { Ok(self.description) }
    }
}

/// The first line of a section.
fn value(line: Line<'_>) -> Result<&str, FormatError> {
    let text = std::str::from_utf8(line.bytes).map_err(|_| FormatError::Malformed)?;
    if line.is_ended && line.is_whole && !text.is_empty() { Ok(text) } else { Err(FormatError::Malformed) }
}

#[cfg(test)]
mod tests;
