//! The one way to the machine: a [`Host`] asks a broker for one typed place at a time and is told what is there, or why
//! it cannot be had.
//!
//! ```text
//! probe ──Place──► Host (records the source, holds the bounds) ──► Broker ──► the file system, or whoever may look
//! ```
//!
//! Only regular files are read, none waits, none is read beyond its bound. Every source that is touched is recorded as the
//! catalogue declares it, so that a test can hold reading to what was permitted; values, such as the names that fill a
//! pattern, are not recorded. What one system has and others do not, such as a system bus, lies in that system's folder.

mod account;
mod broker;
mod content;
mod lines;
mod never;
mod place;
mod random;

#[cfg(not(target_os = "linux"))]
mod closed;
#[cfg(any(target_os = "linux", target_os = "macos"))]
mod unix;

#[cfg_attr(target_os = "linux", path = "linux/mod.rs")]
#[cfg_attr(target_os = "macos", path = "macos/mod.rs")]
#[cfg_attr(windows, path = "windows/mod.rs")]
#[cfg_attr(not(any(target_os = "linux", target_os = "macos", windows)), path = "unsupported/mod.rs")]
pub(crate) mod system;

pub use account::{AccountId, ParseAccountIdError, Peer, Sid};
pub use lines::Lines;
pub use place::Place;
pub use random::RandomFile;
pub(crate) use system::{
    Opening, account_named, ask_ledger, close_inherited, launch, own_account, running, serve_account,
    serve_bus, standard_input_peer,
};

use broker::{Broker, Last};
use collector_proto::catalog::SourcePlace;
use collector_proto::disclosure::Sandbox;
use collector_proto::messages::Absence;
use collector_proto::policy::ceiling::NeverAccount;
use collector_proto::time::UtcTime;
use content::Content;
pub(crate) use never::Never;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Most bytes of a small file such as os-release, resolv.conf or a sysfs attribute. Real ones are below 4 KiB.
pub const MAX_SMALL_FILE_BYTES: u64 = 64 * 1024;

/// Most bytes of a file that is read line by line. The largest dpkg status file seen is about 200 MB.
pub const MAX_STREAMED_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// Most bytes of a file that is read here and there. The rpm databases of full installations reach about 300 MB.
pub const MAX_RANDOM_FILE_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// Why a source cannot be read. Names no path: the field whose source it is says enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Unreadable {
    /// It does not exist, or the operating system has no such thing.
    #[error("the source does not exist")]
    Missing,
    /// The operating system refuses access.
    #[error("the operating system refuses access")]
    Denied,
    /// It is larger than its bound.
    #[error("the source is larger than the reader's bound")]
    TooLarge,
    /// It is a FIFO, a device, a loop of links or otherwise not what is expected.
    #[error("the source is not of the expected kind")]
    Odd,
}

/// What was opened; `None` where it does not exist.
pub fn if_present<T>(opened: Result<T, Unreadable>) -> Result<Option<T>, Unreadable> {
    match opened {
        Ok(opened) => Ok(Some(opened)),
        Err(Unreadable::Missing) => Ok(None),
        Err(reason) => Err(reason),
    }
}

impl From<Unreadable> for Absence {
    fn from(reason: Unreadable) -> Self {
        match reason {
            Unreadable::Missing => Self::Unavailable,
            Unreadable::Denied => Self::DeniedByOs,
            Unreadable::TooLarge => Self::TooLarge,
            Unreadable::Odd => Self::Malformed,
        }
    }
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind as Kind;
        match error.kind() {
            Kind::PermissionDenied => Self::Denied,
            Kind::IsADirectory | Kind::NotADirectory | Kind::InvalidInput => Self::Odd,
            // ENODEV, ENXIO and EIO of sysfs attributes mean that the thing behind them is not there.
            _ => Self::Missing,
        }
    }
}

/// The first argument of a reader that is started to ask the bus for another one. Then follows the bus's socket, where it is not
/// the system's.
pub(crate) const BUS_HELPER: &str = "--bus-helper";

/// The first argument of a reader that launches readers as accounts.
pub(crate) const ACCOUNTS: &str = "--accounts";

/// The first argument of a reader that a launcher starts to read what an account keeps to itself.
pub(crate) const ACCOUNT_HELPER: &str = "--account-helper";

/// Where the agent's user answers for its ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerService {
    /// Its socket.
    pub socket: PathBuf,
    /// The agent's user.
    pub agent: Option<AccountId>,
    /// How long an answer may take.
    pub within: Duration,
}

/// What a host that got ready needs in a sandbox.
#[derive(Debug, Default)]
pub(crate) struct Prepared {
    /// What has to stay open.
    pub(crate) openings: Vec<Opening>,
    /// What confines each process that asks in our place.
    pub(crate) helpers: Vec<Sandbox>,
}

/// A machine, or a tree of files that looks like one.
#[derive(Debug)]
pub struct Host {
    broker: Box<dyn Broker>,
    touched: RefCell<BTreeSet<SourcePlace>>,
    /// Places in the directories of persons that nobody asked for, though the fields that are read have them among their sources.
    closed: RefCell<BTreeSet<SourcePlace>>,
    /// Accounts about which nothing is read.
    never: RefCell<Arc<Never>>,
    /// What answers for this machine beside its files; a tree of files has nothing of the kind.
    live: Option<system::Live>,
}

impl Host {
    /// The machine whose root directory is `root`; `/`, however it is written, is this one.
    pub fn at(root: &Path) -> Self {
        let files = system::FileSystem::at(root);
        Self {
            live: system::Live::beside(&files),
            broker: Box::new(files),
            touched: RefCell::default(),
            closed: RefCell::default(),
            never: RefCell::default(),
        }
    }

    /// Whether it is this machine, so that system calls answer for it.
    pub fn is_live(&self) -> bool {
        self.live.is_some()
    }

    /// The catalogue's sources of everything that was touched so far.
    pub fn touched(&self) -> BTreeSet<SourcePlace> {
        self.touched.borrow().clone()
    }

    /// The same with helpers for what this process must not ask by itself, once a sandbox is put up.
    #[must_use]
    pub(crate) fn with_helpers(mut self) -> Self {
        if let Some(live) = &mut self.live {
            live.start_helpers();
            self.broker = system::by_account();
        }
        self
    }

    /// Gets ready to be asked for these sources and no others.
    pub(crate) fn prepare(&self, sources: &BTreeSet<SourcePlace>) -> Prepared {
        let helper = self.live.as_ref().and_then(|live| live.prepare(sources));
        let mut prepared = self.broker.prepare(sources);
        prepared.helpers.extend(helper);
        prepared
    }

    /// Who the entries mean on this machine.
    pub(crate) fn who(&self, entries: Vec<NeverAccount>) -> Result<Never, Unreadable> {
        let accounts = if entries.is_empty() {
            Vec::new()
        } else {
            if_present(self.broker.accounts())?.unwrap_or_default()
        };
        Ok(Never::of(entries, accounts))
    }

    /// From here on nothing about these accounts is read, and nobody looks into their directories. Said before
    /// [`Self::prepare`].
    pub(crate) fn leave_alone(&self, never: Never) {
        let never = Arc::new(never);
        self.broker.leave_alone(Arc::clone(&never));
        self.never.replace(never);
    }

    /// Answers from here on that these places are not there, and leaves them alone.
    pub(crate) fn close(&self, places: BTreeSet<SourcePlace>) {
        self.closed.replace(places);
    }

    /// A small file's text; bytes that are not UTF-8 become U+FFFD.
    pub fn text<'a>(&self, place: impl Into<Place<'a>>) -> Result<String, Unreadable> {
        let bytes = self.bytes(place)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// A small file's bytes: what is not text, such as an EDID or a UEFI variable.
    pub fn bytes<'a>(&self, place: impl Into<Place<'a>>) -> Result<Vec<u8>, Unreadable> {
        self.bytes_up_to(place, MAX_SMALL_FILE_BYTES)
    }

    /// The bytes of a file of at most `max` bytes.
    pub fn bytes_up_to<'a>(&self, place: impl Into<Place<'a>>, max: u64) -> Result<Vec<u8>, Unreadable> {
        let file = self.open(place.into(), max)?;
        let mut bytes = Vec::new();
        // One byte more, because sysfs files grow past the length they state.
        file.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > max { Err(Unreadable::TooLarge) } else { Ok(bytes) }
    }

    /// A file that is read here and there, such as a database.
    pub fn random<'a>(&self, place: impl Into<Place<'a>>) -> Result<RandomFile, Unreadable> {
        RandomFile::of(self.open(place.into(), MAX_RANDOM_FILE_BYTES)?)
    }

    /// A file of any length that is read here and there and never as a whole: a sparse one may state terabytes.
    pub fn sparse<'a>(&self, place: impl Into<Place<'a>>) -> Result<RandomFile, Unreadable> {
        RandomFile::of(self.open(place.into(), u64::MAX)?)
    }

    /// A file's lines, one at a time, so that memory does not grow with the file.
    pub fn lines<'a>(&self, place: impl Into<Place<'a>>) -> Result<Lines, Unreadable> {
        Ok(Lines::of(self.open(place.into(), MAX_STREAMED_FILE_BYTES)?, MAX_STREAMED_FILE_BYTES))
    }

    /// The bytes, at most `max`, of a place that is not in the file system, such as a registry value or a member of an
    /// SMBIOS structure, in the form in which the operating system hands it out.
    pub fn value<'a>(&self, place: impl Into<Place<'a>>, max: usize) -> Result<Vec<u8>, Unreadable> {
        let place = place.into();
        match place.source() {
            SourcePlace::RegistryValue(_)
            | SourcePlace::Smbios(_)
            | SourcePlace::Wmi(_)
            | SourcePlace::IoRegistry(_)
            | SourcePlace::Sysctl(_)
            | SourcePlace::SystemCall(_)
            | SourcePlace::Api(_)
            | SourcePlace::Command(_)
            | SourcePlace::Bus { .. } => {
                let bytes = self.broker.value(self.touching(place)?, max)?;
                if bytes.len() > max { Err(Unreadable::TooLarge) } else { Ok(bytes) }
            }
            SourcePlace::File(_)
            | SourcePlace::Directory(_)
            | SourcePlace::Tree(_)
            | SourcePlace::Look(_)
            | SourcePlace::LookBeneath(_)
            | SourcePlace::WindowsFile(_)
            | SourcePlace::WindowsTree(_)
            | SourcePlace::RegistryTree(_)
            | SourcePlace::State(_)
            | SourcePlace::Build(_) => Err(Unreadable::Odd),
        }
    }

    /// Where a symbolic link points, as written. Its target is not touched.
    pub fn link<'a>(&self, place: impl Into<Place<'a>>) -> Result<String, Unreadable> {
        self.broker.link(self.touching(place)?)
    }

    /// The names in a directory, sorted. Names that are not UTF-8 are left out.
    pub fn names<'a>(&self, place: impl Into<Place<'a>>) -> Result<Vec<String>, Unreadable> {
        self.broker.names(self.touching(place)?)
    }

    /// What the next `*` of a pattern stands for here, sorted: its directory is listed, nothing in it is opened. The
    /// names before it are those of `place`, which fills all `*` but that one.
    pub fn fill(&self, place: Place<'_>) -> Result<Vec<String>, Unreadable> {
        self.broker.fill(self.touching(place)?)
    }

    /// The account that has the home of this name. Nothing in it is looked at.
    pub(crate) fn owner_of_home(&self, name: &str) -> Option<AccountId> {
        self.broker.owner_of_home(name).ok()
    }

    /// Why nothing more is said of the home of this name: what was read of it may not be all of it.
    pub(crate) fn gave_up_on_home(&self, name: &str) -> Option<Unreadable> {
        self.broker.gave_up_on_home(name)
    }

    /// Whether something is there. Nothing of it is opened.
    pub fn exists<'a>(&self, place: impl Into<Place<'a>>) -> bool {
        self.modified(place).is_ok()
    }

    /// When a file was last written. Nothing of it is opened.
    pub fn modified<'a>(&self, place: impl Into<Place<'a>>) -> Result<UtcTime, Unreadable> {
        self.broker.changed(self.touching(place)?, Last::Followed)
    }

    /// When a link itself was made. Its target is not touched.
    pub fn link_modified<'a>(&self, place: impl Into<Place<'a>>) -> Result<UtcTime, Unreadable> {
        self.broker.changed(self.touching(place)?, Last::Kept)
    }

    /// Records a source that is about to be asked for.
    fn touch(&self, source: SourcePlace) {
        self.touched.borrow_mut().insert(source);
    }

    fn touching<'a>(&self, place: impl Into<Place<'a>>) -> Result<Place<'a>, Unreadable> {
        let place = place.into();
        if self.closed.borrow().contains(&place.source()) {
            return Err(Unreadable::Missing);
        }
        self.touch(place.source());
        Ok(place)
    }

    fn open(&self, place: Place<'_>, max: u64) -> Result<Content, Unreadable> {
        match place.source() {
            SourcePlace::File(_) | SourcePlace::Tree(_) => self.broker.open(self.touching(place)?, max),
            _ => Err(Unreadable::Odd),
        }
    }
}

#[cfg(test)]
mod tests;
