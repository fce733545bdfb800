//! One agent a state directory, and one writer: exclusive locks, which the system frees when a process ends.
//!
//! `<state>/lock` is the agent's: a service holds it for all its life. `<state>/writing` is held by the process that
//! writes, which under a service is the step that it started.

use crate::durable::{self, FileError};
use crate::paths::Paths;
use candor_durable::{Directory, Role};
use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::PathBuf;

/// Proof that this process is the state directory's one agent. Freed when dropped.
#[derive(Debug)]
pub(crate) struct AgentLock(#[expect(dead_code, reason = "held until it is dropped")] LockedFile);

/// Proof that this process alone writes the state. Freed when dropped.
#[derive(Debug)]
pub(crate) struct StateLock {
    // Freed in this order: who sees no agent finds no writer either.
    _writing: LockedFile,
    _agent: Option<AgentLock>,
}

/// Why the state cannot be written by this process.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LockError {
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

impl AgentLock {
    /// Becomes the agent of the state directory, which is made where there is none.
    pub(crate) fn take(paths: &Paths) -> Result<Self, LockError> {
        LockedFile::take(&durable::make_state(paths.state())?, Paths::LOCK).map(Self)
    }
}

impl StateLock {
    /// Becomes the agent and the writer of the state directory, which is made where there is none.
    pub(crate) fn take(paths: &Paths) -> Result<Self, LockError> {
        let agent = AgentLock::take(paths)?;
        Self::become_writer(paths, Some(agent))
    }

    /// Becomes the writer on behalf of the service that is the agent.
    pub(crate) fn take_for_service(paths: &Paths) -> Result<Self, LockError> {
        Self::become_writer(paths, None)
    }

    /// Becomes the writer, makes the directories that a cycle writes in, and removes what the writer before left half written.
    fn become_writer(paths: &Paths, agent: Option<AgentLock>) -> Result<Self, LockError> {
        let state = durable::make_state(paths.state())?;
        let writing = LockedFile::take(&state, Paths::WRITING)?;
        state.clean().map_err(|source| durable::unreadable(state.path(), source))?;
        for (path, role) in [(paths.ledger(), Role::Ledger), (paths.cache(), Role::State)] {
            let made = Directory::make(&path, role).and_then(|made| made.clean());
            made.map_err(|source| durable::unwritable(&path, source))?;
        }
        Ok(Self { _writing: writing, _agent: agent })
    }
}

#[derive(Debug)]
struct LockedFile(File);

impl LockedFile {
    fn take(state: &Directory, name: &str) -> Result<Self, LockError> {
        let failed = |source| durable::unwritable(&state.path().join(name), source);
        // Not truncated: until the lock is held the content is another process's.
        let mut file = state.lock_file(name).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Where the lock also keeps readers out, the holder stays unknown.
                let _ = (&file).take(16).read_to_string(&mut holder);
                let holder = if holder.trim().is_empty() { "unknown" } else { holder.trim() }.to_owned();
                return Err(LockError::Held { state: state.path().to_path_buf(), holder });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source).into()),
        }
        let mut note = || -> std::io::Result<()> {
            file.set_len(0)?;
            file.rewind()?;
            writeln!(file, "{}", std::process::id())
        };
        note().map_err(failed)?;
        Ok(Self(file))
    }
}

impl Drop for LockedFile {
    fn drop(&mut self) {
        // Closing would do, but for a child that was forked and has not come to `exec` yet: it holds the file as well.
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(taken: Result<StateLock, LockError>, paths: &Paths) {
        let refused = taken.unwrap_err().to_string();
        assert!(refused.contains(&std::process::id().to_string()), "{refused}");
        assert!(refused.contains(&*paths.state().to_string_lossy()), "{refused}");
    }

    #[test]
    fn a_second_holder_is_told_who_holds_it() {
        let directory = tempfile::tempdir().unwrap();
        let paths = Paths::at(directory.path().join("state"));
        let held = StateLock::take(&paths).unwrap();
        refused(StateLock::take(&paths), &paths);
        drop(held);
        StateLock::take(&paths).unwrap();
    }

    #[test]
    fn beside_a_service_only_its_own_step_writes_and_only_one() {
        let directory = tempfile::tempdir().unwrap();
        let paths = Paths::at(directory.path().join("state"));
        let service = AgentLock::take(&paths).unwrap();
        refused(StateLock::take(&paths), &paths);
        let step = StateLock::take_for_service(&paths).unwrap();
        refused(StateLock::take_for_service(&paths), &paths);
        // A service that was killed leaves its step behind for a moment.
        drop(service);
        refused(StateLock::take(&paths), &paths);
        drop(step);
        StateLock::take(&paths).unwrap();
    }
}
