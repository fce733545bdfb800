//! A collector at work: its keys, its store and its clock. What it does stands in [`crate::reports`],
//! [`crate::enrolment`], [`crate::documents`], [`crate::retention`] and [`crate::health`].

use crate::challenge::Challenges;
use crate::clock::{Clock, NoRandomness, Random, random_bytes};
use crate::data_dir::{Config, ConfigError, DataDir};
use crate::health::{Limited, Looked, ShownCertificate, Taken};
use crate::issue::Timestamps;
use crate::keys::{KeyError, NoOnlineKey, OnlineKeys};
use crate::policies::Issued;
use crate::refusal::RequestRefusal;
use crate::reports::Aside;
use crate::store::{self, Quota, Store, StoreError, StoreOptions};
use crate::tries::Tries;
use crate::verify::TrustRoot;
use collector_proto::envelope::SigningKey;
use collector_proto::policy::trust::Role;
use collector_proto::text::chain;
use collector_proto::time::UtcTime;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;
use uuid::Uuid;

/// Reports decoded and checked at once. Each may hold its 8 MiB; more at once would only wait for the processors.
const CHECKED_AT_ONCE: usize = 4;

/// Bytes of reports parsed at once, in KiB: one of the largest, or several of the usual size. What is parsed, with its base, takes up
/// to twelve times as much memory as its bytes.
pub(crate) const PARSED_KIB: u32 = 8 * 1024;

/// Bytes of stored rows that reports being checked build on, in KiB: as much as one device can have, or several of the usual size. A
/// difference of a few bytes may build on 8 MiB.
pub(crate) const BASES_KIB: u32 = 8 * 1024;

/// Bytes of checked reports that wait for the writer at once, in KiB: 128 MiB. The queue bounds their number, this
/// their size; while it is used up, no further report is checked.
pub(crate) const WAITING_KIB: u32 = 128 * 1024;

/// Connections at once. A thousand devices that report every six hours need a handful; a burst after an outage
/// queues in the operating system's backlog. How they share the places: [`crate::server`].
const CONNECTIONS: usize = 512;

/// For how many seconds after the store had no room no report is received: it would have none either.
const NO_ROOM_SECONDS: i64 = 10;

/// Everything that a running collector works with.
pub struct Collector {
    pub(crate) id: String,
    /// Hosts under which signed requests are accepted.
    pub(crate) authorities: BTreeSet<String>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) policies: Issued,
    pub(crate) timestamps: Timestamps,
    pub(crate) challenges: Challenges,
    pub(crate) dir: DataDir,
    pub(crate) certificate: ShownCertificate,
    keys: Mutex<OnlineKeys>,
    /// The root in force when it was last looked at.
    root: Mutex<Option<LookedAt>>,
    /// How much one device may have stored on one day.
    pub(crate) quota: Quota,
    /// Places of reports that are checked.
    pub(crate) checking: Arc<Semaphore>,
    /// Where reports are checked.
    pub(crate) aside: Aside,
    /// Room of reports that are parsed, in KiB.
    pub(crate) parsing: Arc<Semaphore>,
    /// Room of stored rows that these build on, in KiB.
    pub(crate) basing: Semaphore,
    /// Room of reports that wait for the store, in KiB.
    pub(crate) waiting: Semaphore,
    /// Places of connections.
    pub(crate) connections: Arc<Semaphore>,
    /// Who tried in vain how often.
    pub(crate) tries: Tries,
    /// How many requests a limit refused.
    pub(crate) limited: Limited,
    /// What is known of its health.
    pub(crate) looked_at: tokio::sync::Mutex<Option<Looked>>,
    /// When the store last had no room.
    no_room_at: AtomicI64,
    /// Whether nothing is served until what a restore lost is accepted. It is looked up again while it is so.
    held: AtomicBool,
    /// Whether there is a journal of what a restore must not undo.
    has_journal: bool,
    /// Tells this process from others on the same store.
    pub(crate) process: Uuid,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
}

/// For how many seconds a root that was looked at is gone by. Devices ask for their documents before they send, so that nobody who sends
/// goes by an older one for long.
const LOOKED_AT_SECONDS: i64 = 5;

/// A root, and when it was found to be the one in force.
#[derive(Clone)]
struct LookedAt {
    root: Arc<TrustRoot>,
    at: UtcTime,
}

/// How much a collector works at, beside how much it can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Load {
    /// Connections that are open.
    pub connections: Taken,
    /// Reports that are checked.
    pub checks: Taken,
    /// KiB of reports that are parsed.
    pub parsed_kib: Taken,
    /// KiB of stored rows that these build on.
    pub bases_kib: Taken,
    /// KiB of checked reports that wait for the store.
    pub waiting_kib: Taken,
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
    /// No thread to check reports on.
    #[error("no thread can be started on which reports are checked")]
    Threads(#[source] std::io::Error),
}

impl Collector {
    /// Opens the collector of a directory. `authorities` are the hosts, with port where it is not 443, under which
    /// signed requests are accepted.
    pub fn open(
        dir: &DataDir,
        authorities: impl IntoIterator<Item = String>,
        mut options: StoreOptions,
        clock: Clock,
        random: Random,
    ) -> Result<Self, OpenError> {
        let config = Config::read(&dir.config())?;
        let keys = OnlineKeys::read(dir)?;
        let has_journal = config.journal.is_some();
        options.journal = config.journal();
        let store = store::open(&dir.database(), options)?;
        let challenge_key = store::wait(store.challenge_key(random_bytes(random.as_ref())?))?;
        let held = store::wait(store.condition())?.held;
        Ok(Self {
            held: AtomicBool::new(held),
            has_journal,
            id: config.id,
            authorities: authorities.into_iter().collect(),
            store,
            policies: Issued::default(),
            timestamps: Timestamps::default(),
            challenges: Challenges::new(&challenge_key),
            dir: dir.clone(),
            certificate: ShownCertificate::read(dir),
            keys: Mutex::new(keys),
            root: Mutex::default(),
            quota: config.device_quota.into(),
            checking: Arc::new(Semaphore::new(CHECKED_AT_ONCE)),
            aside: Aside::new().map_err(OpenError::Threads)?,
            parsing: Arc::new(Semaphore::new(PARSED_KIB as usize)),
            basing: Semaphore::new(BASES_KIB as usize),
            waiting: Semaphore::new(WAITING_KIB as usize),
            connections: Arc::new(Semaphore::new(CONNECTIONS)),
            tries: Tries::default(),
            limited: Limited::default(),
            looked_at: tokio::sync::Mutex::default(),
            no_room_at: AtomicI64::new(i64::MIN),
            process: Uuid::from_bytes(random_bytes(random.as_ref())?),
            clock,
            random,
        })
    }

    /// Id of the collector, the audience of reports.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The root in force. It is looked up at most every few seconds: a report's receipt must not take the verification of every root that there
    /// ever was.
    pub(crate) async fn root_in_force(&self) -> Result<Arc<TrustRoot>, StoreError> {
        let now = (self.clock)();
        let held = self.root.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match held {
            Some(LookedAt { root, at }) if (0..LOOKED_AT_SECONDS).contains(&now.seconds_since(at)) => {
                Ok(root)
            }
            _ => Ok(self.take_up(Arc::new(self.store.current_root().await?), now)),
        }
    }

    /// Goes by a root that was just read.
    pub(crate) fn take_up(&self, root: Arc<TrustRoot>, now: UtcTime) -> Arc<TrustRoot> {
        let looked_at = LookedAt { root: Arc::clone(&root), at: now };
        *self.root.lock().unwrap_or_else(PoisonError::into_inner) = Some(looked_at);
        root
    }

    /// The key to sign with as this role under a root. One that was made since this process started is looked for in the directory.
    pub(crate) fn key_of(&self, role: Role, root: &TrustRoot) -> Result<Arc<SigningKey>, NoOnlineKey> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.of(role, root.document()).or_else(|missing| {
            let read = OnlineKeys::read(&self.dir).map_err(|error| {
                tracing::error!(error = %chain(&error), "the online keys cannot be read");
                missing
            })?;
            *keys = read;
            keys.of(role, root.document())
        })
    }

    /// The key that signs receipts, device records and heads now.
    pub(crate) async fn receipt_key(&self) -> Result<Arc<SigningKey>, RequestRefusal> {
        let root = self.root_in_force().await?;
        Ok(self.key_of(Role::Receipt, &root)?)
    }

    /// Whether nothing is served until an administrator accepts what a restore lost.
    pub async fn is_held(&self) -> Result<bool, StoreError> {
        if !self.held.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let held = self.store.condition().await?.held;
        self.held.store(held, Ordering::Relaxed);
        Ok(held)
    }

    /// Whether there is a journal of what a restore must not undo.
    pub fn has_journal(&self) -> bool {
        self.has_journal
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// What it works at now.
    pub fn load(&self) -> Load {
        Load {
            connections: Taken::of(&self.connections, CONNECTIONS),
            checks: Taken::of(&self.checking, CHECKED_AT_ONCE),
            parsed_kib: Taken::of(&self.parsing, PARSED_KIB as usize),
            bases_kib: Taken::of(&self.basing, BASES_KIB as usize),
            waiting_kib: Taken::of(&self.waiting, WAITING_KIB as usize),
        }
    }

    /// Notes that the store had no room.
    pub(crate) fn note_no_room(&self) {
        self.no_room_at.store((self.clock)().unix(), Ordering::Relaxed);
    }

    /// Whether the store may have room.
    pub(crate) fn may_have_room(&self) -> bool {
        let since = (self.clock)().unix().saturating_sub(self.no_room_at.load(Ordering::Relaxed));
        !(0..NO_ROOM_SECONDS).contains(&since)
    }
}
