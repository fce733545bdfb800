//! Who this device is: its signing key (`device.key`) and what its enrolment settled (`enrolment.json`).

use crate::durable::{self, FileError};
use crate::paths::Paths;
use collector_proto::contract::Version1;
use collector_proto::digest::Digest;
use collector_proto::envelope::{BadSigningKey, Envelope, PublicKey, SigningKey, VerifyError};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::messages::{BundleCollector, DeviceRecord};
use collector_proto::policy::trust::{Documents, Floor, Place, Refusal, Role, Trust};
use ring::rand::SecureRandom;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use uuid::Uuid;

/// Longest key file in bytes: an Ed25519 key in PKCS#8 v2 has 83.
const MAX_KEY_BYTES: usize = 1024;

/// Longest enrolment file: a root, a device record and a certificate, all in JSON.
const MAX_ENROLMENT_BYTES: usize = 3 * MAX_DOCUMENT_BYTES;

/// Longest file of roots: as many as are walked at once in years of yearly or monthly rotations, each of a few KiB.
const MAX_ROOTS_BYTES: usize = 4 * MAX_DOCUMENT_BYTES;

/// What the enrolment settled. Holds no secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Enrolment {
    /// Format version.
    pub v: Version1,
    /// The collector.
    pub collector: BundleCollector,
    /// The pinned root, as it came with the bundle.
    pub root: Envelope,
    /// Group of the device.
    pub group: String,
    /// The device's random id.
    pub device_id: Uuid,
    /// Envelope of the collector's [`DeviceRecord`].
    pub device: Envelope,
    /// Digest of the token's text, which tells a repeated enrolment from another one.
    pub token_sha256: Digest,
    /// Roots after the pinned one, each verified under the one before it ([`Followed`]).
    #[serde(skip)]
    pub(crate) followed: Vec<Envelope>,
    /// Whether they are what is kept, if that none followed.
    #[serde(skip)]
    pub(crate) knows_what_followed: bool,
}

/// `cache/roots.json`: the roots that followed the pinned one. They say where the collector is reached today and which authority vouches
/// for it, so they are looked at before a step is confined, and none counts that the keys of the root before it did not sign. Written also
/// where there are none, so that its loss shows.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Followed {
    v: Version1,
    roots: Vec<Envelope>,
}

/// Why the identity cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// There is no enrolment.
    #[error("this device is not enrolled ({} does not exist); enrol it with `candor enrol --bundle FILE`", .0.display())]
    NotEnrolled(PathBuf),
    /// There is an enrolment but no key.
    #[error("the device key {} is missing; without it the device must be enrolled again in another state directory", .0.display())]
    NoKey(PathBuf),
    /// The key file holds no key.
    #[error("{} does not hold an Ed25519 key in PKCS#8 form", .path.display())]
    BadKey {
        /// The key file.
        path: PathBuf,
        /// Why.
        source: BadSigningKey,
    },
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The pinned root does not verify.
    #[error("the pinned root in {} does not verify", .path.display())]
    Root {
        /// The enrolment.
        path: PathBuf,
        /// Why.
        source: Refusal,
    },
    /// The device record does not verify.
    #[error("the collector's device record does not verify")]
    Record(#[source] VerifyError),
    /// The device record is about something else.
    #[error("the collector's device record names another {0} than this device's")]
    OtherRecord(&'static str),
    /// No key can be made.
    #[error("no signing key could be generated: the system's random source failed")]
    Random(#[source] BadSigningKey),
}

impl IdentityError {
    /// Whether something is not what was signed or made.
    pub(crate) const fn is_tampering(&self) -> bool {
        match self {
            Self::NotEnrolled(_) | Self::NoKey(_) | Self::File(_) | Self::Random(_) => false,
            Self::BadKey { .. } | Self::Root { .. } | Self::Record(_) | Self::OtherRecord(_) => true,
        }
    }
}

impl Enrolment {
    /// Reads the enrolment.
    pub(crate) fn load(paths: &Paths) -> Result<Self, IdentityError> {
        Self::find(paths)?.ok_or_else(|| IdentityError::NotEnrolled(paths.enrolment()))
    }

    /// Reads the enrolment, if there is one, and follows the roots that are kept.
    pub(crate) fn find(paths: &Paths) -> Result<Option<Self>, IdentityError> {
        let enrolment: Option<Self> = durable::read_json(&paths.enrolment(), MAX_ENROLMENT_BYTES)?;
        let Some(mut enrolment) = enrolment else { return Ok(None) };
        let kept: Option<Followed> =
            durable::read_json(&paths.roots(), MAX_ROOTS_BYTES).unwrap_or_else(|error| {
                tracing::warn!(%error, "the kept roots are not used; the collector is asked for them");
                None
            });
        enrolment.knows_what_followed = kept.is_some();
        enrolment.follow(paths, &kept.map_or_else(Vec::new, |kept| kept.roots))?;
        Ok(Some(enrolment))
    }

    /// Follows newer roots, and keeps them where they are news.
    pub(crate) fn follow_and_keep(&mut self, paths: &Paths, roots: &[Envelope]) -> Result<(), IdentityError> {
        let before = self.followed.len();
        self.follow(paths, roots)?;
        if self.knows_what_followed && self.followed.len() == before {
            return Ok(());
        }
        let followed = Followed { v: Version1, roots: self.followed.clone() };
        durable::replace_json(&paths.roots(), "roots", &followed)?;
        self.knows_what_followed = true;
        Ok(())
    }

    /// Follows newer roots as far as each is signed by the one before it.
    pub(crate) fn follow(&mut self, paths: &Paths, roots: &[Envelope]) -> Result<(), IdentityError> {
        let mut trust = self.trust(paths)?;
        for root in roots {
            if trust.is_past(root) {
                continue;
            }
            // The chain ends at the first root that does not follow; the policy check says what is wrong with it.
            if trust.rotate(root).is_err() {
                break;
            }
            self.followed.push(root.clone());
        }
        if let Some(endpoints) = &trust.root().endpoints {
            self.collector.ca = endpoints.authorities.concat();
            if !endpoints.urls.is_empty() {
                self.collector.urls.clone_from(&endpoints.urls);
            }
        }
        Ok(())
    }

    /// Keeps the enrolment. From then on the device is enrolled.
    pub(crate) fn store(&self, paths: &Paths) -> Result<(), IdentityError> {
        Ok(durable::replace_json(&paths.enrolment(), "enrolment", self)?)
    }

    /// Trust in the newest root that was followed. The reader owns the floor; here only what one process saw is remembered.
    pub(crate) fn trust(&self, paths: &Paths) -> Result<Trust, IdentityError> {
        let mut trust = self.pinned(paths)?;
        let followed = self.followed.iter().try_for_each(|root| trust.rotate(root));
        followed.map_err(|source| IdentityError::Root { path: paths.roots(), source })?;
        Ok(trust)
    }

    /// Where the enrolment put this device. That it was moved since is in the documents, and the reader remembers it.
    pub(crate) fn place(&self) -> Place {
        Place::of_enrolment(self.device_id, self.group.clone())
    }

    fn pinned(&self, paths: &Paths) -> Result<Trust, IdentityError> {
        Trust::pin(&self.root, self.place(), Floor::default())
            .map_err(|source| IdentityError::Root { path: paths.enrolment(), source })
    }

    /// The keys that receipts may carry: those of the pinned root and of every root that follows from it. Receipts
    /// outlive a rotation, so the keys of earlier roots stay.
    pub(crate) fn receipt_keys(
        &self,
        paths: &Paths,
        documents: &Documents,
    ) -> Result<ReceiptKeys, IdentityError> {
        let mut trust = self.pinned(paths)?;
        let mut generations = vec![trust.root().role(Role::Receipt)];
        for root in self.followed.iter().chain(&documents.roots) {
            if trust.is_past(root) {
                continue;
            }
            // The chain ends at the first root that does not follow; the policy check says what is wrong with it.
            if trust.rotate(root).is_err() {
                break;
            }
            generations.push(trust.root().role(Role::Receipt));
        }
        Ok(ReceiptKeys { generations })
    }
}

/// Who may sign receipts and device records: keys and threshold of each root, oldest first.
#[derive(Debug, Clone)]
pub struct ReceiptKeys {
    generations: Vec<(Vec<PublicKey>, usize)>,
}

impl ReceiptKeys {
    /// Those of the newest root alone: what is signed today, no key of the past may have signed.
    pub(crate) fn newest(&self) -> Self {
        Self { generations: self.generations.last().cloned().into_iter().collect() }
    }

    /// Verifies a document that the collector signed on line, newest keys first.
    pub(crate) fn verify<T: collector_proto::envelope::Document>(
        &self,
        envelope: &Envelope,
    ) -> Result<T, VerifyError> {
        let mut refused = VerifyError::Signatures { good: 0, needed: 1 };
        for (keys, threshold) in self.generations.iter().rev() {
            match envelope.verify::<T>(keys, *threshold) {
                Ok(verified) => return Ok(verified.into_document()),
                // Signed, but by another generation's keys.
                Err(error @ VerifyError::Signatures { .. }) => refused = error,
                // Signed by these, and wrong or too new otherwise: what other keys make of it says nothing.
                Err(error) => return Err(error),
            }
        }
        Err(refused)
    }

    /// As if another key had taken the place of these.
    #[cfg(test)]
    #[cfg(unix)]
    pub(crate) fn before_another_generation(mut self, key: &PublicKey) -> Self {
        self.generations.push((vec![key.clone()], 1));
        self
    }

    /// As if another key had signed receipts before.
    #[cfg(test)]
    #[cfg(unix)]
    pub(crate) fn after_another_generation(mut self, key: &PublicKey) -> Self {
        self.generations.insert(0, (vec![key.clone()], 1));
        self
    }

    /// Verifies a device record and that it is about this device.
    pub(crate) fn verify_record(
        &self,
        envelope: &Envelope,
        device_id: Uuid,
        key: &PublicKey,
        collector: &str,
        group: &str,
    ) -> Result<DeviceRecord, IdentityError> {
        let record: DeviceRecord = self.verify(envelope).map_err(IdentityError::Record)?;
        let faults = [
            (record.device_id == device_id, "device id"),
            (record.key_id == *key.id(), "key"),
            (record.collector == collector, "collector"),
            (record.group == group, "group"),
        ];
        match faults.iter().find(|(good, _)| !good) {
            Some((_, what)) => Err(IdentityError::OtherRecord(what)),
            None => Ok(record),
        }
    }
}

/// Reads the device key.
pub(crate) fn load_key(paths: &Paths) -> Result<SigningKey, IdentityError> {
    find_key(paths)?.ok_or_else(|| IdentityError::NoKey(paths.device_key()))
}

/// Reads the device key, if there is one.
pub(crate) fn find_key(paths: &Paths) -> Result<Option<SigningKey>, IdentityError> {
    let path = paths.device_key();
    let Some(bytes) = durable::read_secret(&path, MAX_KEY_BYTES)? else { return Ok(None) };
    SigningKey::from_pkcs8(&bytes).map(Some).map_err(|source| IdentityError::BadKey { path, source })
}

/// Makes a device key and keeps it, in place of one whose enrolment was never finished.
pub(crate) fn make_key(paths: &Paths, random: &dyn SecureRandom) -> Result<SigningKey, IdentityError> {
    let (key, document) = SigningKey::generate(random).map_err(IdentityError::Random)?;
    durable::replace(&paths.device_key(), "device-key", &document)?;
    Ok(key)
}
