//! A collector at work: verify → admit → store, with its keys, its store and its clock.

use crate::admit::{Admission, PolicyCache};
use crate::clock::{Clock, NoRandomness, Random};
use crate::data_dir::{Config, ConfigError, DataDir};
use crate::issue::{self, Challenges, Timestamps};
use crate::keys::{KeyError, OnlineKeys};
use crate::refusal::Refusal;
use crate::store::{self, Enrolled, NewDevice, NewReport, Store, StoreError, StoreOptions, Stored, Swept};
use crate::verify::{self, ContentError};
use collector_proto::digest::Digest;
use collector_proto::envelope::{Envelope, PublicKey, SigningKey};
use collector_proto::http_signature::{self, NonceCache, NotAdmitted, ReceivedHeaders, RequestParts};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::messages::{Challenge, Documents, EnrolmentAnswer, EnrolmentRequest, ProblemKind};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

/// Reports decoded and checked at once. Each may hold its 8 MiB, the rows parsed from them and their base; more at
/// once would only wait for the processors.
const CHECKED_AT_ONCE: usize = 4;

/// Bytes of checked reports that wait for the writer at once, in KiB: 128 MiB. The queue bounds their number, this
/// their size; while it is used up, no further report is checked.
const WAITING_KIB: u32 = 128 * 1024;

/// Longest agent version that is kept, in bytes.
const MAX_AGENT_VERSION_BYTES: usize = 64;

/// The same words whatever is wrong with a token.
const TOKEN_REFUSED: &str = "the token is unknown, expired, revoked or used";

/// Everything that a running collector works with.
pub struct Collector {
    id: String,
    authorities: BTreeSet<String>,
    store: Store,
    policies: PolicyCache,
    timestamps: Timestamps,
    challenges: Challenges,
    nonces: Mutex<NonceCache>,
    receipt_key: Arc<SigningKey>,
    checking: Semaphore,
    waiting: Semaphore,
    clock: Clock,
    random: Random,
}

/// Why a collector cannot start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Its online keys.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Its database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No random bytes.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

/// A report as it arrived, nothing of it believed.
pub struct ArrivedReport {
    /// The body, still compressed.
    pub body: Vec<u8>,
    /// `DSSE-Signature`.
    pub signature: Option<String>,
}

/// An enrolment as it arrived.
pub struct ArrivedEnrolment {
    /// The body: an envelope.
    pub body: Vec<u8>,
    /// The token of `Authorization: Bearer`.
    pub token: Option<String>,
}

impl Collector {
    /// Opens the collector of a directory. `authorities` are the hosts, with port where it is not 443, under which
    /// signed requests are accepted.
    pub fn open(
        dir: &DataDir,
        authorities: impl IntoIterator<Item = String>,
        options: StoreOptions,
        clock: Clock,
        random: Random,
    ) -> Result<Self, OpenError> {
        let config = Config::read(&dir.config())?;
        let keys = OnlineKeys::read(dir)?;
        Ok(Self {
            id: config.id,
            authorities: authorities.into_iter().collect(),
            store: Store::open(&dir.database(), options)?,
            policies: PolicyCache::default(),
            timestamps: Timestamps::new(keys.timestamp),
            challenges: Challenges::new(random.as_ref())?,
            nonces: Mutex::default(),
            receipt_key: Arc::new(keys.receipt),
            checking: Semaphore::new(CHECKED_AT_ONCE),
            waiting: Semaphore::new(WAITING_KIB as usize),
            clock,
            random,
        })
    }

    /// Id of the collector, the audience of reports.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Whether the database answers.
    pub fn is_healthy(&self) -> bool {
        self.store.read(|connection| store::current_root(connection).map(|_| ())).is_ok()
    }

    /// A challenge for an enrolment.
    pub fn challenge(&self) -> Result<Challenge, Refusal> {
        self.challenges
            .make(self.random.as_ref(), (self.clock)())
            .map_err(|_| Refusal::from(ProblemKind::Internal))
    }

    /// Whether `DSSE-Signature` names a key on record: the least that a sender must show before its body is received.
    pub fn check_sender(&self, signature: Option<&str>) -> Result<(), Refusal> {
        verify::claimed(signature, |id| self.store.read(|connection| store::key(connection, id))).map(|_| ())
    }

    /// Whether the bearer token is on record, whatever became of it: the same for an enrolment.
    pub fn check_token(&self, token: Option<&str>) -> Result<(), Refusal> {
        let refused = |detail| Refusal::new(ProblemKind::EnrolmentRefused, detail);
        let token = Digest::of(token.ok_or_else(|| refused("there is no bearer token"))?.as_bytes());
        if self.store.read(|connection| store::is_token(connection, &token))? {
            Ok(())
        } else {
            Err(refused(TOKEN_REFUSED))
        }
    }

    /// Verifies, admits and stores a report; gives the receipt's envelope once the report is durable.
    pub async fn take_report(self: &Arc<Self>, arrived: ArrivedReport) -> Result<Vec<u8>, Refusal> {
        let unavailable = |_| Refusal::from(ProblemKind::Unavailable);
        let slot = self.checking.acquire().await.map_err(unavailable)?;
        let collector = Arc::clone(self);
        let checked = tokio::task::spawn_blocking(move || collector.check_report(arrived)).await;
        match checked.map_err(|_| Refusal::from(ProblemKind::Internal))? {
            Ok(report) => {
                let kib = u32::try_from(report.bytes() / 1024).unwrap_or(WAITING_KIB).clamp(1, WAITING_KIB);
                // The place among the checked ones is kept until there is room among the waiting ones.
                let room = self.waiting.acquire_many(kib).await.map_err(unavailable)?;
                drop(slot);
                let stored = self.store_report(report).await;
                drop(room);
                stored
            }
            Err(refusal) => {
                drop(slot);
                self.record(&refusal).await;
                Err(refusal)
            }
        }
    }

    fn check_report(&self, arrived: ArrivedReport) -> Result<NewReport, Refusal> {
        let payload = verify::decode_zstd(&arrived.body).map_err(|error| match error {
            ContentError::TooLarge => {
                Refusal::new(ProblemKind::TooLarge, "the decoded report is larger than 8 MiB")
            }
            ContentError::NotZstd => Refusal::new(
                ProblemKind::Malformed,
                "the body is not zstd data with a window of at most 8 MiB",
            ),
        })?;
        drop(arrived.body);
        let authentic = verify::authenticate(payload, arrived.signature.as_deref(), |id| {
            self.store.read(|connection| store::key(connection, id))
        })?;
        let mut admitted = Err(Refusal::from(ProblemKind::Internal));
        self.store.read(|connection| {
            let admission = Admission { collector: &self.id, policies: &self.policies, connection };
            admitted = admission.admit(&authentic);
            Ok(())
        })?;
        admitted
    }

    async fn store_report(&self, report: NewReport) -> Result<Vec<u8>, Refusal> {
        let (key, id, now) = (Arc::clone(&self.receipt_key), self.id.clone(), (self.clock)());
        let stored = self
            .store
            .write(move |connection| {
                let issue = |receipted: &store::Receipted| issue::receipt(&key, &id, &report, receipted);
                store::store_report(connection, &report, issue, now)
            })
            .await?;
        match stored {
            Stored::Receipt(envelope) => Ok(envelope),
            Stored::Equivocation => Err(ProblemKind::Equivocation.into()),
            Stored::BrokenChain => Err(Refusal::new(
                ProblemKind::Equivocation,
                "the report does not follow the one stored before it, or is not followed by the one after it",
            )),
            Stored::Resync(sections) => Err(Refusal::resync(sections)),
            Stored::Revoked => Err(ProblemKind::Revoked.into()),
        }
    }

    /// Keeps a refusal's security event. A store that is too busy for it loses it; the refusal stands all the same.
    async fn record(&self, refusal: &Refusal) {
        let Some(event) = refusal.event().cloned() else { return };
        let now = (self.clock)();
        let written = self
            .store
            .write(move |connection| {
                let report = event.report.as_ref().map(|(stream, seq)| (stream.as_str(), *seq));
                store::record_event(connection, event.kind, event.device, report, now)
            })
            .await;
        if let Err(error) = written {
            tracing::warn!(%error, "a security event was not kept");
        }
    }

    /// Deletes everything whose retention has ended.
    pub async fn sweep(self: &Arc<Self>) -> Result<Swept, StoreError> {
        let now = (self.clock)();
        let swept = self.store.write(move |connection| store::sweep(connection, now)).await?;
        // Also when nothing was deleted: a reader may have been in the way the last time.
        let collector = Arc::clone(self);
        let emptied = tokio::task::spawn_blocking(move || collector.store.truncate_log()).await;
        if !emptied.map_err(|_| StoreError::Closed)?? {
            tracing::info!("the write-ahead log is in use; it is emptied with the next sweep");
        }
        Ok(swept)
    }

    /// Enrols a device: proof of possession, nonce, one-time token.
    pub async fn enrol(self: &Arc<Self>, arrived: ArrivedEnrolment) -> Result<EnrolmentAnswer, Refusal> {
        let now = (self.clock)();
        let new = self.check_enrolment(&arrived, now)?;
        let (key, id) = (Arc::clone(&self.receipt_key), self.id.clone());
        let enrolled = self
            .store
            .write(move |connection| {
                let seal =
                    |group: &str| issue::device_record(&key, &id, new.device_id, new.key.id(), group, now);
                store::enrol(connection, &new, seal, now)
            })
            .await?;
        let refused = |detail| Err(Refusal::new(ProblemKind::EnrolmentRefused, detail));
        match enrolled {
            Enrolled::Yes { record, group } => {
                let device = Envelope::parse(&record, MAX_DOCUMENT_BYTES)
                    .map_err(|_| Refusal::from(StoreError::Corrupt("device")))?;
                Ok(EnrolmentAnswer { device, documents: self.documents(&group)? })
            }
            Enrolled::TokenRefused => refused(TOKEN_REFUSED),
            Enrolled::NonceUsed => refused("the nonce was used before; ask for another challenge"),
            Enrolled::Known => refused("the device id or the key is on record already; enrol with new ones"),
            Enrolled::Revoked => Err(ProblemKind::Revoked.into()),
        }
    }

    fn check_enrolment(
        &self,
        arrived: &ArrivedEnrolment,
        now: collector_proto::time::UtcTime,
    ) -> Result<NewDevice, Refusal> {
        let refused = |detail| Refusal::new(ProblemKind::EnrolmentRefused, detail);
        let malformed = |detail| Refusal::new(ProblemKind::Malformed, detail);
        let token = arrived.token.as_deref().ok_or_else(|| refused("there is no bearer token"))?;
        let envelope = Envelope::parse(&arrived.body, MAX_DOCUMENT_BYTES)
            .map_err(|_| malformed("the body is not a DSSE envelope"))?;
        let key = claimed_key(&envelope)?;
        let verified = envelope.verify::<EnrolmentRequest>(std::slice::from_ref(&key), 1).map_err(|_| {
            refused("the request is not signed by the key that it brings, or is no enrolment request")
        })?;
        let request = verified.into_document();
        let token = Digest::of(token.as_bytes());
        if request.aud != self.id {
            return Err(ProblemKind::WrongAudience.into());
        }
        if request.token_sha256 != token {
            return Err(refused("the request was signed for another token"));
        }
        if request.agent_version.len() > MAX_AGENT_VERSION_BYTES
            || request.agent_version.contains(char::is_control)
        {
            return Err(malformed("the agent's version is longer than 64 bytes or not printable"));
        }
        let nonce_expires = self.challenges.check(&request.nonce, now).map_err(|_| {
            refused("the nonce is not of this collector or has expired; ask for another challenge")
        })?;
        Ok(NewDevice {
            device_id: request.device_id,
            key,
            token,
            nonce: Digest::of(request.nonce.as_bytes()),
            nonce_expires,
            agent_version: request.agent_version,
        })
    }

    /// The documents of the group of whoever signed the request.
    pub fn documents_for(
        &self,
        parts: RequestParts<'_>,
        headers: ReceivedHeaders<'_>,
    ) -> Result<Documents, Refusal> {
        let authority = parts.authority.to_ascii_lowercase();
        if !self.authorities.contains(authority.strip_suffix(":443").unwrap_or(&authority)) {
            return Err(Refusal::new(
                ProblemKind::BadSignature,
                "the request is for a host that this collector is not",
            ));
        }
        let now = (self.clock)();
        let mut owner = None;
        let mut failed = None;
        let verified = http_signature::verify(
            parts,
            headers,
            None,
            |id| match self.store.read(|connection| store::key(connection, id)) {
                Ok(found) => {
                    owner = found;
                    owner.as_ref().map(|owner| owner.key.clone())
                }
                Err(error) => {
                    failed = Some(error);
                    None
                }
            },
            now,
        );
        if let Some(error) = failed {
            return Err(error.into());
        }
        let verified = verified.map_err(|error| Refusal::from_signature(&error))?;
        let owner = owner.ok_or_else(|| Refusal::from(ProblemKind::BadSignature))?;
        self.nonces
            .lock()
            .map_err(|_| Refusal::from(ProblemKind::Internal))?
            .admit(verified.key_id(), verified.nonce(), now)
            .map_err(|error| match error {
                NotAdmitted::Replayed => {
                    Refusal::new(ProblemKind::BadSignature, "the request was received before")
                }
                NotAdmitted::Busy => {
                    Refusal::new(ProblemKind::Busy, "too many signed requests in ten minutes")
                }
            })?;
        if owner.revoked {
            return Err(ProblemKind::Revoked.into());
        }
        self.documents(&owner.group)
    }

    /// The documents of a group: roots after the first, its policy, a fresh timestamp.
    fn documents(&self, group: &str) -> Result<Documents, Refusal> {
        let now = (self.clock)();
        Ok(self.store.read(|connection| self.read_documents(connection, group, now))?)
    }

    fn read_documents(
        &self,
        connection: &Connection,
        group: &str,
        now: collector_proto::time::UtcTime,
    ) -> Result<Documents, StoreError> {
        let roots = store::roots(connection)?;
        let current = roots.last().ok_or(StoreError::Corrupt("root"))?.reference;
        let policy = store::current_policy(connection, group)?;
        let timestamp = self.timestamps.current(group, current, policy.as_ref().map(|p| p.reference), now)?;
        Ok(Documents {
            roots: roots.into_iter().skip(1).map(|root| root.envelope).collect(),
            policy: policy.map(|policy| policy.envelope),
            timestamp: Some(timestamp),
        })
    }
}

/// The key that an enrolment request brings. Nothing else is read before the signature under that key is found good.
fn claimed_key(envelope: &Envelope) -> Result<PublicKey, Refusal> {
    #[derive(serde::Deserialize)]
    struct OnlyKey {
        jwk: collector_proto::envelope::Jwk,
    }
    let malformed = || Refusal::new(ProblemKind::Malformed, "the envelope holds no key of the form of a JWK");
    let payload = envelope.unverified_payload().map_err(|_| malformed())?;
    let only: OnlyKey = serde_json::from_slice(&payload).map_err(|_| malformed())?;
    PublicKey::from_jwk(&only.jwk).map_err(|error| match error {
        collector_proto::envelope::BadKey::Weak => Refusal::new(
            ProblemKind::EnrolmentRefused,
            "the key is a point of small order, under which forged signatures verify",
        ),
        collector_proto::envelope::BadKey::Kind | collector_proto::envelope::BadKey::Encoding => malformed(),
    })
}
