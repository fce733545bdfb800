//! What the reader remembers, in a directory of its own that the rest of the agent cannot write:
//!
//! ```text
//! lock          held while anything here changes
//! trust.json    {"v":1,"pinned":{version,sha256},"root":envelope,"group":…,"device_id":…}
//! floor.json    the floor: accepted policy, last timestamp, latest proven time
//! keys.json     {"v":1,"device":{id,key},"tenant":{id,key}}   mode 0600, secret
//! ceiling.json  ["host.ip", …]   optional: the most that may ever be collected on this device
//! consent.json  ["purpose", …]   optional: purposes that the device's person has consented to
//! custody.json  {"v":1,"direction":…,"condition":…,"at":…}   optional: the last hand-over, in a person's words
//! ```
//! `trust.json` is written last, so that it stands for a complete enrolment. A file that is there and cannot be
//! understood stops everything: forgetting a floor would be a rollback.
//! `custody.json` decides nothing, so it costs no more than its own fields.

mod custody;
mod disk;

use crate::treat::{BadHashKey, HashKey, HashKeys};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use collector_proto::catalog::{FieldId, FieldSet};
use collector_proto::envelope::Envelope;
use collector_proto::messages::TenantKey;
use collector_proto::policy::trust::{Documents, Floor, Refusal, RootRef, Trust};
use collector_proto::policy::{Consent, Version1};
use disk::Directory;
use ring::rand::SecureRandom;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};
use uuid::Uuid;

const TRUST: &str = "trust.json";
const FLOOR: &str = "floor.json";
const KEYS: &str = "keys.json";
const CEILING: &str = "ceiling.json";
const CONSENT: &str = "consent.json";

/// Why the reader's state cannot be used. Names the file.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// A file or the directory cannot be read.
    #[error("the reader's state cannot be read: {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file or the directory cannot be written.
    #[error("the reader's state cannot be written: {path}; nothing is read until it can be")]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is missing although the device is enrolled, or does not hold what it should.
    #[error("the reader's state is damaged: {path} {problem}; restore it, or enrol the device again")]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What is wrong with it, without its content.
        problem: String,
    },
    /// The last hand-over cannot be understood. It decides nothing, and the next one replaces it.
    #[error("the hand-over in {path} is damaged; type it in again with `candor custody`")]
    Handover {
        /// The file.
        path: PathBuf,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Random,
}

/// Why an enrolment is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// Another root is pinned: what is trusted is decided once.
    #[error(
        "another root of trust is pinned on this device; to enrol it with another collector, remove {0} first"
    )]
    OtherRoot(PathBuf),
    /// The root does not stand by itself.
    #[error("the root is not accepted")]
    Root(#[from] Refusal),
    /// The organisation's key is not usable.
    #[error("the organisation's key for keyed hashes is not accepted")]
    TenantKey(#[from] BadHashKey),
    /// The state cannot be kept.
    #[error("the enrolment cannot be kept")]
    State(#[from] StateError),
}

/// The reader's state directory.
#[derive(Debug)]
pub struct State {
    directory: Directory,
}

/// An enrolled device: whom it trusts and who it is.
#[derive(Debug)]
pub struct Enrolment {
    trust: Trust,
    file: TrustFile,
    stored_floor: Floor,
}

/// What came with the enrolment bundle.
#[derive(Debug)]
pub struct Pin {
    /// The bundle's root.
    pub root: Envelope,
    /// The device's group.
    pub group: String,
    /// The organisation's key.
    pub tenant_key: TenantKey,
    /// The device's random id.
    pub device_id: Uuid,
}

/// What is set on the device itself and only ever narrows a permit.
#[derive(Debug, Default)]
pub struct Limits {
    /// The most that may be collected; `None` means no ceiling.
    pub ceiling: Option<FieldSet>,
    /// Purposes consented to.
    pub consent: Consent,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrustFile {
    v: Version1,
    /// The root that came with the bundle.
    pinned: RootRef,
    /// The newest root that was walked to.
    root: Envelope,
    group: String,
    device_id: Uuid,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysFile {
    v: Version1,
    device: TenantKey,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant: Option<TenantKey>,
}

impl State {
    /// The state in a directory, which need not exist before the first enrolment.
    pub fn at(path: &Path) -> Self {
        Self { directory: Directory::at(path) }
    }

    /// Keeps other readers from changing the state until the result is dropped.
    pub fn lock(&self) -> Result<Lock, StateError> {
        self.directory.lock().map(Lock)
    }

    /// The enrolment; `None` when nothing is pinned.
    pub fn enrolment(&self) -> Result<Option<Enrolment>, StateError> {
        let Some(file) = self.directory.read::<TrustFile>(TRUST)? else { return Ok(None) };
        let stored_floor = self.directory.read::<Floor>(FLOOR)?;
        let stored_floor = stored_floor.ok_or_else(|| self.directory.damaged(FLOOR, "is missing"))?;
        let trust = Trust::pin(&file.root, file.group.clone(), stored_floor.clone()).map_err(|refusal| {
            self.directory.damaged(TRUST, &format!("holds a root that fails: {refusal}"))
        })?;
        Ok(Some(Enrolment { trust, file, stored_floor }))
    }

    /// Pins the first root. The same root again renews group, device id and key of the organisation; another is
    /// refused. The caller holds the lock.
    pub fn pin(&self, pin: Pin, random: &dyn SecureRandom) -> Result<RootRef, PinError> {
        HashKey::parse(&pin.tenant_key.id, &pin.tenant_key.key)?;
        let fresh = Trust::pin(&pin.root, pin.group.clone(), Floor::default())?;
        let pinned = fresh.root_reference();
        let earlier = self.enrolment()?;
        if let Some(earlier) = &earlier
            && earlier.file.pinned != pinned
        {
            return Err(PinError::OtherRoot(self.directory.path().to_owned()));
        }
        let device = match self.directory.read::<KeysFile>(KEYS)? {
            Some(keys) => keys.device,
            None => random_key(random)?,
        };
        self.directory.write(KEYS, &KeysFile { v: Version1, device, tenant: Some(pin.tenant_key) })?;
        let (root, floor) = match earlier {
            // Policies of groups are numbered apart; what was proven about time and root holds on.
            Some(earlier) if earlier.file.group == pin.group => (earlier.file.root, earlier.stored_floor),
            Some(earlier) => (earlier.file.root, Floor { policy: None, ..earlier.stored_floor }),
            None => (pin.root, Floor::default()),
        };
        self.directory.write(FLOOR, &floor)?;
        let file = TrustFile { v: Version1, pinned, root, group: pin.group, device_id: pin.device_id };
        self.directory.write(TRUST, &file)?;
        Ok(pinned)
    }

    /// Makes durable what the documents proved. The caller holds the lock and answers only afterwards.
    pub fn remember(&self, enrolment: &Enrolment, documents: &Documents) -> Result<(), StateError> {
        if *enrolment.trust.floor() != enrolment.stored_floor {
            self.directory.write(FLOOR, enrolment.trust.floor())?;
        }
        let newest = enrolment.trust.root_reference().sha256;
        if enrolment.file.root.unverified_digest().ok() != Some(newest) {
            let root = documents.roots.iter().find(|root| root.unverified_digest().ok() == Some(newest));
            if let Some(root) = root {
                self.directory.write(TRUST, &TrustFile { root: root.clone(), ..enrolment.file.clone() })?;
            }
        }
        Ok(())
    }

    /// The keys of an enrolled device; `None` before enrolment.
    pub fn keys(&self) -> Result<Option<HashKeys>, StateError> {
        let Some(file) = self.directory.read::<KeysFile>(KEYS)? else { return Ok(None) };
        let parse = |key: &TenantKey| {
            HashKey::parse(&key.id, &key.key)
                .map_err(|fault| self.directory.damaged(KEYS, &fault.to_string()))
        };
        let tenant = file.tenant.as_ref().map(parse).transpose()?;
        Ok(Some(HashKeys::of(parse(&file.device)?, tenant)))
    }

    /// The ceiling and the consents.
    pub fn limits(&self) -> Result<Limits, StateError> {
        let ceiling = self.directory.read::<Vec<FieldId>>(CEILING)?;
        let consent = self.directory.read::<Consent>(CONSENT)?;
        Ok(Limits {
            ceiling: ceiling.map(|fields| fields.into_iter().collect()),
            consent: consent.unwrap_or_default(),
        })
    }
}

/// Held while the state changes.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "closing the file releases the lock")] std::fs::File);

impl Enrolment {
    /// Whom the device trusts.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// The same, to accept documents with. [`State::remember`] makes the result durable.
    pub fn trust_mut(&mut self) -> &mut Trust {
        &mut self.trust
    }

    /// The device's random id.
    pub fn device_id(&self) -> Uuid {
        self.file.device_id
    }
}

/// Keys for a draft on a device that has none: what they make has the right form and matches nothing.
pub fn draft_keys(random: &dyn SecureRandom) -> Result<HashKeys, StateError> {
    let mut bytes = [0; 32];
    random.fill(&mut bytes).map_err(|_| StateError::Random)?;
    let key = HashKey::of("draft", &bytes).map_err(|_| StateError::Random)?;
    Ok(HashKeys::of(key.clone(), Some(key)))
}

/// 256 random bits under a random name, so that hashes of a renewed key are told apart.
fn random_key(random: &dyn SecureRandom) -> Result<TenantKey, StateError> {
    let mut bytes = [0_u8; 38];
    random.fill(&mut bytes).map_err(|_| StateError::Random)?;
    let (name, key) = bytes.split_at(6);
    Ok(TenantKey { id: URL_SAFE_NO_PAD.encode(name), key: URL_SAFE_NO_PAD.encode(key) })
}

#[cfg(test)]
mod tests;
