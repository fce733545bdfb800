//! Enrolment: a fresh key and a random id, a nonce of the collector, a signed request, a verified device record.
//!
//! `enrolling.json` remembers an enrolment under way, so that one that was interrupted goes on where it stopped: the
//! one-time token is not needed twice. `enrolment.json` is written last; from then on the device is enrolled.

mod asking;
mod bundle;
mod pin;

pub(crate) use asking::{Asked, Gave, ask, ask_through_another, read_question};
pub(crate) use bundle::{Invitation, read_bundle, read_invitation, remove_bundle};
pub(crate) use pin::{ByReader, ByRoot, Pin, attend};

use crate::cli::Exit;
use crate::documents::{self, HeldDocuments};
use crate::durable::{self, FileError};
use crate::identity::{self, Enrolment, IdentityError};
use crate::lock::StateLock;
use crate::paths::Paths;
use crate::reader_client::ReaderError;
use candor_uplink::UplinkError;
use collector_proto::contract::NotUnderstood;
use collector_proto::contract::Version1;
use collector_proto::digest::Digest;
use collector_proto::envelope::SigningKey;
use collector_proto::limits::{MAX_DOCUMENT_BYTES, MAX_READER_REQUEST_BYTES};
use collector_proto::messages::EnrolmentAnswer;
use collector_proto::policy::trust::{BadBundle, Floor, Refusal, Trust};
use collector_proto::time::UtcTime;
use ring::rand::SecureRandom;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use uuid::Uuid;

/// Longest file of an enrolment under way.
const MAX_ENROLLING_BYTES: usize = 2 * (MAX_READER_REQUEST_BYTES + MAX_DOCUMENT_BYTES);

/// How an enrolment ended.
#[derive(Debug)]
pub(crate) enum EnrolOutcome {
    /// The device is enrolled.
    Done(Enrolment),
    /// It was enrolled with this bundle before.
    Before(Enrolment),
}

/// Why a device is not enrolled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EnrolError {
    /// There is no bundle.
    #[error("there is no bundle at {}", .0.display())]
    NoBundle(PathBuf),
    /// The bundle is not one to take.
    #[error("the bundle {} is not taken", .path.display())]
    Bundle {
        /// Its file.
        path: PathBuf,
        /// Why.
        #[source]
        why: Box<BadBundle>,
    },
    /// The bundle is for devices that are enrolled.
    #[error(
        "the bundle holds no token: it brings a tenant key to devices that are enrolled, by `candor tenant-key set --bundle FILE`"
    )]
    NoToken,
    /// The bundle holds something that this program does not understand.
    #[error("the bundle needs a newer Candor")]
    NewerBundle(#[source] NotUnderstood),
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The token is past its date.
    #[error("the bundle's token expired on {0}; ask for a fresh bundle")]
    TokenExpired(UtcTime),
    /// The device belongs to a collector already.
    #[error(
        "this device is enrolled as {device_id} with the collector {collector}; its ledger belongs to that enrolment. \
         To enrol it again, move the state directory away or name another one with --state"
    )]
    Enrolled {
        /// The device's id.
        device_id: Uuid,
        /// Id of the collector.
        collector: String,
    },
    /// The state belongs to an enrolment whose record is gone.
    #[error(
        "{} is left of an earlier enrolment whose enrolment.json is missing; a new key would make its reports \
         unreadable. Put enrolment.json back, or move the state directory away or name another one with --state",
        .0.display()
    )]
    Leftover(PathBuf),
    /// The bundle's root does not verify.
    #[error("the bundle's root of trust does not verify; ask for a fresh bundle")]
    Root(#[source] Refusal),
    /// The bundle contradicts itself.
    #[error("the bundle names the collector {bundle}, its root names {root}; ask for a fresh bundle")]
    OtherCollector {
        /// In the bundle.
        bundle: String,
        /// In the root.
        root: String,
    },
    /// The identity cannot be made or verified.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The request cannot be written.
    #[error("the enrolment request cannot be written as JSON")]
    Json(#[source] serde_json::Error),
    /// The collector cannot be reached or refuses.
    #[error("the collector did not enrol this device")]
    Uplink(#[source] UplinkError),
    /// The same, as the process says that asked it.
    #[error("{message}")]
    Collector {
        /// How that process would end.
        exit: Exit,
        /// What it says, as a terminal may have it.
        message: String,
    },
    /// The process that asks the collector cannot be started, or ended without a word.
    #[error("the collector could not be asked; give the command again")]
    NotAsked(#[source] std::io::Error),
    /// The reader cannot be asked or refuses the root.
    #[error("the reader did not take the root of trust")]
    Reader(#[source] ReaderError),
    /// Root and the agent cannot talk to each other.
    #[error("root and the agent lost each other while this device was enrolled; give the command again")]
    Exchange(#[source] std::io::Error),
    /// The agent asked for something that is not an id.
    #[error("the agent asked for another id than it can have; nothing was pinned")]
    NoId(#[source] uuid::Error),
    /// Root did not pin the root of trust.
    #[error("the root of trust was not pinned; give the command again")]
    NotPinned,
    /// No random id can be made.
    #[error("the system's random source failed")]
    Random(#[source] ring::error::Unspecified),
}

/// An enrolment under way.
#[derive(Serialize, Deserialize)]
struct Enrolling {
    v: Version1,
    token_sha256: Digest,
    device_id: Uuid,
    /// What the collector answered; from then on the token is used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<EnrolmentAnswer>,
}

/// Whether the device is enrolled already: with this bundle, or in a way that forbids another enrolment.
pub(crate) fn find(paths: &Paths, invitation: &Invitation) -> Result<Option<EnrolOutcome>, EnrolError> {
    match Enrolment::find(paths)? {
        None => Ok(None),
        Some(before) if before.token_sha256 == token_digest(invitation) => {
            Ok(Some(EnrolOutcome::Before(before)))
        }
        Some(before) => {
            Err(EnrolError::Enrolled { device_id: before.device_id, collector: before.collector.id })
        }
    }
}

/// Enrols this device; `ask` asks the collector. `_lock` proves that no other process works on its state.
pub(crate) fn enrol(
    paths: &Paths,
    invitation: &Invitation,
    reader: &mut impl Pin,
    ask: impl FnOnce(&Invitation, Uuid) -> Result<Gave, EnrolError>,
    now: UtcTime,
    random: &dyn SecureRandom,
    _lock: &StateLock,
) -> Result<EnrolOutcome, EnrolError> {
    if let Some(enrolled) = find(paths, invitation)? {
        return Ok(enrolled);
    }
    let trust = check(invitation)?;
    let (mut enrolling, key) = begin(paths, invitation, random)?;
    let (answer, contract) = match enrolling.answer.take() {
        Some(answer) => (answer, None),
        None if now >= invitation.enrolment.token_expires => {
            return Err(EnrolError::TokenExpired(invitation.enrolment.token_expires));
        }
        None => {
            let Gave { answer, contract } = ask(invitation, enrolling.device_id)?;
            enrolling.answer = Some(answer.clone());
            durable::replace_json(&paths.enrolling(), "enrolling", &enrolling)?;
            (answer, contract)
        }
    };
    let enrolment = Enrolment {
        v: Version1,
        collector: invitation.collector.clone(),
        root: invitation.root.clone(),
        group: trust.group().to_owned(),
        device_id: enrolling.device_id,
        device: answer.device,
        token_sha256: enrolling.token_sha256,
        followed: Vec::new(),
        knows_what_followed: false,
    };
    let keys = enrolment.receipt_keys(paths, &answer.documents)?.newest();
    keys.verify_record(
        &enrolment.device,
        enrolment.device_id,
        key.public(),
        &enrolment.collector.id,
        &enrolment.group,
    )?;
    reader.pin(enrolment.device_id)?;
    documents::store(paths, &HeldDocuments::given(answer.documents, contract))?;
    enrolment.store(paths)?;
    durable::remove(&paths.enrolling())?;
    Ok(EnrolOutcome::Done(enrolment))
}

/// Verifies the bundle's root before anything is sent.
fn check(invitation: &Invitation) -> Result<Trust, EnrolError> {
    let trust = Trust::pin(&invitation.root, invitation.enrolment.group.clone(), Floor::default())
        .map_err(EnrolError::Root)?;
    if trust.root().collector != invitation.collector.id {
        let (bundle, root) = (invitation.collector.id.clone(), trust.root().collector.clone());
        return Err(EnrolError::OtherCollector { bundle, root });
    }
    Ok(trust)
}

/// Takes up an enrolment with the same token, or begins one with a key and an id of its own.
fn begin(
    paths: &Paths,
    invitation: &Invitation,
    random: &dyn SecureRandom,
) -> Result<(Enrolling, SigningKey), EnrolError> {
    let token_sha256 = token_digest(invitation);
    let under_way: Option<Enrolling> = durable::read_json(&paths.enrolling(), MAX_ENROLLING_BYTES)?;
    if let (Some(enrolling), Some(key)) =
        (under_way.filter(|enrolling| enrolling.token_sha256 == token_sha256), identity::find_key(paths)?)
    {
        return Ok((enrolling, key));
    }
    clear_the_way(paths)?;
    let mut bits = [0; 16];
    random.fill(&mut bits).map_err(EnrolError::Random)?;
    let device_id = uuid::Builder::from_random_bytes(bits).into_uuid();
    let enrolling = Enrolling { v: Version1, token_sha256, device_id, answer: None };
    // In this order there is never a key without a record of its enrolment, under way or finished.
    durable::replace_json(&paths.enrolling(), "enrolling", &enrolling)?;
    let key = identity::make_key(paths, random)?;
    Ok((enrolling, key))
}

/// Makes sure that a new key replaces none that was ever in use, and removes one whose enrolment was never finished: an
/// id under way must not be continued with the key of another.
fn clear_the_way(paths: &Paths) -> Result<(), EnrolError> {
    if let Some(entry) = crate::ledger::any_file(&paths.ledger())? {
        return Err(EnrolError::Leftover(entry));
    }
    let key = paths.device_key();
    if !key.exists() {
        return Ok(());
    }
    if !paths.enrolling().exists() {
        return Err(EnrolError::Leftover(key));
    }
    Ok(durable::remove(&key)?)
}

fn token_digest(invitation: &Invitation) -> Digest {
    Digest::of(invitation.enrolment.token.as_bytes())
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
