//! apk's database of installed packages (apk(8), section Files; apk-tools `src/database.c`): lines of one letter, a colon
//! and a value, and an empty line behind each package.
//!
//! ```text
//! C:Q1qKcZ+j23xssAXmgQhkOO8dHnbWw=
//! P:musl
//! V:1.2.5-r9
//! A:x86_64
//! m:Timo Teräs <timo.teras@iki.fi>
//! t:1738164183
//! F:lib
//! R:ld-musl-x86_64.so.1
//!
//! ```
//! `P` is the name, `V` the version, `A` the architecture. `t` is when the package was built and `m` a person, so neither
//! is read.

use super::{FormatError, Line};

/// An installed package.
#[derive(Debug, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its architecture.
    pub architecture: Option<String>,
}

/// Takes the database apart line by line.
#[derive(Default)]
pub struct Parser {
    entry: Entry,
}

impl Parser {
    /// Takes the next line, and gives the package whose entry it ends.
    pub fn take(&mut self, line: Line<'_>) -> Result<Option<Package>, FormatError> {
        if !line.is_ended {
            // apk ends every line; without an end the file was cut off.
            return Err(FormatError::Malformed);
        }
        if line.bytes.is_empty() {
            return std::mem::take(&mut self.entry).finish();
        }
        self.entry.take(line)?;
        Ok(None)
    }

    /// Gives the last package, behind which no empty line need stand.
    pub fn finish(self) -> Result<Option<Package>, FormatError> {
        self.entry.finish()
    }
}

/// The values of an entry that a row is made of.
#[derive(Default)]
struct Entry {
    is_started: bool,
    name: Option<String>,
    version: Option<String>,
    architecture: Option<String>,
}

impl Entry {
    fn take(&mut self, line: Line<'_>) -> Result<(), FormatError> {
        self.is_started = true;
        let [letter, b':', value @ ..] = line.bytes else { return Err(FormatError::Malformed) };
        let slot = match letter {
            b'P' => &mut self.name,
            b'V' => &mut self.version,
            b'A' => &mut self.architecture,
            letter if letter.is_ascii_alphabetic() => return Ok(()),
            _ => return Err(FormatError::Malformed),
        };
        let value = std::str::from_utf8(value).map_err(|_| FormatError::Malformed)?;
        if !line.is_whole || slot.replace(value.to_owned()).is_some() {
            return Err(FormatError::Malformed);
        }
        Ok(())
    }

    /// The package; `None` between two empty lines.
    fn finish(self) -> Result<Option<Package>, FormatError> {
        if !self.is_started {
            return Ok(None);
        }
        let name = self.name.ok_or(FormatError::Malformed)?;
        let version = self.version.ok_or(FormatError::Malformed)?;
        Ok(Some(Package { name, version, architecture: self.architecture }))
    }
}

#[cfg(test)]
mod tests;
