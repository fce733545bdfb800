//! Small JSON files, replaced atomically and made durable before anyone acts on them.

use super::{Damage, StateError};
use candor_durable::{Distrust, Role};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// Largest state file in bytes, but for one that says otherwise: a root envelope of the largest size, and room for the rest.
const MAX_FILE_BYTES: u64 = 2 * collector_proto::limits::MAX_DOCUMENT_BYTES as u64;

/// What one file holds. Its member `v` is the version of its form.
pub(super) trait StateFile: Serialize + DeserializeOwned {
    /// The file's name.
    const NAME: &'static str;
    /// The version of the form that is written, and the latest that is read.
    const VERSION: u64;
    /// Largest file in bytes.
    const MAX_BYTES: u64 = MAX_FILE_BYTES;
    /// Whether nobody else may have read it.
    const IS_SECRET: bool = false;
    /// What brings the content back when the file is lost, as a command.
    const AGAIN: &'static str;
}

/// For files without which a device is not enrolled.
pub(super) const ENROL_AGAIN: &str = "remove the directory and enrol the device again";

/// The form's version, whatever else the file holds.
#[derive(Deserialize)]
struct Form {
    v: u64,
}

/// The directory.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
}

impl Directory {
    pub(super) fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Holds the directory and the way to it to the rule, as far as they are there.
    pub(super) fn examine(&self) -> Result<(), StateError> {
        match self.open() {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unreadable(&self.path, error)),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    fn open(&self) -> io::Result<candor_durable::Directory> {
        candor_durable::Directory::open(&self.path, Role::ReaderState)
    }

    /// Waits for the exclusive lock, and removes what a crash left half written; makes the directory where there is none.
    pub(super) fn lock(&self) -> Result<File, StateError> {
        let made = candor_durable::Directory::make(&self.path, Role::ReaderState);
        let directory = made.map_err(|source| self.unwritable("", source))?;
        let file = directory.lock_file("lock").map_err(|source| self.unwritable("lock", source))?;
        file.lock().map_err(|source| self.unwritable("lock", source))?;
        directory.clean().map_err(|source| self.unwritable("", source))?;
        Ok(file)
    }

    /// A file's content; `None` when there is no such file.
    pub(super) fn read<T: StateFile>(&self) -> Result<Option<T>, StateError> {
        let Some(bytes) = self.bytes::<T>()? else { return Ok(None) };
        let Form { v: found } = self.parse::<T, _>(&bytes)?;
        if found > T::VERSION {
            let path = self.path.join(T::NAME);
            return Err(StateError::Later { path, found, known: T::VERSION, again: T::AGAIN });
        }
        self.parse::<T, _>(&bytes).map(Some)
    }

    fn bytes<T: StateFile>(&self) -> Result<Option<Vec<u8>>, StateError> {
        let path = self.path.join(T::NAME);
        let opened = self.open().and_then(|directory| {
            if T::IS_SECRET { directory.read_secret(T::NAME) } else { directory.read(T::NAME) }
        });
        let file = match opened {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(&path, error)),
        };
        let mut bytes = Vec::new();
        if let Err(source) = file.take(T::MAX_BYTES + 1).read_to_end(&mut bytes) {
            return Err(unreadable(&path, source));
        }
        if bytes.len() as u64 > T::MAX_BYTES {
            return Err(self.damaged::<T>(Damage::TooLarge));
        }
        Ok(Some(bytes))
    }

    /// The newest part of a file that is added to line by line, of at most `max` bytes; nothing where there is no such file.
    pub(super) fn log(&self, name: &str, max: u64) -> Result<Vec<u8>, StateError> {
        let failed = |error| unreadable(&self.path.join(name), error);
        let mut file = match self.open().and_then(|directory| directory.read(name)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut bytes = Vec::new();
        let length = file.metadata().map_err(failed)?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(max))).map_err(failed)?;
        file.take(max).read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    }

    /// Opens a file to add to it.
    pub(super) fn add_to(&self, name: &str) -> Result<File, StateError> {
        self.open()
            .and_then(|directory| directory.log_file(name))
            .map_err(|error| self.unwritable(name, error))
    }

    /// Bytes of a file; none where there is no such file.
    pub(super) fn size(&self, name: &str) -> u64 {
        self.open().and_then(|directory| directory.size(name)).unwrap_or_default()
    }

    /// Replaces a file that is added to line by line.
    pub(super) fn replace_log(&self, name: &str, bytes: &[u8]) -> Result<(), StateError> {
        self.open()
            .and_then(|directory| directory.replace(name, bytes))
            .map_err(|error| self.unwritable(name, error))
    }

    fn parse<T: StateFile, P: DeserializeOwned>(&self, bytes: &[u8]) -> Result<P, StateError> {
        serde_json::from_slice(bytes)
            .map_err(|error| self.damaged::<T>(Damage::Form { line: error.line(), column: error.column() }))
    }

    /// Replaces a file: after a crash it is the old one or the other one, whole.
    pub(super) fn write<T: StateFile>(&self, content: &T) -> Result<(), StateError> {
        self.replace(content).map_err(|source| self.unwritable(T::NAME, source))
    }

    fn replace<T: StateFile>(&self, content: &T) -> io::Result<()> {
        self.open()?.replace(T::NAME, &serde_json::to_vec(content)?)
    }

    pub(super) fn damaged<T: StateFile>(&self, source: Damage) -> StateError {
        StateError::Damaged { path: self.path.join(T::NAME), again: T::AGAIN, source }
    }

    pub(super) fn unwritable(&self, name: &str, source: io::Error) -> StateError {
        // Joining nothing would add a slash.
        let path = if name.is_empty() { self.path.clone() } else { self.path.join(name) };
        match source.downcast::<Distrust>() {
            Ok(distrust) => StateError::Distrusted(distrust),
            Err(source) => StateError::Write { path, source },
        }
    }
}

fn unreadable(path: &Path, source: io::Error) -> StateError {
    match source.downcast::<Distrust>() {
        Ok(distrust) => StateError::Distrusted(distrust),
        Err(source) => StateError::Read { path: path.to_owned(), source },
    }
}
