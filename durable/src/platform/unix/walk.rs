//! The way to a directory, one component after the other, each opened in the one before: what was looked at is what is
//! used, whatever happens to the names meanwhile.

use super::super::Use;
use super::WALK;
use super::rule::{self, Standard, Trusted, kind};
use crate::distrust::{Distrust, Fault, Role};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat, fstat, mkdirat, open, openat, readlinkat, statat};
use rustix::io::Errno;
use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Component, Path, PathBuf};

/// Links that are followed on one way, as many as Linux follows (path_resolution(7)).
const MOST_LINKS: u32 = 40;

/// A way that is being walked.
pub(super) struct Walk<'a> {
    path: &'a Path,
    role: Role,
    trusted: Trusted,
    /// The directory that the walk has come to, and what it is called.
    at: OwnedFd,
    place: PathBuf,
    ahead: VecDeque<OsString>,
    links: u32,
    /// Whether the end is only looked into.
    is_looking: bool,
}

/// What a name led to.
enum Next {
    /// A directory or a link: the walk goes on.
    Further,
    /// Something else.
    Other(Stat),
}

/// A file that a walk ended at.
pub(super) struct Reached {
    /// The directory that it lies in.
    pub(super) directory: OwnedFd,
    /// Its name there.
    pub(super) name: OsString,
    pub(super) found: Stat,
    pub(super) trusted: Trusted,
}

impl<'a> Walk<'a> {
    /// Stands at `/`, with the whole way ahead. A relative path begins where this process works: that way counts as well.
    pub(super) fn begin(path: &'a Path, role: Role) -> io::Result<Self> {
        let (at, found) = top()?;
        let trusted = Trusted::seen_from(&found);
        let whole = std::path::absolute(path)?;
        let ahead = names(&whole);
        let mut walk =
            Self { path, role, trusted, at, place: PathBuf::from("/"), ahead, links: 0, is_looking: false };
        walk.judge(&found)?;
        Ok(walk)
    }

    /// Walks to the end, which is a directory. Directories that are not there are made where that is wanted. Where the end is
    /// only looked into, the first directory of somebody else says who else is trusted from there on.
    pub(super) fn into_directory(mut self, use_of: Use) -> io::Result<(OwnedFd, Trusted)> {
        self.is_looking = use_of == Use::Look;
        while let Some(name) = self.ahead.pop_front() {
            if let Next::Other(found) = self.step(&name, use_of == Use::Make)? {
                return Err(self.refused(rule::wrong_kind(&found, Standard::Directory)));
            }
        }
        // A last link may have led back to a directory that was only passed through.
        let found = fstat(&self.at)?;
        self.judge(&found)?;
        Ok((self.at, self.trusted))
    }

    /// Walks to the end, which is no directory. A link there is followed like any other.
    pub(super) fn into_file(mut self) -> io::Result<Reached> {
        while let Some(name) = self.ahead.pop_front() {
            match self.step(&name, false)? {
                Next::Further => {}
                Next::Other(found) if self.ahead.is_empty() => {
                    return Ok(Reached { directory: self.at, name, found, trusted: self.trusted });
                }
                Next::Other(_) => return Err(Errno::NOTDIR.into()),
            }
        }
        Err(self.refused(Fault::Kind { found: "a directory", expected: "a regular file" }))
    }

    fn step(&mut self, name: &OsStr, make: bool) -> io::Result<Next> {
        let opened = match openat(&self.at, name, WALK | OFlags::NOFOLLOW, Mode::empty()) {
            Err(Errno::NOENT) if make => {
                match mkdirat(&self.at, name, Mode::RWXU) {
                    Ok(()) | Err(Errno::EXIST) => {}
                    Err(error) => return Err(error.into()),
                }
                openat(&self.at, name, WALK | OFlags::NOFOLLOW, Mode::empty())
            }
            opened => opened,
        };
        match opened {
            Ok(directory) => {
                self.place = self.place_of(name);
                let found = fstat(&directory)?;
                self.judge(&found)?;
                self.at = directory;
                Ok(Next::Further)
            }
            // What these mean differs between systems; the name itself is looked at.
            Err(Errno::NOTDIR | Errno::LOOP | Errno::MLINK) => {
                let found = statat(&self.at, name, AtFlags::SYMLINK_NOFOLLOW)?;
                self.place.push(name);
                if kind(&found) != FileType::Symlink {
                    return Ok(Next::Other(found));
                }
                self.trusted.judge_link(&found).map_err(|fault| self.refused(fault))?;
                self.follow(name)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn follow(&mut self, name: &OsStr) -> io::Result<Next> {
        self.links += 1;
        if self.links > MOST_LINKS {
            return Err(self.refused(Fault::Links));
        }
        let target = readlinkat(&self.at, name, Vec::new())?;
        let target = PathBuf::from(OsString::from_vec(target.into_bytes()));
        self.place.pop();
        if target.is_absolute() {
            (self.at, _) = top()?;
            self.place = PathBuf::from("/");
        }
        let mut ahead = names(&target);
        ahead.append(&mut self.ahead);
        self.ahead = ahead;
        Ok(Next::Further)
    }

    fn place_of(&self, name: &OsStr) -> PathBuf {
        if name == ".." {
            self.place.parent().unwrap_or(&self.place).to_owned()
        } else {
            self.place.join(name)
        }
    }

    fn judge(&mut self, found: &Stat) -> io::Result<()> {
        let is_last = self.ahead.is_empty();
        let standard =
            if is_last && holds_files(self.role) { Standard::Directory } else { Standard::OnTheWay };
        if self.is_looking {
            self.trusted = self.trusted.looking_into(found);
        }
        self.trusted.judge(found, standard).map_err(|fault| self.refused(fault))
    }

    fn refused(&self, fault: Fault) -> io::Error {
        Distrust { role: self.role, path: self.path.to_owned(), culprit: self.place.clone(), fault }.into()
    }
}

/// Whether the path of this role is a directory that files are opened in: nobody else may add names to it either.
fn holds_files(role: Role) -> bool {
    matches!(role, Role::State | Role::Ledger | Role::ReaderState | Role::CollectorData)
}

fn top() -> io::Result<(OwnedFd, Stat)> {
    let top = open("/", WALK, Mode::empty())?;
    let found = fstat(&top)?;
    Ok((top, found))
}

/// The names of a path, without its root.
fn names(path: &Path) -> VecDeque<OsString> {
    let name = |component: Component<'_>| match component {
        Component::Normal(_) | Component::ParentDir => Some(component.as_os_str().to_owned()),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    };
    path.components().filter_map(name).collect()
}
