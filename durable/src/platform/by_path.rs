//! Systems on which neither owners nor modes are checked and directories are found by their path again each time. What is no
//! regular file is refused; everything else of the crate's rule holds on Linux and macOS alone.

use super::{Purpose, Use};
use crate::distrust::{Distrust, Fault, Role};
use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// A directory.
#[derive(Debug)]
pub(crate) struct Handle {
    path: PathBuf,
}

impl Handle {
    pub(crate) fn open(path: &Path, _: Role, use_of: Use) -> io::Result<Self> {
        if use_of == Use::Make {
            private_directory(path)?;
        }
        Self::named(path)
    }

    pub(crate) fn named(path: &Path) -> io::Result<Self> {
        if std::fs::metadata(path)?.is_dir() {
            Ok(Self { path: path.to_owned() })
        } else {
            Err(io::ErrorKind::NotADirectory.into())
        }
    }

    /// Owners are not known here.
    #[expect(clippy::unnecessary_wraps, reason = "other systems can refuse")]
    pub(crate) fn may_change(&self) -> Result<(), Fault> {
        let Self { path: _ } = self;
        Ok(())
    }

    /// Opens a file. `refused` makes the error of what is wrong with it.
    pub(crate) fn file(
        &self,
        name: &OsStr,
        purpose: Purpose,
        refused: &dyn Fn(Fault) -> Distrust,
    ) -> io::Result<File> {
        let path = self.path.join(name);
        match std::fs::symlink_metadata(&path) {
            Ok(found) if !found.is_file() => return Err(refused(OTHER_KIND).into()),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(_) | Err(_) => {}
        }
        let mut options = OpenOptions::new();
        options.read(true);
        match purpose {
            Purpose::Read | Purpose::ReadSecret => {}
            Purpose::Update => _ = options.write(true).create(true).truncate(false),
            Purpose::Append => _ = options.append(true).create(true),
        }
        options.open(path)
    }

    pub(crate) fn new_file(&self, name: &OsStr) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(self.path.join(name))
    }

    /// Who may read a file follows from its directory here.
    #[expect(clippy::unnecessary_wraps, reason = "other systems can fail")]
    pub(crate) fn open_to_everybody(_: &File) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        std::fs::rename(self.path.join(from), self.path.join(to))
    }

    pub(crate) fn link(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        std::fs::hard_link(self.path.join(from), self.path.join(to))
    }

    pub(crate) fn remove(&self, name: &OsStr) -> io::Result<()> {
        std::fs::remove_file(self.path.join(name))
    }

    /// Size of what has the name.
    pub(crate) fn size(&self, name: &OsStr) -> io::Result<u64> {
        Ok(std::fs::symlink_metadata(self.path.join(name))?.len())
    }

    pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
        std::fs::read_dir(&self.path)?.map(|entry| Ok(entry?.file_name())).collect()
    }

    /// Directories cannot be opened for syncing here.
    #[expect(clippy::unnecessary_wraps, reason = "other systems can fail")]
    pub(crate) fn sync(&self) -> io::Result<()> {
        let Self { path: _ } = self;
        Ok(())
    }
}

const OTHER_KIND: Fault = Fault::Kind { found: "no regular file", expected: "one" };

/// Opens a file. The way to it is not looked at.
pub(crate) fn open_on_way(path: &Path, role: Role) -> io::Result<File> {
    open_named(path, role)
}

/// Looks at a file. The way to it is not looked at.
pub(crate) fn examine(path: &Path, role: Role) -> io::Result<()> {
    if std::fs::metadata(path)?.is_file() {
        return Ok(());
    }
    Err(Distrust { role, path: path.to_owned(), culprit: path.to_owned(), fault: OTHER_KIND }.into())
}

/// Opens a file that a person named.
pub(crate) fn open_named(path: &Path, role: Role) -> io::Result<File> {
    examine(path, role)?;
    File::open(path)
}

/// Opens a file that a person gave as an input.
pub(crate) fn open_given(path: &Path, role: Role) -> io::Result<File> {
    open_named(path, role)
}

/// What a crash leaves is for the system to say here.
pub(crate) const fn leave_no_core() {}

/// Makes a directory and those above it.
pub(crate) fn private_directory(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}
