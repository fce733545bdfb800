//! What a file or directory is for, and why it is not used.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What a path is for, as a refusal names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The agent's state directory.
    State,
    /// The directory of the ledger.
    Ledger,
    /// The reader's state directory.
    ReaderState,
    /// The directory of the page that everybody can open.
    NoticeDirectory,
    /// The collector's directory.
    CollectorData,
    /// A file in one of these.
    StateFile,
    /// A file that is locked.
    Lock,
    /// A file of settings.
    Configuration,
    /// What may ever be collected on a device, as its author wrote it.
    Ceiling,
    /// The program that reads the machine.
    ReaderProgram,
    /// What a device enrols with.
    Bundle,
    /// A key that signs, or with which values are hashed.
    Key,
    /// What is written down so that no restore undoes it.
    Journal,
    /// A file that a person gives as an input.
    Given,
    /// A directory that a person names for a file to be written. It is held to nothing.
    Named,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::State => "the state directory",
            Self::Ledger => "the ledger",
            Self::ReaderState => "the reader's state directory",
            Self::NoticeDirectory => "the directory of the notice",
            Self::CollectorData => "the collector's directory",
            Self::StateFile => "the file of state",
            Self::Lock => "the lock",
            Self::Configuration => "the configuration",
            Self::Ceiling => "the ceiling",
            Self::ReaderProgram => "the reader's program",
            Self::Bundle => "the bundle",
            Self::Key => "the key",
            Self::Journal => "the journal",
            Self::Given => "the file",
            Self::Named => "the directory",
        })
    }
}

/// A file or directory is not used: somebody else could have made it what it is, could change it, or could read a secret
/// in it. Names what it is for, where the fault lies, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{role} {} is not used: {} {}; {}", .path.display(), self.subject(), self.fault, self.remedy())]
pub struct Distrust {
    /// What it is for.
    pub role: Role,
    /// The path that was to be used.
    pub path: PathBuf,
    /// Where the fault lies: that path, a directory or link on the way to it, or where a link led.
    pub culprit: PathBuf,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a file or directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It belongs to somebody else.
    #[error("belongs to user {owner}, and this runs as user {us}")]
    Owner {
        /// Whom it belongs to.
        owner: u32,
        /// Who runs this.
        us: u32,
    },
    /// It is a link that somebody else made.
    #[error("is a symbolic link of user {owner}, and this runs as user {us}")]
    ForeignLink {
        /// Whose link it is.
        owner: u32,
        /// Who runs this.
        us: u32,
    },
    /// Others can change it.
    #[error("can be changed by others than its owner (mode {mode:04o})")]
    Writable {
        /// Its mode.
        mode: u32,
    },
    /// Others can read the secret in it.
    #[error("holds a secret and can be read by others than its owner (mode {mode:04o})")]
    Readable {
        /// Its mode.
        mode: u32,
    },
    /// It is something else.
    #[error("is {found}, not {expected}")]
    Kind {
        /// What it is.
        found: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// It is longer than anything of its kind.
    #[error("has more than {most} bytes")]
    TooLong {
        /// The most that are read.
        most: u64,
    },
    /// Links lead to links without end.
    #[error("leads from link to link without end")]
    Links,
}

impl Distrust {
    /// Why an operation of this crate was refused, where it was not the system that refused.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }

    fn subject(&self) -> String {
        if self.culprit == self.path { "it".to_owned() } else { self.culprit.display().to_string() }
    }

    /// Whether it comes on media whose files may have no modes or owners.
    const fn is_carried(&self) -> bool {
        matches!(self.role, Role::Bundle | Role::Key)
    }

    fn remedy(&self) -> String {
        let culprit = self.culprit.display();
        match self.fault {
            Fault::Owner { .. } if self.is_carried() => own_copy(&self.path),
            // The file itself may be in order: a directory is, in which others can put another in its place.
            Fault::Writable { .. } if self.is_carried() && self.culprit != self.path => own_copy(&self.path),
            Fault::Owner { us, .. } => {
                format!("run this as its owner, or, if nobody tampered with it, `chown {us} {culprit}`")
            }
            Fault::ForeignLink { us, .. } => {
                format!("remove it, or, if it leads to the right place, `chown -h {us} {culprit}`")
            }
            Fault::Writable { .. } | Fault::Readable { .. } if self.is_carried() => {
                format!("`chmod 600 {culprit}`, or {}", own_copy(&self.path))
            }
            Fault::Writable { .. } => format!("if nobody tampered with it, `chmod go-w {culprit}`"),
            Fault::Readable { .. } => format!("if nobody else has read it, `chmod 600 {culprit}`"),
            Fault::Kind { .. } | Fault::TooLong { .. } | Fault::Links => {
                "remove it or name another one".to_owned()
            }
        }
    }
}

/// For media whose files have no modes or owners, such as a USB stick.
fn own_copy(bundle: &Path) -> String {
    format!(
        "use a copy that is yours alone, in a directory that only you can change: `install -m 600 {} COPY`",
        bundle.display()
    )
}

impl From<Distrust> for io::Error {
    fn from(distrust: Distrust) -> Self {
        Self::other(distrust)
    }
}
