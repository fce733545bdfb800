//! How files and directories are opened.

use crate::host::Unreadable;
use nix::fcntl::OFlag;
use std::fs::{self, File, OpenOptions, ReadDir};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Options to open a file that may turn out to be a FIFO or a terminal: opening it neither waits nor adopts it.
pub(crate) fn cautious_read() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).custom_flags((OFlag::O_NONBLOCK | OFlag::O_NOCTTY).bits());
    options
}

/// Opens a regular file of at most `max` bytes.
pub(super) fn open_regular(path: &Path, max: u64) -> Result<File, Unreadable> {
    let file = cautious_read().open(path).map_err(|error| match fs::metadata(path) {
        // The sandbox opens no FIFO and no device; that it is one says more than that it was refused.
        Ok(metadata) if !metadata.is_file() => Unreadable::Odd,
        Ok(_) | Err(_) => error.into(),
    })?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(Unreadable::Odd);
    }
    if metadata.len() > max {
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
    if !directory.metadata()?.is_dir() {
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
