//! Any system without code of its own: files work, everything else is refused.

use super::Peer;
use std::fs::{File, OpenOptions, ReadDir};
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Options to open a file.
pub(crate) fn cautious_read() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    options
}

/// Where an open file is cannot be told.
pub(crate) fn path_of(_file: &File) -> io::Result<PathBuf> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The entries of a directory. There is nothing to look at before it is listed.
pub(crate) fn read_directory(path: &Path, _admits: impl Fn(&File) -> bool) -> io::Result<ReadDir> {
    std::fs::read_dir(path)
}

/// There is no way to open a path without its content.
pub(crate) fn open_path(_path: &Path) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Files are read from their start only.
pub(crate) fn read_exact_at(_file: &File, _into: &mut [u8], _offset: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Options to make a file. The directory's own protection is all there is.
pub(crate) fn private_create() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    options
}

/// Makes a directory and those above it.
pub(crate) fn create_private_directory(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

/// Directories cannot be synced through the standard library here.
#[expect(clippy::unnecessary_wraps, reason = "other systems can fail")]
pub(crate) fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// There is no way to list addresses.
pub(crate) fn interface_addresses() -> io::Result<Vec<(String, IpAddr)>> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Standard input is always what the parent gave.
pub(crate) fn standard_input_peer() -> Peer {
    Peer::Parent
}

/// There are no numeric users; this one is nobody's.
pub(crate) fn effective_user() -> u32 {
    u32::MAX
}

/// There are no local services.
pub(crate) enum LocalStream {}

impl LocalStream {
    /// There is none to connect to.
    pub(crate) fn connect(_path: &Path) -> io::Result<Self> {
        Err(io::ErrorKind::NotFound.into())
    }

    /// Never called.
    pub(crate) fn read(&mut self, _into: &mut [u8], _within: Duration) -> io::Result<usize> {
        match *self {}
    }

    /// Never called.
    pub(crate) fn write(&mut self, _bytes: &[u8], _within: Duration) -> io::Result<usize> {
        match *self {}
    }
}
