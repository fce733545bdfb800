//! How files and directories are opened.

use crate::host::Unreadable;
use nix::fcntl::OFlag;
use rustix::fs::{FileType, fstat};
use std::fs::{self, File, OpenOptions, ReadDir};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Options to open a file that may turn out to be a FIFO or a terminal: opening it neither waits nor adopts it.
fn cautious_read() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).custom_flags((OFlag::O_NONBLOCK | OFlag::O_NOCTTY).bits());
    options
}

/// What kind of file is open, and how many bytes it has. Asked of the descriptor alone: not every sandbox allows to look at
/// a path, and the standard library asks by one that is empty.
fn kind_and_length(file: &File) -> io::Result<(FileType, u64)> {
    let stat = fstat(file)?;
    Ok((FileType::from_raw_mode(stat.st_mode), u64::try_from(stat.st_size).unwrap_or_default()))
}

/// Opens a regular file of at most `max` bytes.
pub(super) fn open_regular(path: &Path, max: u64) -> Result<File, Unreadable> {
    let file = cautious_read().open(path).map_err(|error| match fs::metadata(path) {
        // The sandbox opens no FIFO and no device; where it can be seen, that it is one says more than that it was refused.
        Ok(metadata) if !metadata.is_file() => Unreadable::Odd,
        Ok(_) | Err(_) => error.into(),
    })?;
    let (kind, length) = kind_and_length(&file)?;
    if kind != FileType::RegularFile {
        return Err(Unreadable::Odd);
    }
    if length > max {
        return Err(Unreadable::TooLarge);
    }
    Ok(file)
}

/// Where an open file or directory really is.
pub(super) fn path_of(file: &File) -> io::Result<PathBuf> {
    fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

/// The entries of a directory that `admits` lets through once it is open. What is admitted is what is listed.
pub(super) fn read_directory(path: &Path, admits: impl Fn(&File) -> bool) -> io::Result<ReadDir> {
    let directory = cautious_read().open(path)?;
    if kind_and_length(&directory)?.0 != FileType::Directory {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    if !admits(&directory) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    fs::read_dir(format!("/proc/self/fd/{}", directory.as_raw_fd()))
}

/// Opens a path for nothing but to name what it leads to.
pub(super) fn open_path(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(OFlag::O_PATH.bits()).open(path)
}
