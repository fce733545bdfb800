//! The file system of this machine, or a tree of files that looks like one.

use super::accounts::accounts_of;
use super::addresses::{self, Addresses};
use super::bus::Bus;
use super::calls::ADDRESSES;
use super::expand::Expander;
use super::files::open_regular;
use super::listing::{Listings, list};
use super::person::{self, Owners, Persons, Within, directories, directory_of, owner_of};
use super::tree::Root;
use crate::host::broker::{Broker, Last};
use crate::host::content::Content;
use crate::host::{AccountId, Never, Place, Prepared, Unreadable};
use collector_proto::catalog::SourcePlace;
use collector_proto::disclosure::Sandbox;
use collector_proto::time::UtcTime;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// What answers for this machine beside its files: the system calls, and the services on its bus.
#[derive(Debug, Default)]
pub(crate) struct Live {
    pub(super) bus: RefCell<Bus>,
    /// The addresses of the interfaces, once they were asked for.
    pub(super) addresses: OnceCell<Result<Addresses, Unreadable>>,
}

impl Live {
    /// What answers beside the files, where they are this machine's.
    pub(crate) fn beside(files: &FileSystem) -> Option<Self> {
        files.root.is_live().then(Self::default)
    }

    /// Has what this process must not ask by itself asked by helpers, as soon as a sandbox is put up.
    pub(crate) fn start_helpers(&mut self) {
        self.bus.get_mut().ask_through_helper();
    }

    /// Asks before the sandbox is put up what could not be asked inside it without leaving too much to ask.
    /// Says what confines the helper that was started for it, if one was.
    pub(crate) fn prepare(&self, sources: &BTreeSet<SourcePlace>) -> Option<Sandbox> {
        if sources.contains(&ADDRESSES) {
            let _ = self.addresses.get_or_init(addresses::read);
        }
        self.bus.borrow_mut().prepare(sources)
    }
}

/// Whether paths have to be looked at by name to answer for the source: because it says so, because a directory is listed,
/// or because what persons can make into links has to be asked for its place.
pub(crate) fn is_looked_at(source: &SourcePlace) -> bool {
    match source {
        SourcePlace::Look(_) | SourcePlace::LookBeneath(_) | SourcePlace::Tree(_) => true,
        SourcePlace::File(path) | SourcePlace::Directory(path) => directory_of(path).is_some(),
        _ => false,
    }
}

/// The files below a root directory.
#[derive(Debug)]
pub(crate) struct FileSystem {
    root: Root,
    /// Into whose directories it looks.
    persons: RefCell<Persons>,
    /// Names that were listed before the sandbox was put up; `None` without one.
    listed: RefCell<Option<Listings>>,
    /// Who has which home, as it was before the sandbox was put up.
    homes: RefCell<Owners>,
    /// Accounts whose directories are left alone.
    never: RefCell<Arc<Never>>,
    /// Whether a person's directory is one of theirs, as far as that was asked.
    left_alone: RefCell<BTreeMap<String, bool>>,
}

impl Broker for FileSystem {
    /// The directories that the sources list are listed; from here on no other names are given.
    fn prepare(&self, sources: &BTreeSet<SourcePlace>) -> Prepared {
        let left_alone: BTreeSet<String> = if self.never.borrow().entries.is_empty() {
            BTreeSet::new()
        } else {
            let directories = directories(&self.root, sources).into_keys();
            directories.filter(|directory| self.leaves_alone(directory)).collect()
        };
        let persons = self.persons.borrow().clone().but(&left_alone);
        let mut expander = Expander::of(&self.root, &persons);
        for source in sources {
            expander.add(*source);
        }
        let (openings, listed) = expander.finish();
        *self.homes.borrow_mut() = person::owners(&self.root, &listed);
        *self.listed.borrow_mut() = Some(listed);
        Prepared { openings, helpers: Vec::new() }
    }

    fn open(&self, place: Place<'_>, max: u64) -> Result<Content, Unreadable> {
        let path = self.path(place)?;
        let file = open_regular(&self.root.resolve(&path, Last::Followed)?, max)?;
        Within::of(&self.root, &path).check(&file)?;
        Ok(file.into())
    }

    fn names(&self, place: Place<'_>) -> Result<Vec<String>, Unreadable> {
        let directory = self.path(place)?;
        match place.source() {
            SourcePlace::Directory(_) => self.listed(&directory),
            SourcePlace::Tree(_) => list(&self.root, &directory),
            _ => Err(Unreadable::Odd),
        }
    }

    fn fill(&self, place: Place<'_>) -> Result<Vec<String>, Unreadable> {
        let (directory, prefix, suffix) = place.listing().ok_or(Unreadable::Odd)?;
        self.look(&directory)?;
        let names = self.listed(&directory)?;
        let part = |name: &String| {
            let part = name.strip_prefix(prefix)?.strip_suffix(suffix)?;
            (!part.is_empty()).then(|| part.to_owned())
        };
        Ok(names.iter().filter_map(part).collect())
    }

    fn link(&self, place: Place<'_>) -> Result<String, Unreadable> {
        let target = fs::read_link(self.root.resolve(&self.path(place)?, Last::Kept)?)?;
        target.into_os_string().into_string().map_err(|_| Unreadable::Odd)
    }

    fn accounts(&self) -> Result<Vec<(AccountId, String)>, Unreadable> {
        accounts_of(&self.root)
    }

    fn leave_alone(&self, never: Arc<Never>) {
        self.never.replace(never);
        self.left_alone.borrow_mut().clear();
    }

    fn owner_of_home(&self, name: &str) -> Result<AccountId, Unreadable> {
        match &*self.listed.borrow() {
            Some(_) => self.homes.borrow().get(name).cloned().ok_or(Unreadable::Missing),
            None => person::owner(&self.root, name),
        }
    }

    fn changed(&self, place: Place<'_>, last: Last) -> Result<UtcTime, Unreadable> {
        let path = self.root.resolve(&self.path(place)?, last)?;
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
        Self {
            root: Root::at(root),
            persons: RefCell::default(),
            listed: RefCell::default(),
            homes: RefCell::default(),
            never: RefCell::default(),
            left_alone: RefCell::default(),
        }
    }

    /// The same, for looking into these persons' directories alone, or all but these.
    pub(super) fn look_into(&self, persons: Persons) {
        self.persons.replace(persons);
    }

    /// The root directory.
    pub(super) const fn root(&self) -> &Root {
        &self.root
    }

    /// The path that a place means, if one looks at it.
    fn path(&self, place: Place<'_>) -> Result<String, Unreadable> {
        let path = place.path()?;
        self.look(&path)?;
        Ok(path)
    }

    /// Refuses a path that one does not look at. What is left alone is as if it were not there.
    fn look(&self, path: &str) -> Result<(), Unreadable> {
        if directory_of(path).is_some_and(|directory| self.leaves_alone(directory)) {
            return Err(Unreadable::Missing);
        }
        if self.persons.borrow().admit(path) { Ok(()) } else { Err(Unreadable::Denied) }
    }

    /// Whether this directory of a person is left alone, because of who has it or of its name. One that nobody can be found to have
    /// is, where any is.
    pub(super) fn leaves_alone(&self, directory: &str) -> bool {
        let never = self.never.borrow();
        if never.entries.is_empty() {
            return false;
        }
        if let Some(known) = self.left_alone.borrow().get(directory) {
            return *known;
        }
        let name = directory.rsplit('/').next();
        let left_alone = match owner_of(&self.root, directory) {
            Ok(owner) => never.covers(Some(&owner), name),
            Err(_) => true,
        };
        self.left_alone.borrow_mut().insert(directory.to_owned(), left_alone);
        left_alone
    }

    /// The names in a directory: those that were listed before the sandbox was put up, if one was.
    fn listed(&self, directory: &str) -> Result<Vec<String>, Unreadable> {
        let mut names = match &*self.listed.borrow() {
            Some(listed) => listed.get(directory).cloned().unwrap_or(Err(Unreadable::Missing)),
            None => list(&self.root, directory),
        }?;
        if person::holds_directories(directory) {
            names.retain(|name| !self.leaves_alone(&format!("{directory}/{name}")));
        }
        Ok(names)
    }
}
