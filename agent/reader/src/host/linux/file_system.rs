//! The file system of this machine, or a tree of files that looks like one.

use super::expand::{Expander, Listings, Opening};
use super::files::{open_regular, read_directory};
use super::{person, tree};
use crate::host::broker::{Broker, Last};
use crate::host::{Place, Unreadable};
use collector_proto::catalog::SourcePlace;
use collector_proto::time::UtcTime;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The root directory of this machine.
const LIVE_ROOT: &str = "/";

/// Most entries of a listed directory. Container hosts have some thousand network interfaces.
const MAX_DIRECTORY_ENTRIES: usize = 16 * 1024;

/// The files below a root directory.
#[derive(Debug)]
pub(crate) struct FileSystem {
    root: PathBuf,
    /// Names that were listed before the sandbox was put up; `None` without one.
    listed: RefCell<Option<Listings>>,
}

impl Broker for FileSystem {
    fn is_live(&self) -> bool {
        self.root == Path::new(LIVE_ROOT)
    }

    /// The directories that the sources list are listed; from here on no other names are given.
    fn prepare(&self, sources: &BTreeSet<SourcePlace>) -> Vec<Opening> {
        let mut expander = Expander::of(self);
        for source in sources {
            expander.add(*source);
        }
        let (openings, listed) = expander.finish();
        *self.listed.borrow_mut() = Some(listed);
        openings
    }

    fn open(&self, place: Place<'_>, max: u64) -> Result<File, Unreadable> {
        let path = place.path()?;
        let file = open_regular(&self.resolve(&path, Last::Followed)?, max)?;
        self.within(&path).check(&file)?;
        Ok(file)
    }

    fn names(&self, place: Place<'_>) -> Result<Vec<String>, Unreadable> {
        let directory = place.path()?;
        match place.source() {
            SourcePlace::Directory(_) => self.listed(&directory),
            SourcePlace::Tree(_) => self.list(&directory),
            _ => Err(Unreadable::Odd),
        }
    }

    fn fill(&self, place: Place<'_>) -> Result<Vec<String>, Unreadable> {
        let (directory, prefix, suffix) = place.listing().ok_or(Unreadable::Odd)?;
        let names = self.listed(&directory)?;
        let part = |name: &String| {
            let part = name.strip_prefix(prefix)?.strip_suffix(suffix)?;
            (!part.is_empty()).then(|| part.to_owned())
        };
        Ok(names.iter().filter_map(part).collect())
    }

    fn link(&self, place: Place<'_>) -> Result<String, Unreadable> {
        let target = fs::read_link(self.resolve(&place.path()?, Last::Kept)?)?;
        target.into_os_string().into_string().map_err(|_| Unreadable::Odd)
    }

    fn changed(&self, place: Place<'_>, last: Last) -> Result<UtcTime, Unreadable> {
        let path = self.resolve(&place.path()?, last)?;
        let metadata = match last {
            Last::Followed => fs::metadata(path)?,
            Last::Kept => fs::symlink_metadata(path)?,
        };
        Ok(UtcTime::from_system(metadata.modified()?))
    }
}

impl FileSystem {
    /// The files below `root`; `/`, however it is written, is this machine's.
    pub(crate) fn at(root: &Path) -> Self {
        let live = Path::new(LIVE_ROOT);
        let is_live = root.canonicalize().is_ok_and(|root| root == live);
        Self { root: if is_live { live } else { root }.to_owned(), listed: RefCell::default() }
    }

    /// The path on this machine that `path` of the machine that is read means.
    pub(super) fn resolve(&self, path: &str, last: Last) -> Result<PathBuf, Unreadable> {
        if self.is_live() { Ok(PathBuf::from(path)) } else { tree::resolve(&self.root, path, last) }
    }

    /// The names in a directory: those that were listed before the sandbox was put up, if one was.
    fn listed(&self, directory: &str) -> Result<Vec<String>, Unreadable> {
        match &*self.listed.borrow() {
            Some(listed) => listed.get(directory).cloned().unwrap_or(Err(Unreadable::Missing)),
            None => self.list(directory),
        }
    }

    /// The names in a directory of the machine, sorted.
    pub(super) fn list(&self, directory: &str) -> Result<Vec<String>, Unreadable> {
        let path = if directory.is_empty() { LIVE_ROOT } else { directory };
        let path = self.resolve(path, Last::Followed)?;
        let mut names = Vec::new();
        let entries = if person::directory_of(directory).is_some() {
            read_directory(&path, |opened| self.within(directory).holds(opened))?
        } else {
            fs::read_dir(&path)?
        };
        for entry in entries {
            if names.len() == MAX_DIRECTORY_ENTRIES {
                return Err(Unreadable::TooLarge);
            }
            names.extend(entry?.file_name().into_string());
        }
        names.sort_unstable();
        Ok(names)
    }
}
