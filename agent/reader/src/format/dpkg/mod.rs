//! dpkg's status file (deb-control(5), dpkg-query(1)): paragraphs of fields, one package each.
//!
//! ```text
//! Package: curl
//! Status: install ok installed
//! Architecture: amd64
//! Multi-Arch: foreign
//! Version: 7.88.1-10+deb12u8
//! Description: command line tool for transferring data with URL syntax
//!  continuation lines start with white space
//!
//! ```
//! `Origin` names the distribution that a package comes from (deb-control(5)); Debian's and Ubuntu's own packages lack
//! it. `Maintainer` names persons and is not read.

use super::{FormatError, Line};

/// A package whose files are on the disk.
#[derive(Debug, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its architecture.
    pub architecture: String,
    /// The distribution that it comes from, where that is another than the machine's.
    pub origin: Option<String>,
    is_multi_arch: bool,
}

impl Package {
    /// The name of dpkg's list of its files, which is written when it is installed.
    pub fn file_list(&self) -> String {
        let Self { name, architecture, .. } = self;
        if self.is_multi_arch { format!("{name}:{architecture}.list") } else { format!("{name}.list") }
    }
}

/// What a paragraph without `Status` means.
#[derive(Clone, Copy)]
pub enum Unstated {
    /// dpkg writes one always.
    Malformed,
    /// The image holds the package, or it would not hold the file.
    Installed,
}

/// Takes a file apart line by line.
pub struct Parser {
    unstated: Unstated,
    paragraph: Paragraph,
}

impl Parser {
    /// At the start of a file.
    pub fn new(unstated: Unstated) -> Self {
        Self { unstated, paragraph: Paragraph::default() }
    }

    /// Takes the next line, and gives the package whose paragraph it ends.
    pub fn take(&mut self, line: Line<'_>) -> Result<Option<Package>, FormatError> {
        if !line.is_ended {
            // dpkg ends every line; without an end the file was cut off.
            return Err(FormatError::Malformed);
        }
        if line.bytes.is_empty() {
            return std::mem::take(&mut self.paragraph).finish(self.unstated);
        }
        self.paragraph.take(line)?;
        Ok(None)
    }

    /// Gives the last package, behind which no empty line need stand.
    pub fn finish(self) -> Result<Option<Package>, FormatError> {
        self.paragraph.finish(self.unstated)
    }
}

/// The fields of a paragraph that a row is made of.
#[derive(Default)]
struct Paragraph {
    is_started: bool,
    package: Option<String>,
    status: Option<String>,
    architecture: Option<String>,
    version: Option<String>,
    multi_arch: Option<String>,
    origin: Option<String>,
}

impl Paragraph {
    fn take(&mut self, line: Line<'_>) -> Result<(), FormatError> {
        if matches!(line.bytes.first(), Some(b' ' | b'\t')) {
            return if self.is_started { Ok(()) } else { Err(FormatError::Malformed) };
        }
        self.is_started = true;
        let colon = memchr::memchr(b':', line.bytes).ok_or(FormatError::Malformed)?;
        let (name, value) = line.bytes.split_at(colon);
        if !name.iter().all(|b| matches!(b, b'!'..=b'9' | b';'..=b'~')) {
            return Err(FormatError::Malformed);
        }
        let slot = match name {
            b"Package" => &mut self.package,
            b"Status" => &mut self.status,
            b"Architecture" => &mut self.architecture,
            b"Version" => &mut self.version,
            b"Multi-Arch" => &mut self.multi_arch,
            b"Origin" => &mut self.origin,
            _ => return Ok(()),
        };
        let value = std::str::from_utf8(&value[1..]).map_err(|_| FormatError::Malformed)?.trim();
        if !line.is_whole || slot.replace(value.to_owned()).is_some() {
            return Err(FormatError::Malformed);
        }
        Ok(())
    }

    /// The package; `None` for an empty paragraph and for a package that is not on the disk.
    fn finish(self, unstated: Unstated) -> Result<Option<Package>, FormatError> {
        if !self.is_started {
            return Ok(None);
        }
        let name = self.package.filter(|name| is_package_name(name)).ok_or(FormatError::Malformed)?;
        let is_installed = match (self.status.as_deref(), unstated) {
            (Some(status), _) => is_on_disk(status)?,
            (None, Unstated::Installed) => true,
            (None, Unstated::Malformed) => return Err(FormatError::Malformed),
        };
        if !is_installed {
            return Ok(None);
        }
        Ok(Some(Package {
            name,
            version: self.version.ok_or(FormatError::Malformed)?,
            architecture: self.architecture.ok_or(FormatError::Malformed)?,
            origin: self.origin,
            is_multi_arch: self.multi_arch.as_deref() == Some("same"),
        }))
    }
}

/// Whether the third word of `Status` means that the package's files are there. `config-files` means that it was
/// removed and left its configuration; `half-installed` that unpacking failed and nothing can be relied on.
fn is_on_disk(status: &str) -> Result<bool, FormatError> {
    match status.split_ascii_whitespace().nth(2) {
        Some("installed" | "unpacked" | "half-configured" | "triggers-awaited" | "triggers-pending") => {
            Ok(true)
        }
        Some("not-installed" | "config-files" | "half-installed") => Ok(false),
        _ => Err(FormatError::Malformed),
    }
}

/// Debian Policy §5.6.1, with the upper case and the underscore that other dpkg distributions have used.
fn is_package_name(name: &str) -> bool {
    name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.' | b'_'))
}

#[cfg(test)]
mod tests;
