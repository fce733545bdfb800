//! Files that appear whole or not at all, survive a loss of power, and are nobody else's. Agent, reader and collector keep
//! their state with this and with nothing else; `cargo xtask check-imports` finds any other way.
//!
//! # How a file is published
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
//! 8. [`Directory::stage`] gives steps 1 to 3 to somebody who writes by the path, such as a database; publishing it syncs, and goes on
//!    as [`create`] does.
//!
//! Whoever opens the final name finds the old file or the other one, whole; after [`create`] the file or none.
//!
//! # What is used at all
//!
//! A program that runs as root, or as anybody, is not led by others. On Linux and macOS:
//!
//! 1. Every directory on the way to a [`Directory`], from `/` on, belongs to this process's user or to root, and neither its
//!    group nor others may write to it. A sticky directory such as `/tmp` is passed through, because others can change no name
//!    there that is not theirs; it is not used itself. As with sshd's `StrictModes`, a group counts as others: whether it has
//!    more than one member cannot be told cheaply. A list of access rights shows in the group's bits (acl(5)).
//! 2. A symbolic link on the way is followed where it belongs to this process's user or to root.
//! 3. Each component is opened in the one before, and files are opened, made, renamed and removed in the directory so
//!    reached: what was looked at is what is used, even if the names on the way lead elsewhere by then.
//! 4. A file is opened without following a link at its name and without waiting (`O_NOFOLLOW`, `O_NONBLOCK`). It is a regular
//!    file, belongs to this process's user or to root, and nobody else may write to it. A secret that anybody else may read
//!    is refused, wherever a person keeps it ([`read_key`]). Another file that others may read is narrowed to 0600 by its owner.
//! 5. What is made has mode 0600, and directories 0700, whatever the umask is. [`Directory::replace_for_everybody`] alone makes a
//!    file that everybody may read, with mode 0644.
//! 6. The configuration and the reader's program ([`open_on_way`], [`examine`]) are held to the same from `/` on; links at
//!    their own names are followed as those on the way are. Of a file that a person names ([`open_named`]) the file alone is
//!    looked at. Of one that is only an input ([`open_given`], [`read_given`]) it is only asked that it is a regular file, and that it has an end:
//!    nobody waits for the other end of a FIFO. What the caller itself opened (`/dev/stdin`, `/dev/fd/3`) is taken as it is.
//! 7. A directory that is only looked into ([`Directory::look`]) may belong to somebody else, as may what is in it and the
//!    directories above it, down from the first that does: to that one user. Nothing can be changed through it. This is how
//!    root sees what the agent's user keeps.
//! 8. What is refused is an error that holds a [`Distrust`]: what the path is for, where the fault lies, what to do.
//!
//! On other systems nothing of this is checked but that a file is a regular one.
//!
//! `tests/conformance.rs` and `tests/led.rs` hold the crate to each point.

mod directory;
mod distrust;
mod platform;

pub use directory::{Directory, Staged, TEMPORARY};
pub use distrust::{Distrust, Fault, Role};

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

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

/// Writes a file whose name nothing has, in a directory that a person named.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    create_watched(path, bytes, &|_| Ok(()))
}

/// As [`create`], and `watch` is told each step. Its error is taken for one of the step that follows.
pub fn create_watched(path: &Path, bytes: &[u8], watch: &dyn Fn(Step) -> io::Result<()>) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    Directory::named(directory_of(path))?.create_watched(name, bytes, watch)
}

/// Writes a file, replacing an earlier one, in a directory that a person named.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_watched(path, bytes, &|_| Ok(()))
}

/// As [`replace`], and `watch` is told each step. Its error is taken for one of the step that follows.
pub fn replace_watched(path: &Path, bytes: &[u8], watch: &dyn Fn(Step) -> io::Result<()>) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    Directory::named(directory_of(path))?.replace_watched(name, bytes, watch)
}

/// Returns once everything that anybody wrote into a file until now is on the disk. The file is opened and closed for it, which on Unix
/// gives up the locks that this process has on it.
pub fn sync(path: &Path) -> io::Result<()> {
    File::options().write(true).open(path)?.sync_data()
}

/// Makes a directory, and those above it, for its owner alone.
pub fn private_directory(path: &Path) -> io::Result<()> {
    platform::private_directory(path)
}

/// Opens a file that is no state, such as a configuration, to read it. The whole way to it is held to the rule.
pub fn open_on_way(path: &Path, role: Role) -> io::Result<File> {
    platform::open_on_way(path, role)
}

/// Holds a file, such as a program, and the whole way to it to the rule.
pub fn examine(path: &Path, role: Role) -> io::Result<()> {
    platform::examine(path, role)
}

/// Opens a file that a person named, to read it. The file is held to the rule, and not the way to it.
pub fn open_named(path: &Path, role: Role) -> io::Result<File> {
    platform::open_named(path, role)
}

/// Has a crash of this process leave nothing of its memory on the disk, where values and keys would lie without a date. On Linux no other
/// process of the same user looks into its memory from then on either.
pub fn leave_no_core() {
    platform::leave_no_core();
}

/// Opens a file that a person gave as an input, to read it. It is held to being a regular file and to nothing else.
pub fn open_given(path: &Path) -> io::Result<File> {
    platform::open_given(path, Role::Given)
}

/// Reads a file of at most `most` bytes that a person gave as an input.
pub fn read_given(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    read_whole(open_given(path)?, path, Role::Given, most)
}

/// Reads a key of at most `most` bytes, that nobody else may read or change. The way to it is not looked at.
pub fn read_key(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    read_whole(open_named(path, Role::Key)?, path, Role::Key, most)
}

fn read_whole(file: File, path: &Path, role: Role, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        Err(refused(path, role, Fault::TooLong { most }).into())
    } else {
        Ok(bytes)
    }
}

/// Writes a file where a person wants a result, replacing an earlier one. A link there is not followed, and what is not a regular file, such as
/// a device, is left alone.
pub fn write_given(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let kind = std::fs::symlink_metadata(path).map(|found| found.file_type());
    let found = match kind {
        Ok(kind) if kind.is_file() => None,
        Ok(kind) if kind.is_symlink() => Some("a symbolic link"),
        Ok(kind) if kind.is_dir() => Some("a directory"),
        Ok(_) => Some("a device, a FIFO or a socket"),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    match found {
        None => replace(path, bytes),
        Some(found) => {
            Err(refused(path, Role::Given, Fault::Kind { found, expected: "a regular file" }).into())
        }
    }
}

fn refused(path: &Path, role: Role, fault: Fault) -> Distrust {
    Distrust { role, path: path.to_owned(), culprit: path.to_owned(), fault }
}

/// The directory that the last name of a path lies in.
pub fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
