//! Who is asked for the places of a machine.

use super::never::Never;
use super::{AccountId, Content, Place, Prepared, Unreadable};
use collector_proto::catalog::SourcePlace;
use collector_proto::time::UtcTime;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// Answers for one place at a time, or says why not.
///
/// The file system is one ([`super::system::FileSystem`]). Where the reader must not look by itself another one can stand
/// in its place, such as a helper that runs as the account whose files are meant, or a service with more rights than the
/// reader: it is asked with the typed place and passes an open file or the value's bytes, so that it decides by itself what
/// it gives. A broker has nothing that its methods do not say.
///
/// On Linux the few system calls and the system bus are asked in that system's folder and not here: their answers are
/// typed by the kernel or by the bus, and questions to the bus share one connection and one allowance of time. They answer
/// only where the file system is that of this machine.
pub(crate) trait Broker: fmt::Debug + Send {
    /// Gets ready to be asked for these sources and no others.
    fn prepare(&self, _sources: &BTreeSet<SourcePlace>) -> Prepared {
        Prepared::default()
    }

    /// The content of a regular file of at most `max` bytes.
    fn open(&self, _place: Place<'_>, _max: u64) -> Result<Content, Unreadable> {
        Err(Unreadable::Missing)
    }

    /// The bytes, at most `max`, of what is not in the file system: a registry value, a member of an SMBIOS structure, a
    /// property of the I/O Registry, a name of sysctl, the answer of a function of the operating system.
    fn value(&self, _place: Place<'_>, _max: usize) -> Result<Vec<u8>, Unreadable> {
        Err(Unreadable::Missing)
    }

    /// The names in a directory, sorted.
    fn names(&self, _place: Place<'_>) -> Result<Vec<String>, Unreadable> {
        Err(Unreadable::Missing)
    }

    /// What the first `*` without a name stands for, sorted.
    fn fill(&self, _place: Place<'_>) -> Result<Vec<String>, Unreadable> {
        Err(Unreadable::Missing)
    }

    /// Where a link points, as written.
    fn link(&self, _place: Place<'_>) -> Result<String, Unreadable> {
        Err(Unreadable::Missing)
    }

    /// The accounts that the machine itself lists, each with its name.
    fn accounts(&self) -> Result<Vec<(AccountId, String)>, Unreadable> {
        Err(Unreadable::Missing)
    }

    /// From here on their directories are not looked into, and are not named. Said before [`Self::prepare`].
    fn leave_alone(&self, _never: Arc<Never>) {}

    /// Whose the home of this name is: `/home/<name>`.
    fn owner_of_home(&self, _name: &str) -> Result<AccountId, Unreadable> {
        Err(Unreadable::Missing)
    }

    /// Why nothing more is said of the home of this name, where whoever is asked about it has stopped answering.
    fn gave_up_on_home(&self, _name: &str) -> Option<Unreadable> {
        None
    }

    /// When something was changed, if it is there.
    fn changed(&self, _place: Place<'_>, _last: Last) -> Result<UtcTime, Unreadable> {
        Err(Unreadable::Missing)
    }
}

/// What happens when the last component of a path is a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Last {
    /// It is followed.
    Followed,
    /// The link itself is meant.
    Kept,
}
