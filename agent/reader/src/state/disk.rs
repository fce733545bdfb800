//! Small JSON files, replaced atomically and made durable before anyone acts on them.

use super::StateError;
use crate::host;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Largest state file in bytes: a root envelope of the largest size, and room for the rest.
const MAX_FILE_BYTES: u64 = 2 * collector_proto::limits::MAX_DOCUMENT_BYTES as u64;

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

    /// Waits for the exclusive lock; makes the directory where there is none.
    pub(super) fn lock(&self) -> Result<File, StateError> {
        host::create_private_directory(&self.path).map_err(|source| self.unwritable("", source))?;
        let path = self.path.join("lock");
        let open = || match host::private_create().open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                File::options().write(true).open(&path)
            }
            other => other,
        };
        let file = open().map_err(|source| self.unwritable("lock", source))?;
        file.lock().map_err(|source| self.unwritable("lock", source))?;
        Ok(file)
    }

    /// A file's content; `None` when there is no such file.
    pub(super) fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, StateError> {
        let path = self.path.join(name);
        let file = match host::cautious_read().open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(StateError::Read { path, source }),
        };
        let mut bytes = Vec::new();
        if let Err(source) = file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes) {
            return Err(StateError::Read { path, source });
        }
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(self.damaged(name, "is too large"));
        }
        // The parser's own message could repeat a key.
        let place = |e: serde_json::Error| {
            format!("is not what it should be at line {}, column {}", e.line(), e.column())
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| self.damaged(name, &place(error)))
    }

    /// Replaces a file: after a crash it is the old one or the new one, whole.
    pub(super) fn write<T: Serialize>(&self, name: &str, content: &T) -> Result<(), StateError> {
        self.replace(name, content).map_err(|source| self.unwritable(name, source))
    }

    fn replace<T: Serialize>(&self, name: &str, content: &T) -> io::Result<()> {
        let draft = self.path.join(format!(".{name}.new"));
        // What a crash left behind. The lock keeps a living writer's draft from being taken.
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = host::private_create().open(&draft)?;
        file.write_all(&serde_json::to_vec(content)?)?;
        file.sync_all()?;
        fs::rename(&draft, self.path.join(name))?;
        host::sync_directory(&self.path)
    }

    pub(super) fn damaged(&self, name: &str, problem: &str) -> StateError {
        StateError::Damaged { path: self.path.join(name), problem: problem.to_owned() }
    }

    fn unwritable(&self, name: &str, source: io::Error) -> StateError {
        StateError::Write { path: self.path.join(name), source }
    }
}
