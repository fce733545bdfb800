//! What every verb is given: where the state is, the settings, the clock; and how a verb fails.

use super::looking;
use crate::config::{ConfigError, Settings};
use crate::documents::{self, HeldDocuments};
use crate::durable::{self, FileError};
use crate::identity::{self, Enrolment, IdentityError};
use crate::lock::LockError;
use crate::paths::Paths;
use crate::platform;
use crate::reader_client::{ReaderClient, ReaderError, program};
use crate::sent::{Books, BooksError};
use collector_proto::text::json;
use collector_proto::time::UtcTime;
use std::io::{self, Write as _};
use std::path::PathBuf;

/// What a verb works with.
#[derive(Debug, Clone)]
pub struct Context {
    /// The state directory.
    pub(crate) paths: Paths,
    /// The configuration.
    pub(crate) settings: Settings,
    /// The program that reads this machine.
    reader: PathBuf,
    /// Where this process asks instead of looking into the state directory (`cli/looking.rs`).
    pub(super) people_socket: Option<PathBuf>,
}

/// How a listing is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Exit status of a verb that did not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// It failed.
    Failed = 1,
    /// It was called wrongly.
    Usage = 2,
    /// It was refused for privacy: nothing was read.
    Refused = 3,
    /// Something was tampered with.
    Tampered = 4,
    /// The collector cannot be reached; the report is kept.
    Unreachable = 5,
}

impl Exit {
    /// What another candor ended with.
    pub(crate) fn of_status(status: i32) -> Option<Self> {
        [Self::Failed, Self::Usage, Self::Refused, Self::Tampered, Self::Unreachable]
            .into_iter()
            .find(|exit| *exit as i32 == status)
    }
}

/// A failed verb: what to tell the person and the exit status.
#[derive(Debug)]
pub struct Failure {
    /// Exit status.
    pub exit: Exit,
    /// What happened.
    pub error: anyhow::Error,
}

impl Failure {
    /// A failure with this status.
    pub fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        Self { exit, error: error.into() }
    }
}

impl Context {
    /// Finds the state directory, reads its configuration and finds the reader, none of which anybody but this user and root
    /// may have a hand in. An account that has no state here has no configuration either: it asks.
    pub fn open(state: Option<PathBuf>) -> Result<Self, Failure> {
        let paths = Paths::resolve(state).map_err(|error| Failure::new(Exit::Usage, error))?;
        let people_socket = looking::people_socket(&paths);
        let settings = if people_socket.is_none() || platform::is_privileged() {
            durable::examine_state(paths.state())?;
            Settings::load(&paths)?
        } else {
            Settings::default()
        };
        let reader = program::find(settings.reader.as_deref())?;
        Ok(Self { paths, settings, reader, people_socket })
    }

    /// What the configuration has logged.
    pub fn log(&self) -> &str {
        &self.settings.log
    }

    /// The clock.
    pub fn now(&self) -> UtcTime {
        UtcTime::from_system(std::time::SystemTime::now())
    }

    /// The reader over the tree under `root`, or over this machine.
    pub(crate) fn reader(&self, root: Option<PathBuf>) -> ReaderClient {
        match self.reader_socket().filter(|_| root.is_none()) {
            Some(socket) => ReaderClient::served(socket),
            None => ReaderClient::started(self.reader.clone(), self.paths.reader(), root),
        }
    }

    /// Whether the reader runs as another user.
    pub(crate) fn is_served(&self) -> bool {
        self.reader_socket().is_some()
    }

    /// Whether the state is this user's own. That of another user is shown by the reader.
    pub(crate) fn is_own(&self) -> bool {
        self.people_socket.is_none() && (!self.is_served() || platform::is_own(self.paths.state()))
    }

    /// The socket that the configuration names; without a program named, the machine's, where reader and agent are two users.
    /// Once they are, no reader is started in place of one that does not answer: it would not know what the other keeps.
    pub(crate) fn reader_socket(&self) -> Option<PathBuf> {
        if self.settings.reader_socket.is_some() || self.settings.reader.is_some() {
            return self.settings.reader_socket.clone();
        }
        let of_system = platform::reader_socket().filter(|_| self.paths.are_the_systems())?;
        let is_split = of_system.exists() || platform::foreign_owner(self.paths.state()).is_some();
        is_split.then_some(of_system)
    }

    /// What this device's enrolment settled.
    pub(crate) fn enrolment(&self) -> Result<Enrolment, Failure> {
        Ok(Enrolment::load(&self.paths)?)
    }

    /// This user's own ledger.
    pub(crate) fn books(&self) -> Result<Books, Failure> {
        let enrolment = self.enrolment_by(&self.reader(None))?;
        let key = identity::load_key(&self.paths)?;
        Ok(Books::open(&self.paths, &enrolment, key.public())?)
    }

    /// What the collector last gave.
    pub(crate) fn documents(&self) -> Result<HeldDocuments, Failure> {
        Ok(documents::load(&self.paths)?)
    }

    /// Writes to standard output. A reader that closed it early, as `head` does, is not a failure.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        self.print_bytes(text.as_bytes())
    }

    /// Writes a value as JSON that a person can read.
    pub fn print_json<T: serde::Serialize>(&self, value: &T) -> Result<(), Failure> {
        let mut text = serde_json::to_string_pretty(value).map_err(anyhow::Error::from)?;
        text.push('\n');
        self.print(&json(&text))
    }

    /// Writes bytes to standard output.
    pub fn print_bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut output = io::stdout().lock();
        match output.write_all(bytes).and_then(|()| output.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(anyhow::Error::new(error).context("standard output cannot be written").into())
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self { exit: Exit::Failed, error }
    }
}

impl From<ReaderError> for Failure {
    fn from(error: ReaderError) -> Self {
        let exit = match &error {
            ReaderError::Refused(_) => Exit::Refused,
            broken if broken.is_violation() || broken.is_about_a_tampered_ledger() => Exit::Tampered,
            _ => Exit::Failed,
        };
        Self::new(exit, error)
    }
}

impl From<IdentityError> for Failure {
    fn from(error: IdentityError) -> Self {
        let exit = if error.is_tampering() { Exit::Tampered } else { Exit::Failed };
        Self::new(exit, error)
    }
}

impl From<BooksError> for Failure {
    fn from(error: BooksError) -> Self {
        match error {
            BooksError::Identity(error) => error.into(),
            BooksError::File(error) => error.into(),
            BooksError::Ledger(error) => error.into(),
        }
    }
}

macro_rules! plain_failures {
    ($($error:ty),+) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::new(Exit::Failed, error)
            }
        })+
    };
}
plain_failures!(ConfigError, FileError, LockError);
