//! The one way to the machine: files, links, directories, the few system calls that probes use and the system bus.
//!
//! A [`Host`] stands on a root directory. On any root but `/` a symbolic link never leads outside it, and nothing
//! but its files answers: where a file of the tree says the same as a system call (`stand_in.rs`), it is read instead.
//! Only regular files are read, none waits, none is read beyond its bound. Every source that is touched is recorded
//! as the catalogue declares it, so that a test can hold reading to what was permitted; values, such as the names
//! that fill a pattern, are not recorded.

mod bus;
mod expand;
mod lines;
mod person;
mod place;
mod random;
mod stand_in;
mod tree;

pub use bus::{Arguments, ObjectPath, Service, Typed};
pub(crate) use expand::{Access, Expander, Opening};
pub use lines::Lines;
pub use place::Place;
pub use random::RandomFile;

use crate::system;
use collector_proto::catalog::SourcePlace;
use collector_proto::messages::Absence;
use collector_proto::time::UtcTime;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// Most bytes of a small file such as os-release, resolv.conf or a sysfs attribute. Real ones are below 4 KiB.
pub const MAX_SMALL_FILE_BYTES: u64 = 64 * 1024;

/// Most bytes of a file that is read line by line. The largest dpkg status file seen is about 200 MB.
pub const MAX_STREAMED_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// Most bytes of a file that is read here and there. The rpm databases of full installations reach about 300 MB.
pub const MAX_RANDOM_FILE_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// Most entries of a listed directory. Container hosts have some thousand network interfaces.
const MAX_DIRECTORY_ENTRIES: usize = 16 * 1024;

/// Why a source cannot be read. Names no path: the field whose source it is says enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
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

/// The root directory of this machine.
const LIVE_ROOT: &str = "/";

/// Members of `uname(2)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uname {
    /// The node's name.
    NodeName,
    /// The kernel's release.
    Release,
    /// The processor architecture.
    Machine,
}

/// A machine, or a tree of files that looks like one.
#[derive(Debug)]
pub struct Host {
    root: PathBuf,
    touched: RefCell<BTreeSet<SourcePlace>>,
    bus: RefCell<bus::Bus>,
    /// Names that were listed before the sandbox was put up; `None` without one.
    listed: RefCell<Option<expand::Listings>>,
}

impl Host {
    /// The machine whose root directory is `root`; `/`, however it is written, is this one.
    pub fn at(root: &Path) -> Self {
        let live = Path::new(LIVE_ROOT);
        // Both sides: the canonical form of `/` names a drive on Windows.
        let is_live =
            matches!((root.canonicalize(), live.canonicalize()), (Ok(root), Ok(live)) if root == live);
        let root = if is_live { live } else { root };
        Self {
            root: root.to_owned(),
            touched: RefCell::default(),
            bus: RefCell::default(),
            listed: RefCell::default(),
        }
    }

    /// Whether it is this machine, so that system calls answer for it.
    pub fn is_live(&self) -> bool {
        self.root == Path::new(LIVE_ROOT)
    }

    /// The catalogue's sources of everything that was touched so far.
    pub fn touched(&self) -> BTreeSet<SourcePlace> {
        self.touched.borrow().clone()
    }

    /// A small file's text; bytes that are not UTF-8 become U+FFFD.
    pub fn text<'a>(&self, place: impl Into<Place<'a>>) -> Result<String, Unreadable> {
        let bytes = self.bytes(place)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// A small file's bytes: what is no text, such as an EDID or a UEFI variable.
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

    /// Where a symbolic link points, as written. Its target is not touched.
    pub fn link<'a>(&self, place: impl Into<Place<'a>>) -> Result<String, Unreadable> {
        let path = self.locate(place.into(), tree::Last::Kept)?;
        let target = fs::read_link(path)?;
        target.into_os_string().into_string().map_err(|_| Unreadable::Odd)
    }

    /// The names in a directory, sorted. Names that are not UTF-8 are left out.
    pub fn names<'a>(&self, place: impl Into<Place<'a>>) -> Result<Vec<String>, Unreadable> {
        let place = place.into();
        self.touch(place.source());
        let directory = place.path()?;
        match place.source() {
            SourcePlace::Directory(_) => self.listed(&directory),
            SourcePlace::Tree(_) => self.list(&directory),
            _ => Err(Unreadable::Odd),
        }
    }

    /// What the next `*` of a pattern stands for here, sorted: its directory is listed, nothing in it is opened. The
    /// names before it are those of `place`, which fills all `*` but that one.
    pub fn fill(&self, place: Place<'_>) -> Result<Vec<String>, Unreadable> {
        let (directory, prefix, suffix) = place.listing().ok_or(Unreadable::Odd)?;
        self.touch(place.source());
        let names = self.listed(&directory)?;
        let part = |name: &String| {
            let part = name.strip_prefix(prefix)?.strip_suffix(suffix)?;
            (!part.is_empty()).then(|| part.to_owned())
        };
        Ok(names.iter().filter_map(part).collect())
    }

    /// Whether something is there. Nothing of it is opened.
    pub fn exists<'a>(&self, place: impl Into<Place<'a>>) -> bool {
        self.locate(place.into(), tree::Last::Followed).is_ok_and(|path| path.exists())
    }

    /// When a file was last written. Nothing of it is opened.
    pub fn modified<'a>(&self, place: impl Into<Place<'a>>) -> Result<UtcTime, Unreadable> {
        let path = self.locate(place.into(), tree::Last::Followed)?;
        Ok(UtcTime::from_system(fs::metadata(path)?.modified()?))
    }

    /// When a link itself was made. Its target is not touched.
    pub fn link_modified<'a>(&self, place: impl Into<Place<'a>>) -> Result<UtcTime, Unreadable> {
        let path = self.locate(place.into(), tree::Last::Kept)?;
        Ok(UtcTime::from_system(fs::symlink_metadata(path)?.modified()?))
    }

    /// A member of `uname(2)`.
    pub fn uname(&self, member: Uname) -> Result<String, Unreadable> {
        self.touch(SourcePlace::SystemCall("uname"));
        if !self.is_live() {
            return stand_in::uname(self, member);
        }
        let text = match member {
            Uname::NodeName => sysinfo::System::host_name().ok(),
            Uname::Release => sysinfo::System::kernel_version().ok(),
            Uname::Machine => Some(sysinfo::System::cpu_arch()),
        };
        text.filter(|text| !text.is_empty()).ok_or(Unreadable::Missing)
    }

    /// Physical memory in bytes.
    pub fn memory(&self) -> Result<u64, Unreadable> {
        if !self.is_live() {
            return stand_in::memory(self);
        }
        self.touch(SourcePlace::File("/proc/meminfo"));
        let mut system = sysinfo::System::new().map_err(|_| Unreadable::Missing)?;
        system.refresh_memory_specifics(sysinfo::MemoryRefreshKind::nothing().with_ram());
        Some(system.total_memory()).filter(|bytes| *bytes > 0).ok_or(Unreadable::Missing)
    }

    /// Whole seconds since the machine was started.
    pub fn uptime(&self) -> Result<u64, Unreadable> {
        if !self.is_live() {
            return stand_in::uptime(self);
        }
        self.touch(SourcePlace::File("/proc/uptime"));
        sysinfo::System::uptime().map_err(|_| Unreadable::Missing)
    }

    /// Every address of every network interface, by the interface's name.
    pub fn addresses(&self) -> Result<Vec<(String, IpAddr)>, Unreadable> {
        self.touch(SourcePlace::SystemCall("getifaddrs"));
        if self.is_live() { Ok(system::interface_addresses()?) } else { stand_in::addresses(self) }
    }

    /// Takes the names in directories from these lists and lists none itself where a pattern has a `*`.
    fn take_listings(&self, listed: expand::Listings) {
        *self.listed.borrow_mut() = Some(listed);
    }

    /// The names in a directory: those that were listed before the sandbox was put up, if one was.
    fn listed(&self, directory: &str) -> Result<Vec<String>, Unreadable> {
        match &*self.listed.borrow() {
            Some(listed) => listed.get(directory).cloned().unwrap_or(Err(Unreadable::Missing)),
            None => self.list(directory),
        }
    }

    /// The names in a directory of the machine, sorted.
    fn list(&self, directory: &str) -> Result<Vec<String>, Unreadable> {
        let path = if directory.is_empty() { LIVE_ROOT } else { directory };
        let path = self.resolve(path, tree::Last::Followed)?;
        let mut names = Vec::new();
        let entries = if person::directory_of(directory).is_some() {
            system::read_directory(&path, |opened| self.within(directory).holds(opened))?
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

    fn touch(&self, source: SourcePlace) {
        self.touched.borrow_mut().insert(source);
    }

    fn open(&self, place: Place<'_>, max: u64) -> Result<File, Unreadable> {
        if !matches!(place.source(), SourcePlace::File(_) | SourcePlace::Tree(_)) {
            return Err(Unreadable::Odd);
        }
        let path = place.path()?;
        self.touch(place.source());
        let file = open_regular(&self.resolve(&path, tree::Last::Followed)?, max)?;
        self.within(&path).check(&file)?;
        Ok(file)
    }

    /// A file of the tree that stands in for a system call, which is what counts as touched.
    fn stand_in_text(&self, path: &'static str) -> Result<String, Unreadable> {
        let path = tree::resolve(&self.root, path, tree::Last::Followed)?;
        let mut text = String::new();
        let file = open_regular(&path, MAX_SMALL_FILE_BYTES)?;
        file.take(MAX_SMALL_FILE_BYTES).read_to_string(&mut text)?;
        Ok(text)
    }

    fn locate(&self, place: Place<'_>, last: tree::Last) -> Result<PathBuf, Unreadable> {
        self.touch(place.source());
        self.resolve(&place.path()?, last)
    }

    fn resolve(&self, path: &str, last: tree::Last) -> Result<PathBuf, Unreadable> {
        if self.is_live() { Ok(PathBuf::from(path)) } else { tree::resolve(&self.root, path, last) }
    }
}

fn open_regular(path: &Path, max: u64) -> Result<File, Unreadable> {
    let file = system::cautious_read().open(path).map_err(|error| match fs::metadata(path) {
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

#[cfg(all(test, target_os = "linux"))]
mod tests;
