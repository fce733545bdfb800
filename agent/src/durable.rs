//! Writes of whole files that survive a crash: a temporary file in the same directory, synced, renamed, the
//! directory synced. A reader sees the whole file or none.

use crate::{fault, platform};
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Start of the names of temporary files.
const TEMPORARY: &str = ".tmp-";

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
    // The state's lock keeps other writers away, so that the file cannot appear after this.
    match path.try_exists() {
        Ok(false) => publish(path, what, bytes),
        Ok(true) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(error) => Err(error),
    }
    .map_err(|source| FileError::Write { path: path.to_path_buf(), source })
}

/// Writes a file, replacing the one that is there.
pub(crate) fn replace(path: &Path, what: &str, bytes: &[u8]) -> Result<(), FileError> {
    publish(path, what, bytes).map_err(|source| FileError::Write { path: path.to_path_buf(), source })
}

/// Makes a directory for its owner alone.
pub(crate) fn directory(path: &Path) -> Result<(), FileError> {
    platform::private_directory(path).map_err(|source| FileError::Write { path: path.to_path_buf(), source })
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
    serde_json::from_slice(&bytes).map(Some).map_err(|error| FileError::Malformed {
        path: path.to_path_buf(),
        line: error.line(),
        column: error.column(),
    })
}

/// Writes a value as JSON that a person can read, replacing the file that is there.
pub(crate) fn replace_json<T: serde::Serialize>(path: &Path, what: &str, value: &T) -> Result<(), FileError> {
    let mut bytes = serde_json::to_vec_pretty(value)
        .map_err(|error| FileError::Write { path: path.to_path_buf(), source: error.into() })?;
    bytes.push(b'\n');
    replace(path, what, &bytes)
}

/// Removes a file; that there is none is no error.
pub(crate) fn remove(path: &Path) -> Result<(), FileError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(FileError::Write { path: path.to_path_buf(), source: error })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Makes removals and renames in the directory durable.
pub(crate) fn sync_directory(path: &Path) -> Result<(), FileError> {
    platform::sync_directory(path).map_err(|source| FileError::Write { path: path.to_path_buf(), source })
}

/// Removes what a crash left behind. Only the process that holds the state's lock may do this.
pub(crate) fn clean(directory: &Path) -> Result<(), FileError> {
    let failed = |source| FileError::Read { path: directory.to_path_buf(), source };
    for file in std::fs::read_dir(directory).map_err(failed)? {
        let file = file.map_err(failed)?;
        if file.file_name().to_string_lossy().starts_with(TEMPORARY) {
            remove(&file.path())?;
        }
    }
    Ok(())
}

fn publish(path: &Path, what: &str, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = directory.join(format!("{TEMPORARY}{name}"));
    let write = || -> io::Result<()> {
        fault::point(what, "before-write");
        let mut options = OpenOptions::new();
        let mut file =
            platform::open_to_owner_only(options.write(true).create(true).truncate(true)).open(&temporary)?;
        file.write_all(bytes)?;
        fault::point(what, "before-fsync");
        file.sync_all()?;
        fault::point(what, "before-rename");
        std::fs::rename(&temporary, path)?;
        fault::point(what, "after-rename");
        platform::sync_directory(directory)?;
        fault::point(what, "after-directory-fsync");
        Ok(())
    };
    write().inspect_err(|_| {
        // What was written in part takes space that a full disk lacks.
        let _ = std::fs::remove_file(&temporary);
    })
}
