//! The reader's end: whom to ask about a place.

use super::remote::{Found, Remote};
use super::{LAUNCHER, Way, is_of_persons};
use crate::host::broker::{Broker, Last};
use crate::host::content::Content;
use crate::host::system::FileSystem;
use crate::host::system::person::{self, Persons, directories, directory_of, may_be_a_persons};
use crate::host::{AccountId, Never, Place, Prepared, Unreadable};
use collector_proto::catalog::SourcePlace;
use collector_proto::disclosure::Sandbox;
use collector_proto::time::UtcTime;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Most accounts that are asked in one reading; what others have is too large. Each is a process while the reader reads.
const MAX_ACCOUNTS: usize = 64;

/// Longest that all helpers together may take to be ready, with what a busy machine adds.
const MAX_START: Duration = Duration::from_secs(5);

/// Longest that the answers of all accounts may take together: whoever asked waits a minute for all of it.
const MAX_TIME: Duration = Duration::from_secs(20);

/// Asks helpers for what lies in directories of accounts, and the file system for everything else.
///
/// What belongs to root or to the system stays with the reader: nobody keeps it from root.
pub(in crate::host::system) struct ByAccount {
    files: FileSystem,
    launcher: PathBuf,
    helpers: RefCell<Helpers>,
    time_left: Cell<Duration>,
}

/// Who is asked about which directory.
#[derive(Default)]
struct Helpers {
    of: BTreeMap<u32, Result<Remote, Unreadable>>,
    directories: BTreeMap<String, u32>,
}

impl ByAccount {
    /// Beside these files, with the launcher at its place. Without one the file system answers for everything.
    pub(in crate::host::system) fn beside(files: FileSystem) -> Self {
        Self::launched_at(files, Path::new(LAUNCHER))
    }

    /// The same with another launcher.
    pub(super) fn launched_at(files: FileSystem, launcher: &Path) -> Self {
        let launcher = launcher.to_owned();
        Self { files, launcher, helpers: RefCell::default(), time_left: Cell::new(MAX_TIME) }
    }

    /// Has a helper started for each account that has a directory in which one of the sources may lie, all at once, and waits until they
    /// are ready. Says what confines them.
    fn start(&self, sources: &BTreeSet<SourcePlace>) -> Vec<Sandbox> {
        let deadline = Instant::now() + MAX_START;
        let mut helpers = Helpers::default();
        let mut directories_of: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        for (directory, owner) in directories(self.files.root(), sources) {
            if let AccountId::Uid(uid) = owner
                && may_be_a_persons(uid)
                && !self.files.leaves_alone(&directory)
            {
                directories_of.entry(uid).or_default().push(directory.clone());
                helpers.directories.insert(directory, uid);
            }
        }
        for (uid, directories) in directories_of {
            let helper = if helpers.of.len() < MAX_ACCOUNTS {
                Remote::start(&self.launcher, uid, directories, sources, deadline)
            } else {
                Err(Unreadable::TooLarge)
            };
            helpers.of.insert(uid, helper);
        }
        let started = helpers.of.values_mut().filter_map(|helper| helper.as_mut().ok());
        let sandboxes = started.filter_map(|helper| helper.ready(deadline).ok()).collect();
        self.files.look_into(Persons::AllBut(helpers.directories.keys().cloned().collect()));
        self.helpers.replace(helpers);
        sandboxes
    }

    /// Asks the helper that answers for this path. `None` where the file system does.
    fn ask(&self, path: &str, place: Place<'_>, way: Way) -> Option<Result<Found, Unreadable>> {
        let mut helpers = self.helpers.borrow_mut();
        let uid = *helpers.directories.get(directory_of(path)?)?;
        let since = Instant::now();
        let found = match helpers.of.get_mut(&uid)? {
            Ok(helper) => helper.ask(place, way, self.time_left.get()),
            Err(reason) => Err(*reason),
        };
        self.time_left.set(self.time_left.get().saturating_sub(since.elapsed()));
        Some(found)
    }
}

impl Broker for ByAccount {
    /// From here on nobody else is asked, and about these sources alone.
    fn prepare(&self, sources: &BTreeSet<SourcePlace>) -> Prepared {
        let of_persons: BTreeSet<SourcePlace> = sources.iter().copied().filter(is_of_persons).collect();
        let helpers = if of_persons.is_empty() || !self.launcher.exists() {
            Vec::new()
        } else {
            self.start(&of_persons)
        };
        Prepared { helpers, ..self.files.prepare(sources) }
    }

    fn open(&self, place: Place<'_>, max: u64) -> Result<Content, Unreadable> {
        match self.ask(&place.path()?, place, Way::Content(max)) {
            Some(Ok(Found::Content(content))) => Ok(content.into()),
            Some(other) => Err(other.err().unwrap_or(Unreadable::Odd)),
            None => self.files.open(place, max),
        }
    }

    fn names(&self, place: Place<'_>) -> Result<Vec<String>, Unreadable> {
        match self.ask(&place.path()?, place, Way::Names) {
            Some(Ok(Found::Names(names))) => Ok(names),
            Some(other) => Err(other.err().unwrap_or(Unreadable::Odd)),
            None => self.files.names(place),
        }
    }

    fn fill(&self, place: Place<'_>) -> Result<Vec<String>, Unreadable> {
        let (directory, ..) = place.listing().ok_or(Unreadable::Odd)?;
        match self.ask(&directory, place, Way::Fill) {
            Some(Ok(Found::Names(names))) => Ok(names),
            Some(other) => Err(other.err().unwrap_or(Unreadable::Odd)),
            None => self.files.fill(place),
        }
    }

    fn link(&self, place: Place<'_>) -> Result<String, Unreadable> {
        match self.ask(&place.path()?, place, Way::Link) {
            Some(Ok(Found::Link(target))) => Ok(target),
            Some(other) => Err(other.err().unwrap_or(Unreadable::Odd)),
            None => self.files.link(place),
        }
    }

    fn changed(&self, place: Place<'_>, last: Last) -> Result<UtcTime, Unreadable> {
        match self.ask(&place.path()?, place, Way::Changed(last)) {
            Some(Ok(Found::Changed(time))) => Ok(time),
            Some(other) => Err(other.err().unwrap_or(Unreadable::Odd)),
            None => self.files.changed(place, last),
        }
    }

    fn accounts(&self) -> Result<Vec<(AccountId, String)>, Unreadable> {
        self.files.accounts()
    }

    fn leave_alone(&self, never: Arc<Never>) {
        self.files.leave_alone(never);
    }

    fn owner_of_home(&self, name: &str) -> Result<AccountId, Unreadable> {
        self.files.owner_of_home(name)
    }

    fn gave_up_on_home(&self, name: &str) -> Option<Unreadable> {
        let helpers = self.helpers.borrow();
        let uid = helpers.directories.get(&person::home(name))?;
        match helpers.of.get(uid)? {
            Ok(helper) => helper.gave_up(),
            Err(reason) => Some(*reason),
        }
    }
}

impl fmt::Debug for ByAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ByAccount")
    }
}
