//! Whom a verb asks that only looks, and what it may know without asking.
//!
//! ```text
//! the agent's own user, or one user for everything    its state directory, and the reader as the agent asks it
//! any other account of a machine with an agent, root  the reader at people's socket; nothing of the state directory
//! ```

use super::{Context, Failure};
use crate::device::Device;
use crate::documents;
use crate::identity::{self, Enrolment};
use crate::ledger::Ledger;
use crate::paths::Paths;
use crate::platform;
use crate::reader_client::{ReaderClient, ReaderError};
use crate::sent::BooksError;
use collector_proto::disclosure::RefusalMessage;
use collector_proto::policy::trust::Trust;
use std::path::PathBuf;

/// Where whoever has no state directory of its own on this machine asks. A machine has an agent where there is its state or its
/// socket, of which nobody else than its user and root can make or remove either.
pub(super) fn people_socket(paths: &Paths) -> Option<PathBuf> {
    let socket = platform::people_socket().filter(|_| paths.are_the_systems())?;
    let state = paths.state();
    (!platform::is_own(state) && (state.exists() || socket.exists())).then_some(socket)
}

impl Context {
    /// Whom to ask about this machine, or about the tree under `root`, which a reader of this process's own reads.
    pub(crate) fn observer(&self, root: Option<PathBuf>) -> ReaderClient {
        match self.people_socket.clone().filter(|_| root.is_none()) {
            Some(socket) => ReaderClient::asked(socket),
            None => self.reader(root),
        }
    }

    /// Who this device is; `None` where it is not enrolled.
    pub(crate) fn device(&self) -> Result<Option<Device>, Failure> {
        let Some(socket) = self.people_socket.clone() else {
            let Some(enrolment) = Enrolment::find(&self.paths)? else { return Ok(None) };
            let documents = documents::load(&self.paths)?;
            return Ok(Some(Device::of_state(enrolment, documents, self.paths.enrolment())));
        };
        match self.observer(None).told() {
            Ok((device, status)) => Ok(Some(Device::of_reader(device, status, socket))),
            Err(ReaderError::Refused(refusal)) if refusal.code == RefusalMessage::NOT_ENROLLED => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whom the device trusts, with its clock held to what this user's own ledger proves: what a cycle finds, a command that looks has
    /// to find too.
    pub(crate) fn trust(&self, device: &Device) -> Result<Trust, Failure> {
        let mut trust = device.trust()?;
        if self.is_own() && device.documents.timestamp.is_some() {
            self.books()?.hold_clock(&mut trust).map_err(BooksError::from)?;
        }
        Ok(trust)
    }

    /// The ledger, where this process may look into the agent's state: other accounts cannot.
    pub(crate) fn ledger(&self) -> Result<Option<Ledger>, Failure> {
        if self.people_socket.is_some() && !platform::is_privileged() {
            return Ok(None);
        }
        let key = identity::load_key(&self.paths)?;
        Ok(Some(Ledger::view(&self.paths.ledger(), key.public())?))
    }

    /// Where other accounts ask on this machine, if its agent is a user of its own.
    pub(crate) fn machines_people_socket(&self) -> Option<PathBuf> {
        let of_others =
            || platform::people_socket().filter(|_| self.paths.are_the_systems() && self.is_served());
        self.people_socket.clone().or_else(of_others)
    }
}
