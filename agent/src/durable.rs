//! The agent's files, written as [`candor_durable`] specifies, with errors that say what to do and with the instants at
//! which tests end the process.

use crate::fault;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// Why a file of the state directory was not written or read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
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

/// Writes a file that does not exist. `what` names its fault points.
pub(crate) fn create(path: &Path, what: &str, bytes: &[u8]) -> Result<(), FileError> {
    candor_durable::create_watched(path, bytes, &|step| fault::step(what, step.name()))
        .map_err(|source| unwritable(path, source))
}

/// Writes a file, replacing the one that is there.
pub(crate) fn replace(path: &Path, what: &str, bytes: &[u8]) -> Result<(), FileError> {
    candor_durable::replace_watched(path, bytes, &|step| fault::step(what, step.name()))
        .map_err(|source| unwritable(path, source))
}

/// Makes a directory for its owner alone.
pub(crate) fn directory(path: &Path) -> Result<(), FileError> {
    candor_durable::private_directory(path).map_err(|source| unwritable(path, source))
}

/// Reads a file of at most `limit` bytes; `None` when there is none.
pub(crate) fn read(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, FileError> {
    let failed = |source| FileError::Read { path: path.to_path_buf(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut bytes = Vec::new();
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(bound).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > limit {
        return Err(FileError::TooLong { path: path.to_path_buf(), limit });
    }
    Ok(Some(bytes))
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

/// Removes a file; a missing file is not an error.
pub(crate) fn remove(path: &Path) -> Result<(), FileError> {
    candor_durable::remove(path).map_err(|source| unwritable(path, source))
}

/// Makes removals in the directory durable.
pub(crate) fn sync_directory(path: &Path) -> Result<(), FileError> {
    candor_durable::sync_directory(path).map_err(|source| unwritable(path, source))
}

/// Removes what a crash left in the directory of the state that this process holds the lock of.
pub(crate) fn clean(directory: &Path) -> Result<(), FileError> {
    candor_durable::clean(directory)
        .map_err(|source| FileError::Read { path: directory.to_path_buf(), source })
}

fn unwritable(path: &Path, source: io::Error) -> FileError {
    FileError::Write { path: path.to_path_buf(), source }
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
