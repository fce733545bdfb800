//! Files that appear whole or not at all, and survive a loss of power. Agent, reader and collector write their state with
//! this and with nothing else; `cargo xtask check-imports` finds any other way.
//!
//! # Specification
//!
//! 1. The bytes go into a temporary file in the directory of the final name, called `.tmp-<process>-<number>`.
//! 2. The temporary file is made with `O_CREAT | O_EXCL`: it is never one that was there before, and no link of that name
//!    is followed (POSIX `open`). Its mode is 0600 from the first byte on.
//! 3. The bytes are written, and the file is synced.
//! 4. The file gets its final name. [`replace`] renames it: what had the name, even if it is a link, is replaced and not followed.
//!    [`create`] links it, which fails where anything has the name, and removes the temporary name.
//! 5. The directory is synced. On return the file survives a loss of power.
//! 6. After an error the temporary file is removed. A crash leaves it behind, where nobody reads it and no later write
//!    stumbles over it, until the holder of the directory's lock calls [`clean`].
//! 7. An error does not say that the file is not there: where the directory could not be synced, it has its final name. Whoever
//!    remembers what a directory holds looks again.
//!
//! Whoever opens the final name finds the old file or the other one, whole; after [`create`] the file or none.
//! `tests/conformance.rs` holds both to each point.

mod platform;

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Start of the names of temporary files.
pub const TEMPORARY: &str = ".tmp-";

/// How many temporary names are tried. A name is taken only where a crash left it to a process of the same id.
const MOST_TRIES: u32 = 1000;

/// An instant of a write, for tests that end the process there or let the write fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing was done.
    BeforeWrite,
    /// The temporary file is written.
    BeforeFsync,
    /// The temporary file is durable.
    BeforeRename,
    /// The file has its final name.
    AfterRename,
    /// The name is durable.
    AfterDirectoryFsync,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 5] = [
        Self::BeforeWrite,
        Self::BeforeFsync,
        Self::BeforeRename,
        Self::AfterRename,
        Self::AfterDirectoryFsync,
    ];

    /// The name in tests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BeforeWrite => "before-write",
            Self::BeforeFsync => "before-fsync",
            Self::BeforeRename => "before-rename",
            Self::AfterRename => "after-rename",
            Self::AfterDirectoryFsync => "after-directory-fsync",
        }
    }
}

/// Writes a file whose name nothing has.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    create_watched(path, bytes, &|_| Ok(()))
}

/// As [`create`], and `watch` is told each step. Its error is taken for one of the step that follows.
pub fn create_watched(path: &Path, bytes: &[u8], watch: &dyn Fn(Step) -> io::Result<()>) -> io::Result<()> {
    publish(path, bytes, watch, link_new)
}

/// Writes a file, replacing an earlier one.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_watched(path, bytes, &|_| Ok(()))
}

/// As [`replace`], and `watch` is told each step. Its error is taken for one of the step that follows.
pub fn replace_watched(path: &Path, bytes: &[u8], watch: &dyn Fn(Step) -> io::Result<()>) -> io::Result<()> {
    publish(path, bytes, watch, |temporary, path| std::fs::rename(temporary, path))
}

/// Makes a directory, and those above it, for its owner alone.
pub fn private_directory(path: &Path) -> io::Result<()> {
    platform::private_directory(path)
}

/// Files made with these options are for their owner alone.
pub fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    platform::owner_only(options)
}

/// Makes the names in a directory durable, and that others are gone.
pub fn sync_directory(path: &Path) -> io::Result<()> {
    platform::sync_directory(path)
}

/// Removes a file; a missing file is not an error. Durable once the directory is synced.
pub fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Removes what crashes left in the directory. Only for the holder of the directory's lock: another writer's temporary
/// file would go as well.
pub fn clean(directory: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

fn publish(
    path: &Path,
    bytes: &[u8],
    watch: &dyn Fn(Step) -> io::Result<()>,
    name: impl FnOnce(&Path, &Path) -> io::Result<()>,
) -> io::Result<()> {
    if path.file_name().is_none() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let directory = directory_of(path);
    watch(Step::BeforeWrite)?;
    let (temporary, mut file) = temporary_file(directory)?;
    let written = || -> io::Result<()> {
        file.write_all(bytes)?;
        watch(Step::BeforeFsync)?;
        file.sync_all()?;
        drop(file);
        watch(Step::BeforeRename)?;
        name(&temporary, path)?;
        watch(Step::AfterRename)?;
        sync_directory(directory)?;
        watch(Step::AfterDirectoryFsync)?;
        Ok(())
    };
    written().inspect_err(|_| {
        // What was written in part takes space that a full disk lacks.
        let _ = std::fs::remove_file(&temporary);
    })
}

fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn temporary_file(directory: &Path) -> io::Result<(PathBuf, File)> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut tries = 0;
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = directory.join(format!("{TEMPORARY}{}-{number}", std::process::id()));
        match owner_only(OpenOptions::new().write(true).create_new(true)).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries < MOST_TRIES => tries += 1,
            opened => return opened.map(|file| (path, file)),
        }
    }
}

/// Gives a file a name that nothing has, and takes its temporary one.
fn link_new(temporary: &Path, path: &Path) -> io::Result<()> {
    match std::fs::hard_link(temporary, path) {
        Ok(()) => std::fs::remove_file(temporary),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // A file system without hard links, such as FAT: there the directory's lock alone keeps another writer away.
        Err(_) => match std::fs::symlink_metadata(path) {
            Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => std::fs::rename(temporary, path),
            Err(error) => Err(error),
        },
    }
}
