//! The signed fixtures of `collector-proto/vectors`: keys of known seeds, messages, and documents that devices take or refuse.

use super::Seed;
use collector_proto::digest::Digest;
use collector_proto::envelope::{Envelope, SigningKey};
use collector_proto::policy::trust::{Documents, Floor, Place, Trust};
use collector_proto::time::UtcTime;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::path::PathBuf;
use uuid::Uuid;

/// Whose key: the byte that its seed repeats.
#[derive(Debug, Clone, Copy)]
pub(super) enum Holder {
    Root = 1,
    Policy = 2,
    Timestamp = 3,
    Receipt = 4,
    Device = 5,
}

/// The key of a holder.
pub(super) fn key(holder: Holder) -> SigningKey {
    SigningKey::from_seed(&[holder as u8; 32]).expect("a key of a fixed seed")
}

/// The instant of the fixtures.
pub(super) fn now() -> UtcTime {
    UtcTime::parse("2026-11-22T08:00:00Z").expect("an instant")
}

/// The device of the fixtures.
pub(super) fn device() -> Uuid {
    Uuid::parse_str("00000000-0000-4000-8000-000000000001").expect("an id")
}

/// One signed document.
#[derive(Deserialize)]
pub(super) struct Message {
    pub(super) envelope: serde_json::Value,
    pub(super) header: String,
    pae_sha256: Digest,
    verifies: bool,
}

/// What a device was given.
#[derive(Deserialize)]
pub(super) struct Acceptance {
    pub(super) root: Envelope,
    pub(super) group: String,
    pub(super) documents: Documents,
}

impl Acceptance {
    /// A device that has pinned the root and was given nothing yet.
    pub(super) fn trust(&self) -> Trust {
        let place = Place::of_enrolment(device(), self.group.clone());
        Trust::pin(&self.root, place, Floor::default()).expect("the root of the fixtures")
    }
}

/// Every file of a folder of the fixtures, by its name without the ending.
pub(super) fn all<T: DeserializeOwned>(folder: &str) -> Vec<(String, T)> {
    let folder: PathBuf = crate::repository().join("collector-proto/vectors").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the fixtures")
        .map(|entry| entry.expect("a fixture").path())
        .collect();
    files.sort();
    let read = |path: PathBuf| {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).expect("a fixture");
        (name, serde_json::from_slice(&bytes).expect("a fixture of this form"))
    };
    files.into_iter().map(read).collect()
}

/// A message of this name.
pub(super) fn message(name: &str) -> Message {
    let found = all("messages").into_iter().find(|(found, _)| found == name);
    found.expect("a message of this name").1
}

/// An acceptance of this name.
pub(super) fn acceptance(name: &str) -> Acceptance {
    let found = all("acceptance").into_iter().find(|(found, _)| found == name);
    found.expect("an acceptance of this name").1
}

/// The digests of all that was ever signed in the fixtures.
pub(super) fn signed() -> BTreeSet<Digest> {
    let messages = all::<Message>("messages").into_iter();
    let messages = messages.filter(|(_, message)| message.verifies).map(|(_, message)| message.pae_sha256);
    let given = all::<Acceptance>("acceptance").into_iter().flat_map(|(_, given)| {
        let Documents { roots, policies, timestamp, placement } = given.documents;
        [given.root].into_iter().chain(roots).chain(policies).chain(timestamp).chain(placement)
    });
    messages.chain(given.filter_map(|envelope| envelope.unverified_digest().ok())).collect()
}

/// The bodies of messages, each in what `written` makes of it.
pub(super) fn bodies(names: &[&str], written: impl Fn(&Message) -> Vec<u8>) -> Vec<Seed> {
    let chosen = all::<Message>("messages").into_iter().filter(|(name, _)| names.contains(&name.as_str()));
    chosen.map(|(name, message)| (name, written(&message))).collect()
}
