//! What Linux and macOS share: directories are held by descriptor, and names are looked up in them.

mod rule;
mod walk;

use super::{Purpose, Use};
use crate::distrust::{Distrust, Fault, Role};
use rule::{Standard, Trusted};
use rustix::fs::{
    AtFlags, CWD, Dir, Mode, OFlags, Stat, fchmod, fstat, fsync, linkat, openat, renameat, stat, statat,
    unlinkat,
};
use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, setrlimit};
use std::ffi::{OsStr, OsString};
use std::fs::{DirBuilder, File};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use walk::{Reached, Walk};

/// For its owner alone, who reads and writes.
const PRIVATE: Mode = Mode::RUSR.union(Mode::WUSR);

/// However a file is opened: never a link at its name, never waiting for the other end of a FIFO, never as a terminal of
/// this process.
const CAREFULLY: OFlags =
    OFlags::NOFOLLOW.union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::CLOEXEC);

/// What still differs between the two.
pub(super) trait Unix {
    /// How a directory on the way is opened.
    const WALK: OFlags;

    /// Rights, and what the sticky bit says.
    fn mode(found: &Stat) -> u32;
}

/// The one of the two that this was compiled for.
pub(super) struct Here;

const WALK: OFlags = Here::WALK;

/// A directory that is open.
#[derive(Debug)]
pub(crate) struct Handle {
    directory: OwnedFd,
    /// Whom its files may belong to; `None` where a person named it.
    trusted: Option<Trusted>,
}

impl Handle {
    pub(crate) fn open(path: &Path, role: Role, use_of: Use) -> io::Result<Self> {
        let (directory, trusted) = Walk::begin(path, role)?.into_directory(use_of)?;
        Ok(Self { directory, trusted: Some(trusted) })
    }

    pub(crate) fn named(path: &Path) -> io::Result<Self> {
        Ok(Self { directory: openat(CWD, path, WALK, Mode::empty())?, trusted: None })
    }

    /// Why nothing may be changed here.
    pub(crate) fn may_change(&self) -> Result<(), Fault> {
        self.trusted.map_or(Ok(()), Trusted::may_change)
    }

    /// Opens a file. `refused` makes the error of what is wrong with it.
    pub(crate) fn file(
        &self,
        name: &OsStr,
        purpose: Purpose,
        refused: &dyn Fn(Fault) -> Distrust,
    ) -> io::Result<File> {
        let (access, standard) = match purpose {
            Purpose::Read => (OFlags::RDONLY, Standard::File),
            Purpose::ReadSecret => (OFlags::RDONLY, Standard::Secret),
            Purpose::Update => (OFlags::RDWR, Standard::File),
            Purpose::Append => (OFlags::RDWR | OFlags::APPEND | OFlags::DSYNC, Standard::File),
        };
        let opened = match statat(&self.directory, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => {
                // A device may do something as soon as it is opened.
                rule::judge_kind(&found, standard).map_err(refused)?;
                openat(&self.directory, name, access | CAREFULLY, Mode::empty())
            }
            Err(Errno::NOENT) if matches!(purpose, Purpose::Update | Purpose::Append) => {
                let new = access | CAREFULLY | OFlags::CREATE | OFlags::EXCL;
                match openat(&self.directory, name, new, PRIVATE) {
                    // Another process made it in between.
                    Err(Errno::EXIST) => openat(&self.directory, name, access | CAREFULLY, Mode::empty()),
                    made => made,
                }
            }
            Err(error) => Err(error),
        };
        let file = opened?;
        let found = fstat(&file)?;
        rule::judge_kind(&found, standard).map_err(refused)?;
        if let Some(trusted) = self.trusted {
            trusted.judge(&found, standard).map_err(refused)?;
            if trusted.is_ours(&found) && rule::is_shared(&found) {
                // It was made by an earlier version or by hand. Where it cannot be mended, its directory protects it.
                let _ = fchmod(&file, PRIVATE);
            }
        }
        Ok(File::from(file))
    }

    /// Makes a file that was not there, for its owner alone whatever the umask is.
    pub(crate) fn new_file(&self, name: &OsStr) -> io::Result<File> {
        let make = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | CAREFULLY;
        let file = openat(&self.directory, name, make, PRIVATE)?;
        fchmod(&file, PRIVATE)?;
        Ok(File::from(file))
    }

    /// Lets everybody read a file, whatever the umask is.
    pub(crate) fn open_to_everybody(file: &File) -> io::Result<()> {
        Ok(fchmod(file, PRIVATE.union(Mode::RGRP).union(Mode::ROTH))?)
    }

    pub(crate) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(renameat(&self.directory, from, &self.directory, to)?)
    }

    pub(crate) fn link(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(linkat(&self.directory, from, &self.directory, to, AtFlags::empty())?)
    }

    pub(crate) fn remove(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&self.directory, name, AtFlags::empty())?)
    }

    /// Size of what has the name.
    pub(crate) fn size(&self, name: &OsStr) -> io::Result<u64> {
        let found = statat(&self.directory, name, AtFlags::SYMLINK_NOFOLLOW)?;
        u64::try_from(found.st_size).map_err(io::Error::other)
    }

    pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::new(self.to_read()?)? {
            let name = entry?.file_name().to_bytes().to_vec();
            if name != b"." && name != b".." {
                names.push(OsString::from_vec(name));
            }
        }
        Ok(names)
    }

    /// Makes the names in it durable.
    pub(crate) fn sync(&self) -> io::Result<()> {
        Ok(fsync(self.to_read()?)?)
    }

    /// The directory once more: what was opened for walking can be neither listed nor synced.
    fn to_read(&self) -> io::Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(openat(&self.directory, ".", flags, Mode::empty())?)
    }
}

/// Opens a file outside of any directory of state, after the whole way to it was looked at.
pub(crate) fn open_on_way(path: &Path, role: Role) -> io::Result<File> {
    let reached = reach(path, role)?;
    let file = openat(&reached.directory, &reached.name, OFlags::RDONLY | CAREFULLY, Mode::empty())?;
    judged(path, role, reached.trusted, &fstat(&file)?)?;
    Ok(File::from(file))
}

/// Looks at the whole way to a file and at the file.
pub(crate) fn examine(path: &Path, role: Role) -> io::Result<()> {
    reach(path, role).map(|_| ())
}

/// No file of this process's memory is written.
pub(crate) fn no_core_file() {
    // Lowering a limit of its own is refused to nobody.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

/// Makes a directory, and those above it, for its owner alone.
pub(crate) fn private_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn reach(path: &Path, role: Role) -> io::Result<Reached> {
    let reached = Walk::begin(path, role)?.into_file()?;
    judged(path, role, reached.trusted, &reached.found)?;
    Ok(reached)
}

/// Opens a file that a person named. The way to it is the person's affair, the file is held to the rule.
pub(crate) fn open_named(path: &Path, role: Role) -> io::Result<File> {
    let file = open_regular(path, role)?;
    let top = stat("/")?;
    judged(path, role, Trusted::seen_from(&top), &fstat(&file)?)?;
    Ok(file)
}

/// Opens a file that a person gave as an input. What is open already is the caller's own, and nobody else can have put it there.
pub(crate) fn open_given(path: &Path, role: Role) -> io::Result<File> {
    let is_open_already =
        path == Path::new("/dev/stdin") || path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd");
    if is_open_already { File::open(path) } else { open_regular(path, role) }
}

fn open_regular(path: &Path, role: Role) -> io::Result<File> {
    let of_kind = |found: &Stat| {
        rule::judge_kind(found, Standard::of_file(role)).map_err(|fault| distrust(path, role, fault))
    };
    // A device may do something as soon as it is opened.
    of_kind(&statat(CWD, path, AtFlags::empty())?)?;
    let flags = OFlags::RDONLY | CAREFULLY.difference(OFlags::NOFOLLOW);
    let file = openat(CWD, path, flags, Mode::empty())?;
    of_kind(&fstat(&file)?)?;
    Ok(File::from(file))
}

fn judged(path: &Path, role: Role, trusted: Trusted, found: &Stat) -> io::Result<()> {
    trusted.judge(found, Standard::of_file(role)).map_err(|fault| distrust(path, role, fault).into())
}

fn distrust(path: &Path, role: Role, fault: Fault) -> Distrust {
    Distrust { role, path: path.to_owned(), culprit: path.to_owned(), fault }
}
