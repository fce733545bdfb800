//! The helper's end.

use super::account::become_account;
use super::{Answered, Asking, Begin, Ready, Way, sources_of_persons};
use crate::host::broker::Broker as _;
use crate::host::system::accounts::standard_input_peer;
use crate::host::system::exchange::{Exchange, LocalStream, MAX_MESSAGE_BYTES, Unanswered};
use crate::host::system::person::{self, Persons};
use crate::host::system::{FileSystem, Opening};
use crate::host::{AccountId, Peer, Place, Prepared, Unreadable};
use collector_proto::catalog::SourcePlace;
use collector_proto::disclosure::Sandbox;
use std::collections::BTreeSet;
use std::io::{self, Read as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// Most bytes of a message of the reader's: all places that the catalogue has in homes.
const MAX_ASKED_BYTES: usize = 64 * 1024;

/// Longest until the reader has said for which account.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// Longest that a helper lives. Whoever asked the reader waits for a minute.
pub(super) const MAX_LIFE: Duration = Duration::from_mins(2);

/// Serves the reader at the other end of standard input, as the account that it says. `confine` confines the process to what is
/// opened for these sources.
pub(crate) fn serve_account(
    confine: impl FnOnce(&[Opening], &BTreeSet<SourcePlace>) -> Sandbox,
) -> io::Result<()> {
    if standard_input_peer() != Peer::Account(AccountId::Uid(0)) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let reader = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    reader.set_nonblocking(true)?;
    let reader = Exchange::over(LocalStream::of(OwnedFd::from(reader)));
    let mut reader = reader.of_short_messages(MAX_ASKED_BYTES);
    let end = Instant::now() + MAX_LIFE;
    let asked = reader.receive::<Begin>(Instant::now() + MAX_WAIT);
    let account = asked.map_err(Unanswered::reason).and_then(|begin| Account::begin(&begin, Path::new("/")));
    let account = match account {
        Ok(account) => account,
        Err(reason) => {
            // A reader that is not there any more need not be told.
            let _ = reader.send(&Ready { sandbox: Err(reason) }, end);
            return Err(io::ErrorKind::InvalidInput.into());
        }
    };
    become_account(account.uid).inspect_err(|_| {
        let _ = reader.send(&Ready { sandbox: Err(Unreadable::Denied) }, end);
    })?;
    let Prepared { openings, .. } = account.files.prepare(&account.sources.iter().copied().collect());
    let sandbox = confine(&openings, &account.sources.iter().copied().collect());
    if reader.send(&Ready { sandbox: Ok(sandbox) }, end).is_ok() {
        account.answer_all(&mut reader, end);
    }
    Ok(())
}

/// The account that is asked about.
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) files: FileSystem,
    /// Sorted as the reader sorted them.
    pub(super) sources: Vec<SourcePlace>,
}

impl Account {
    /// What the reader may begin with: a person's account, directories that it has, and places of the catalogue in them.
    pub(super) fn begin(begin: &Begin, root: &Path) -> Result<Self, Unreadable> {
        let sources: Option<Vec<SourcePlace>> = begin.places.iter().map(|place| source(place)).collect();
        let sources = sources.ok_or(Unreadable::Denied)?;
        let files = FileSystem::at(root);
        let is_its_own = |directory: &String| {
            person::directory_of(directory) == Some(directory)
                && person::owner_of(files.root(), directory) == Ok(AccountId::Uid(begin.uid))
        };
        if !person::may_be_a_persons(begin.uid) || !begin.directories.iter().all(is_its_own) {
            return Err(Unreadable::Denied);
        }
        files.look_into(Persons::Only(begin.directories.iter().cloned().collect()));
        Ok(Self { uid: begin.uid, files, sources })
    }

    /// Answers until the reader leaves, or is not understood.
    pub(super) fn answer_all(&self, reader: &mut Exchange, end: Instant) {
        while let Ok(asking) = reader.receive::<Asking>(end) {
            let told = match self.answer(&asking) {
                (answered, Some(content)) => {
                    reader.send(&answered, end).and_then(|()| reader.send_bytes(&content, end))
                }
                (answered, None) => reader.send(&answered, end),
            };
            if told.is_err() {
                break;
            }
        }
    }

    /// The answer, and the content that follows it, if it is one.
    pub(super) fn answer(&self, asking: &Asking) -> (Answered, Option<Vec<u8>>) {
        let names: Vec<&str> = asking.names.iter().map(String::as_str).collect();
        let Some(source) = self.sources.get(asking.place) else {
            return (Answered::Not(Unreadable::Denied), None);
        };
        let place = Place::at(*source, &names);
        let answered = match asking.way {
            Way::Content(max) => match self.content(place, max) {
                Ok(content) => return (Answered::Content, Some(content)),
                Err(reason) => Err(reason),
            },
            Way::Names => self.files.names(place).map(Answered::Names),
            Way::Fill => self.files.fill(place).map(Answered::Names),
            Way::Link => self.files.link(place).map(Answered::Link),
            Way::Changed(last) => self.files.changed(place, last).map(Answered::Changed),
        };
        (answered.unwrap_or_else(Answered::Not), None)
    }

    /// The content of a regular file, which may grow while it is read.
    fn content(&self, place: Place<'_>, max: u64) -> Result<Vec<u8>, Unreadable> {
        if !matches!(place.source(), SourcePlace::File(_) | SourcePlace::Tree(_)) {
            return Err(Unreadable::Odd);
        }
        let max = max.min(MAX_MESSAGE_BYTES as u64);
        let mut content = Vec::new();
        self.files.open(place, max)?.take(max.saturating_add(1)).read_to_end(&mut content)?;
        if content.len() as u64 > max { Err(Unreadable::TooLarge) } else { Ok(content) }
    }
}

/// The source of the catalogue that is written like this.
fn source(text: &str) -> Option<SourcePlace> {
    sources_of_persons().find(|source| source.to_string() == text)
}
