//! The agent's files, kept as [`candor_durable`] specifies, with errors that say what to do and with the instants at
//! which tests end the process.
//!
//! Functions that take a path walk to its directory again and hold the way to the rule each time.

use crate::{fault, platform};
use candor_durable::{Directory, Distrust, Role, directory_of};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// Why a file of the state directory was not written or read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Somebody else could have led this program there.
    #[error(transparent)]
    Distrusted(Distrust),
    /// It cannot be written.
    #[error("{} cannot be written{}", .path.display(), advice(.source))]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It cannot be read.
    #[error("{} cannot be read", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is longer than it can be.
    #[error("{} has more than {limit} bytes", .path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
        /// The limit.
        limit: usize,
    },
    /// It is not of the form that this program writes. The position is all that is said of its content.
    #[error("{} cannot be understood (line {line}, column {column})", .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line.
        line: usize,
        /// Column.
        column: usize,
    },
    /// It is of a later format than this program writes. It is left as it is.
    #[error(
        "{} was written by a newer Candor (format {version}; this one reads 1); install that version again",
        .path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its `v`.
        version: u64,
    },
}

/// What to do about the usual causes.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "; the disk is full: free some space, nothing that was recorded is lost"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; the state directory must be writable for the user that runs candor"
        }
        _ => "",
    }
}

/// Opens the state directory, which is made where there is none.
pub(crate) fn make_state(path: &Path) -> Result<Directory, FileError> {
    Directory::make(path, Role::State).map_err(|source| unwritable(path, source))
}

/// Opens a directory that must be there, to read in it.
pub(crate) fn existing(path: &Path, role: Role) -> Result<Directory, FileError> {
    to_read(path, role).map_err(|source| unreadable(path, source))
}

/// Opens a directory to read in it. On a machine with an agent of its own user root looks at what that user keeps; it works
/// there as that user (`cli/owner.rs`).
pub(crate) fn to_read(path: &Path, role: Role) -> io::Result<Directory> {
    let is_of_the_machine = || platform::system_state().is_some_and(|state| path.starts_with(state));
    if platform::is_privileged() && is_of_the_machine() {
        Directory::look(path, role)
    } else {
        Directory::open(path, role)
    }
}

/// Holds the state directory and the way to it to the rule, as far as they are there.
pub(crate) fn examine_state(path: &Path) -> Result<(), FileError> {
    found(existing(path, Role::State)).map(|_| ())
}

/// Writes a file that does not exist. `what` names its fault points.
pub(crate) fn create(directory: &Directory, name: &str, what: &str, bytes: &[u8]) -> Result<(), FileError> {
    directory
        .create_watched(name, bytes, &|step| fault::step(what, step.name()))
        .map_err(|source| unwritable(&directory.path().join(name), source))
}

/// Writes a file of the state, replacing the one that is there. `what` names its fault points.
pub(crate) fn replace(path: &Path, what: &str, bytes: &[u8]) -> Result<(), FileError> {
    let replace = || {
        let (directory, name) = place(path)?;
        directory.replace_watched(name, bytes, &|step| fault::step(what, step.name()))
    };
    replace().map_err(|source| unwritable(path, source))
}

/// Reads a file of the state of at most `limit` bytes; `None` when there is none.
pub(crate) fn read(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, FileError> {
    read_from(path, limit, || {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        to_read(directory_of(path), Role::State)?.read(name)
    })
}

/// As [`read`], for what nobody else may have read.
pub(crate) fn read_secret(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, FileError> {
    read_from(path, limit, || {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        to_read(directory_of(path), Role::State)?.read_secret(name)
    })
}

/// As [`read`], in a directory that is open.
pub(crate) fn read_in(directory: &Directory, name: &str, limit: usize) -> Result<Option<Vec<u8>>, FileError> {
    read_from(&directory.path().join(name), limit, || directory.read(name))
}

/// Reads a configuration of at most `limit` bytes; `None` when there is none.
pub(crate) fn read_configuration(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, FileError> {
    read_from(path, limit, || candor_durable::open_on_way(path, Role::Configuration))
}

/// Reads a bundle of at most `limit` bytes, that nobody else could read or put there; `None` when there is none.
pub(crate) fn read_bundle(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, FileError> {
    read_from(path, limit, || candor_durable::open_on_way(path, Role::Bundle))
}

fn read_from(
    path: &Path,
    limit: usize,
    open: impl FnOnce() -> io::Result<File>,
) -> Result<Option<Vec<u8>>, FileError> {
    let Some(file) = found(open().map_err(|source| unreadable(path, source)))? else { return Ok(None) };
    let mut bytes = Vec::new();
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(bound).read_to_end(&mut bytes).map_err(|source| unreadable(path, source))?;
    if bytes.len() > limit {
        return Err(FileError::TooLong { path: path.to_path_buf(), limit });
    }
    Ok(Some(bytes))
}

/// What is there; `None` where nothing is.
pub(crate) fn found<T>(opened: Result<T, FileError>) -> Result<Option<T>, FileError> {
    match opened {
        Err(FileError::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some),
    }
}

/// Reads a JSON file of at most `limit` bytes; `None` when there is none.
pub(crate) fn read_json<T: serde::de::DeserializeOwned>(
    path: &Path,
    limit: usize,
) -> Result<Option<T>, FileError> {
    let Some(bytes) = read(path, limit)? else { return Ok(None) };
    serde_json::from_slice(&bytes).map(Some).map_err(|error| match later_format(&bytes) {
        Some(version) => FileError::Newer { path: path.to_path_buf(), version },
        None => FileError::Malformed { path: path.to_path_buf(), line: error.line(), column: error.column() },
    })
}

/// The `v` of JSON that a newer program wrote.
fn later_format(bytes: &[u8]) -> Option<u64> {
    #[derive(serde::Deserialize)]
    struct Head {
        v: u64,
    }
    serde_json::from_slice::<Head>(bytes).ok().map(|head| head.v).filter(|version| *version > 1)
}

/// Writes a value as JSON that a person can read, replacing the file that is there.
pub(crate) fn replace_json<T: serde::Serialize>(path: &Path, what: &str, value: &T) -> Result<(), FileError> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| unwritable(path, error.into()))?;
    bytes.push(b'\n');
    replace(path, what, &bytes)
}

/// An instant at which a test ends the process, or lets what is done with the file or directory fail.
pub(crate) fn step(path: &Path, what: &str, moment: &str) -> Result<(), FileError> {
    fault::step(what, moment).map_err(|source| unwritable(path, source))
}

/// Removes a file of the state; a missing file is not an error.
pub(crate) fn remove(path: &Path) -> Result<(), FileError> {
    match place(path).and_then(|(directory, name)| directory.remove(name)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unwritable(path, error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The directory of a file of the state, and its name there.
fn place(path: &Path) -> io::Result<(Directory, &OsStr)> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    Ok((Directory::open(directory_of(path), Role::State)?, name))
}

/// That a file or directory cannot be written, or why it is not used.
pub(crate) fn unwritable(path: &Path, source: io::Error) -> FileError {
    match source.downcast() {
        Ok(distrust) => FileError::Distrusted(distrust),
        Err(source) => FileError::Write { path: path.to_path_buf(), source },
    }
}

/// That a file or directory cannot be read, or why it is not used.
pub(crate) fn unreadable(path: &Path, source: io::Error) -> FileError {
    match source.downcast() {
        Ok(distrust) => FileError::Distrusted(distrust),
        Err(source) => FileError::Read { path: path.to_path_buf(), source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use collector_proto::contract::Version1;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Kept {
        #[expect(dead_code, reason = "only whether it is read matters")]
        v: Version1,
    }

    #[test]
    fn what_a_newer_program_wrote_is_refused_with_what_to_do() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("kept.json");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            read_json::<Kept>(&path, 100)
        };
        assert!(read(r#"{"v":1}"#).unwrap().is_some());
        let newer = read(r#"{"v":2,"more":1}"#).unwrap_err();
        assert!(matches!(newer, FileError::Newer { version: 2, .. }), "{newer}");
        assert!(newer.to_string().contains("install that version again"), "{newer}");
        assert!(matches!(read(r#"{"v":1,"more":1}"#), Err(FileError::Malformed { .. })));
    }
}
