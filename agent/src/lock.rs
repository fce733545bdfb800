//! One writer a state directory: an exclusive lock on `<state>/lock`, which the system frees when the process ends.

use crate::durable::{self, FileError};
use crate::paths::Paths;
use crate::platform;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::PathBuf;

/// Proof that this process alone writes the state. Freed when dropped.
#[derive(Debug)]
pub struct StateLock {
    file: File,
}

/// Why the state cannot be written by this process.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error("another candor (process {holder}) works on {}; wait for it, stop it, or name another directory with --state", .state.display())]
    Held {
        /// The state directory.
        state: PathBuf,
        /// Its process id, or `unknown`.
        holder: String,
    },
    /// The state directory or the lock cannot be made.
    #[error(transparent)]
    File(#[from] FileError),
}

impl Drop for StateLock {
    fn drop(&mut self) {
        // Closing would do, but for a child that was forked and has not come to `exec` yet: it holds the file as well.
        let _ = self.file.unlock();
    }
}

impl StateLock {
    /// Takes the lock, making the state directory where there is none.
    pub fn take(paths: &Paths) -> Result<Self, LockError> {
        durable::directory(paths.state())?;
        let path = paths.lock();
        let failed = |source| FileError::Write { path: path.clone(), source };
        let mut options = OpenOptions::new();
        // Not truncated: until the lock is held the content is another process's.
        let mut file =
            platform::open_to_owner_only(options.read(true).write(true).create(true).truncate(false))
                .open(&path)
                .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Where the lock also keeps readers out, the holder stays unknown.
                let _ = (&file).take(16).read_to_string(&mut holder);
                let holder = if holder.trim().is_empty() { "unknown" } else { holder.trim() }.to_owned();
                return Err(LockError::Held { state: paths.state().to_path_buf(), holder });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source).into()),
        }
        let mut note = || -> std::io::Result<()> {
            file.set_len(0)?;
            file.rewind()?;
            writeln!(file, "{}", std::process::id())
        };
        note().map_err(failed)?;
        Ok(Self { file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_told_who_holds_it() {
        let directory = tempfile::tempdir().unwrap();
        let paths = Paths::at(directory.path().join("state"));
        let held = StateLock::take(&paths).unwrap();
        let refused = StateLock::take(&paths).unwrap_err().to_string();
        assert!(refused.contains(&std::process::id().to_string()), "{refused}");
        assert!(refused.contains(&*paths.state().to_string_lossy()), "{refused}");
        drop(held);
        StateLock::take(&paths).unwrap();
    }
}
