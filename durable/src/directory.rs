//! A directory that is open, and the files in it.

use crate::Step;
use crate::distrust::{Distrust, Fault, Role};
use crate::platform::{Handle, Purpose, Use};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Start of the names of temporary files.
pub const TEMPORARY: &str = ".tmp-";

/// How many temporary names are tried. A name is taken only where a crash left it to a process of the same id.
const MOST_TRIES: u32 = 1000;

/// Who may read a file that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readers {
    Owner,
    Everybody,
}

/// A directory that is open. Names given to it are single: what they mean is looked up here and nowhere else.
#[derive(Debug)]
pub struct Directory {
    handle: Handle,
    path: PathBuf,
}

impl Directory {
    /// Opens a directory, and holds the whole way to it to the rule.
    pub fn open(path: &Path, role: Role) -> io::Result<Self> {
        Ok(Self { handle: Handle::open(path, role, Use::Work)?, path: path.to_owned() })
    }

    /// As [`Self::open`], and makes the directory, and those above it, where there is none.
    pub fn make(path: &Path, role: Role) -> io::Result<Self> {
        Ok(Self { handle: Handle::open(path, role, Use::Make)?, path: path.to_owned() })
    }

    /// Opens a directory to look into it. The way to it is held to the rule, and what is beneath the first directory of
    /// another user may be that user's. Then nothing can be changed here.
    pub fn look(path: &Path, role: Role) -> io::Result<Self> {
        Ok(Self { handle: Handle::open(path, role, Use::Look)?, path: path.to_owned() })
    }

    /// Opens a directory that a person named, and holds it to nothing.
    pub fn named(path: &Path) -> io::Result<Self> {
        Ok(Self { handle: Handle::named(path)?, path: path.to_owned() })
    }

    /// What it was opened as.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a file to read it.
    pub fn read(&self, name: impl AsRef<OsStr>) -> io::Result<File> {
        self.file(name.as_ref(), Purpose::Read, Role::StateFile)
    }

    /// Opens a file to read it that nobody else may have read.
    pub fn read_secret(&self, name: impl AsRef<OsStr>) -> io::Result<File> {
        self.file(name.as_ref(), Purpose::ReadSecret, Role::StateFile)
    }

    /// Opens a file to lock it, to read it and to write it in place; makes it where there is none.
    pub fn lock_file(&self, name: impl AsRef<OsStr>) -> io::Result<File> {
        self.file(name.as_ref(), Purpose::Update, Role::Lock)
    }

    /// Opens a file to read it and to add to its end; makes it where there is none. On Unix what is written is durable when the
    /// call returns (open(2), O_DSYNC): a confined process can write to what is open, and may call for no sync.
    pub fn log_file(&self, name: impl AsRef<OsStr>) -> io::Result<File> {
        let file = self.file(name.as_ref(), Purpose::Append, Role::StateFile)?;
        if file.metadata()?.len() == 0 {
            self.sync()?;
        }
        Ok(file)
    }

    /// Writes a file whose name nothing has.
    pub fn create(&self, name: impl AsRef<OsStr>, bytes: &[u8]) -> io::Result<()> {
        self.create_watched(name, bytes, &|_| Ok(()))
    }

    /// As [`Self::create`], and `watch` is told each step. Its error is taken for one of the step that follows.
    pub fn create_watched(
        &self,
        name: impl AsRef<OsStr>,
        bytes: &[u8],
        watch: &dyn Fn(Step) -> io::Result<()>,
    ) -> io::Result<()> {
        self.publish(name.as_ref(), bytes, Readers::Owner, watch, Self::link_new)
    }

    /// Writes a file, replacing an earlier one.
    pub fn replace(&self, name: impl AsRef<OsStr>, bytes: &[u8]) -> io::Result<()> {
        self.replace_watched(name, bytes, &|_| Ok(()))
    }

    /// As [`Self::replace`], and `watch` is told each step. Its error is taken for one of the step that follows.
    pub fn replace_watched(
        &self,
        name: impl AsRef<OsStr>,
        bytes: &[u8],
        watch: &dyn Fn(Step) -> io::Result<()>,
    ) -> io::Result<()> {
        self.publish(name.as_ref(), bytes, Readers::Owner, watch, Self::rename)
    }

    /// Writes a file that everybody may read, replacing an earlier one.
    pub fn replace_for_everybody(&self, name: impl AsRef<OsStr>, bytes: &[u8]) -> io::Result<()> {
        self.publish(name.as_ref(), bytes, Readers::Everybody, &|_| Ok(()), Self::rename)
    }

    /// Makes a file without a name yet, for somebody who needs a path to write to, such as a database.
    pub fn stage(&self) -> io::Result<Staged<'_>> {
        self.may_change()?;
        let (temporary, file) = self.temporary_file()?;
        Ok(Staged { directory: self, temporary, file })
    }

    /// Removes a file; a missing file is not an error. Durable after [`Self::sync`].
    pub fn remove(&self, name: impl AsRef<OsStr>) -> io::Result<()> {
        self.may_change()?;
        match self.handle.remove(single(name.as_ref())?) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Size of a file in bytes.
    pub fn size(&self, name: impl AsRef<OsStr>) -> io::Result<u64> {
        self.handle.size(single(name.as_ref())?)
    }

    /// Every name in it, in no order.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        self.handle.names()
    }

    /// Makes the names in it durable, and that others are gone.
    pub fn sync(&self) -> io::Result<()> {
        self.handle.sync()
    }

    /// Removes what crashes left. Only for the holder of the directory's lock: another writer's temporary file would go as
    /// well.
    pub fn clean(&self) -> io::Result<()> {
        for name in self.names()? {
            if name.to_string_lossy().starts_with(TEMPORARY) {
                self.remove(&name)?;
            }
        }
        Ok(())
    }

    /// Why nothing may be changed here.
    fn may_change(&self) -> io::Result<()> {
        let (role, path) = (Role::State, self.path.clone());
        let refused = |fault| Distrust { role, culprit: path.clone(), path, fault };
        Ok(self.handle.may_change().map_err(refused)?)
    }

    fn file(&self, name: &OsStr, purpose: Purpose, role: Role) -> io::Result<File> {
        if matches!(purpose, Purpose::Update | Purpose::Append) {
            self.may_change()?;
        }
        let refused = |fault: Fault| {
            let path = self.path.join(name);
            Distrust { role, culprit: path.clone(), path, fault }
        };
        self.handle.file(single(name)?, purpose, &refused)
    }

    fn publish(
        &self,
        name: &OsStr,
        bytes: &[u8],
        readers: Readers,
        watch: &dyn Fn(Step) -> io::Result<()>,
        give_name: impl FnOnce(&Self, &OsStr, &OsStr) -> io::Result<()>,
    ) -> io::Result<()> {
        let name = single(name)?;
        self.may_change()?;
        watch(Step::BeforeWrite)?;
        let (temporary, mut file) = self.temporary_file()?;
        let written = || -> io::Result<()> {
            file.write_all(bytes)?;
            if readers == Readers::Everybody {
                Handle::open_to_everybody(&file)?;
            }
            watch(Step::BeforeFsync)?;
            file.sync_all()?;
            drop(file);
            watch(Step::BeforeRename)?;
            give_name(self, &temporary, name)?;
            watch(Step::AfterRename)?;
            self.sync()?;
            watch(Step::AfterDirectoryFsync)?;
            Ok(())
        };
        written().inspect_err(|_| {
            // What was written in part takes space that a full disk lacks.
            let _ = self.handle.remove(&temporary);
        })
    }

    fn temporary_file(&self) -> io::Result<(OsString, File)> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let mut tries = 0;
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = OsString::from(format!("{TEMPORARY}{}-{number}", std::process::id()));
            match self.handle.new_file(&name) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries < MOST_TRIES => {
                    tries += 1;
                }
                made => return made.map(|file| (name, file)),
            }
        }
    }

    fn rename(&self, temporary: &OsStr, name: &OsStr) -> io::Result<()> {
        self.handle.rename(temporary, name)
    }

    /// Gives a file a name that nothing has, and takes its temporary one.
    fn link_new(&self, temporary: &OsStr, name: &OsStr) -> io::Result<()> {
        match self.handle.link(temporary, name) {
            Ok(()) => self.handle.remove(temporary),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            // A file system without hard links, such as FAT: there the directory's lock alone keeps another writer away.
            Err(_) => match self.handle.size(name) {
                Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => self.handle.rename(temporary, name),
                Err(error) => Err(error),
            },
        }
    }
}

/// A file that is written under its temporary name and has no other yet. It goes unless it is published.
#[derive(Debug)]
pub struct Staged<'d> {
    directory: &'d Directory,
    temporary: OsString,
    file: File,
}

impl Staged<'_> {
    /// Where it is written.
    pub fn path(&self) -> PathBuf {
        self.directory.path.join(&self.temporary)
    }

    /// The file, open for writing.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// What makes durable what was written so far, so that little is left to do when it is published.
    pub fn settler(&self) -> io::Result<impl Fn() -> io::Result<()> + Send + 'static> {
        let file = self.file.try_clone()?;
        Ok(move || file.sync_data())
    }

    /// Gives it a name that nothing has, as [`Directory::create`] does.
    pub fn publish(mut self, name: impl AsRef<OsStr>) -> io::Result<()> {
        let name = single(name.as_ref())?;
        self.file.sync_all()?;
        self.directory.link_new(&self.temporary, name)?;
        self.temporary.clear();
        self.directory.sync()
    }
}

impl Drop for Staged<'_> {
    fn drop(&mut self) {
        if !self.temporary.is_empty() {
            // What was written in part takes space that a full disk lacks.
            let _ = self.directory.handle.remove(&self.temporary);
        }
    }
}

/// A name without a way in it.
fn single(name: &OsStr) -> io::Result<&OsStr> {
    let mut components = Path::new(name).components();
    match (components.next(), components.next()) {
        (Some(Component::Normal(only)), None) if only == name => Ok(name),
        _ => Err(io::ErrorKind::InvalidInput.into()),
    }
}
