//! What the collector keeps: an interface of domain operations, and what implements it.
//!
//! Every operation is one transaction and answers after its commit is durable, and where a restore must not undo it, after the
//! journal was told. Nothing here names a database; what
//! any implementation must do is in [`conformance`], which each one passes. [`sqlite`] is the one there is.
//!
//! Answers come from the store's own threads. An async task that waits for one blocks nothing, and a command that has
//! nothing else to do waits with [`wait`].

#[cfg(test)]
pub(crate) mod conformance;
mod error;
mod model;
mod packed;
mod page;
mod recovery;
mod room;
mod sqlite;
mod stored_rows;

pub use error::{Cause, StoreError};
pub use model::{
    Deletion, Device, EnrolmentOutcome, HeldSection, Lease, NewAccess, NonceUse, Order, Placed, Published,
    PublishedPolicy, PublishedRoot, Quota, ReceiptFacts, RecordFacts, RecordedAccess, ReportQuery,
    ReportSummary, RootAdded, SecurityEvent, Stored, StoredPart, StoredPlacement, StoredReport, Swept,
    SweptDevice, SweptPart, SweptReport, SweptSection, Token, TokenState, Usage,
};
pub(crate) use packed::Packed;
pub use page::{Cursor, Listed, MAX_PAGE, Page, all, first};
pub use recovery::{Condition, CopyPace, KeptFor, Progress, Recovered, Recovery, RecoveryStore};
pub use room::{Disk, Level, Room, Space};
pub use stored_rows::StoredRows;

use crate::admit::{Bases, NewReport, Wanted};
use crate::refusal::Event;
use crate::verify::{DeviceKey, NewDevice, TrustRoot, VerifiedPlacement, VerifiedPolicy};
use collector_proto::contract::Contract;
use collector_proto::digest::Digest;
use collector_proto::envelope::KeyId;
use collector_proto::http_signature::Nonce;
use collector_proto::messages::StreamHead;
use collector_proto::time::UtcTime;
use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use uuid::Uuid;

/// What an operation answers, in time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Signs the receipt of a report inside the transaction that stores it. It may be called again when a transaction has
/// to be repeated; what counts is the receipt that was committed.
pub type SealReceipt = Box<dyn Fn(&ReceiptFacts) -> Result<Vec<u8>, Cause> + Send + Sync>;

/// Signs the record of a device inside the transaction that enrols it; see [`SealReceipt`].
pub type SealRecord = Box<dyn Fn(&RecordFacts<'_>) -> Result<Vec<u8>, Cause> + Send + Sync>;

/// Everything that a collector keeps.
pub trait Store: WithoutValues + ValueStore + IntakeStore + SharedState {}

impl<T> Store for T where T: WithoutValues + ValueStore + IntakeStore + SharedState {}

/// What of a store shows no value that a device sent: all that most of the administration needs.
pub trait WithoutValues:
    DeviceStore
    + TokenStore
    + DocumentStore
    + ReportStore
    + EventStore
    + AccessStore
    + RetentionStore
    + RecoveryStore
{
}

impl<T> WithoutValues for T where
    T: DeviceStore
        + TokenStore
        + DocumentStore
        + ReportStore
        + EventStore
        + AccessStore
        + RetentionStore
        + RecoveryStore
{
}

/// Enrolled devices and their keys.
pub trait DeviceStore: Send + Sync {
    /// The key of this id, if it is in use.
    fn key(&self, id: &KeyId) -> Answer<'_, Option<DeviceKey>>;

    /// The key of this id, in use or not: what it signed stays verifiable.
    fn any_key(&self, id: &KeyId) -> Answer<'_, Option<DeviceKey>>;

    /// Consumes token and nonce and records the device, or says why not.
    fn enrol(&self, new: NewDevice, seal: SealRecord, now: UtcTime) -> Answer<'_, EnrolmentOutcome>;

    /// One device.
    fn device(&self, id: Uuid) -> Answer<'_, Option<Device>>;

    /// Devices by time of enrolment.
    fn devices(&self, page: Page) -> Answer<'_, Listed<Device>>;

    /// Notes what a device's agent understands.
    fn note_contract(&self, id: Uuid, contract: Contract) -> Answer<'_, ()>;

    /// Notes which root a device says it follows.
    fn note_root(&self, id: Uuid, root: u64) -> Answer<'_, ()>;

    /// How many devices of a group, those revoked left out, understand which contract.
    fn contracts(&self, group: &str) -> Answer<'_, BTreeMap<Contract, u64>>;

    /// Moves a device to another group, if the placement follows its newest one and its root is in force. Where it is that already,
    /// signatures that it lacked are added.
    fn place(&self, placement: VerifiedPlacement, now: UtcTime) -> Answer<'_, Placed>;

    /// A device's placements, oldest first; none where it is in the group of its enrolment.
    fn placements(&self, id: Uuid) -> Answer<'_, Vec<StoredPlacement>>;

    /// Revokes a device; `false` when there is none or it was revoked before.
    fn revoke_device(&self, id: Uuid, now: UtcTime) -> Answer<'_, bool>;
}

/// One-time enrolment tokens, known by their SHA-256 only.
pub trait TokenStore: Send + Sync {
    /// Whether a token was made here, whether it still works or not.
    fn is_token_known(&self, token: &Digest) -> Answer<'_, bool>;

    /// Keeps a token's digest.
    fn add_token(&self, token: &Digest, group: &str, expires: UtcTime, now: UtcTime) -> Answer<'_, ()>;

    /// Tokens, newest first.
    fn tokens(&self, page: Page, now: UtcTime) -> Answer<'_, Listed<Token>>;

    /// Takes back the unused tokens whose digest starts with these hex digits; says how many there were.
    fn revoke_token(&self, digits: &str, now: UtcTime) -> Answer<'_, usize>;
}

/// Roots and policies: signed documents, kept as published.
pub trait DocumentStore: Send + Sync {
    /// Fills an empty store, and no other, with the first root.
    fn first_contents(&self, root: &TrustRoot, now: UtcTime) -> Answer<'_, ()>;

    /// All roots in ascending order; there is at least one. Devices take so few steps that they need no pages.
    fn roots(&self) -> Answer<'_, Vec<TrustRoot>>;

    /// The same, each with the instant of its publication.
    fn published_roots(&self) -> Answer<'_, Vec<PublishedRoot>>;

    /// The root in force.
    fn current_root(&self) -> Answer<'_, TrustRoot>;

    /// Puts a root in force that follows the one in force, and nothing else.
    fn add_root(&self, root: TrustRoot, now: UtcTime) -> Answer<'_, RootAdded>;

    /// Makes a policy its group's current one, if its version is above all published ones and its root in force. Where it is that already, signatures
    /// that it lacked are added.
    fn publish(&self, policy: VerifiedPolicy, now: UtcTime) -> Answer<'_, Published>;

    /// The group's policy of the highest version.
    fn current_policy(&self, group: &str) -> Answer<'_, Option<PublishedPolicy>>;

    /// The next versions of a group above this one, oldest first, some dozens at most; none where there is none above it.
    fn published_after(&self, group: &str, version: u64) -> Answer<'_, Vec<PublishedPolicy>>;

    /// The policy of this digest, if it was issued to the group.
    fn issued_policy(&self, group: &str, digest: &Digest) -> Answer<'_, Option<PublishedPolicy>>;

    /// Every policy, by group and version.
    fn policies(&self, page: Page) -> Answer<'_, Listed<PublishedPolicy>>;
}

/// What a report's acceptance needs.
pub trait IntakeStore: Send + Sync {
    /// How many bytes of rows [`bases`](Self::bases) would read.
    fn weight(&self, device: Uuid, wanted: Wanted) -> Answer<'_, usize>;

    /// What stands for a device, as far as a report needs it, read at one instant. Rows come where they were wanted and the
    /// digest is the wanted one.
    fn bases(&self, device: Uuid, wanted: Wanted) -> Answer<'_, Bases>;

    /// The receipt of this very report, if it was stored.
    fn receipt(&self, device: Uuid, stream: &str, seq: u64, report: Digest) -> Answer<'_, Option<Vec<u8>>>;

    /// Stores a report and its receipt and charges them to the device's quota of the day, or says why not: also where there is no room
    /// but what is kept for administrators; where room is tight, the quota is [`Quota::when_tight`]. The bases that
    /// were judged are looked at again: a part that changed in between is asked for in full, and so is one that the report
    /// leaves as it stands and of which the rows are not here. What is charged is decided in
    /// the transaction that stores: however many processes store at once, the last report that fits is stored once, and
    /// what is not stored costs nothing.
    fn store_report(
        &self,
        report: NewReport,
        seal: SealReceipt,
        quota: Quota,
        now: UtcTime,
    ) -> Answer<'_, Stored>;
}

/// Which reports there are, without what they say.
pub trait ReportStore: Send + Sync {
    /// Reports as they are listed.
    fn reports(&self, query: ReportQuery, page: Page) -> Answer<'_, Listed<ReportSummary>>;

    /// One report as it is listed, by its number in this store.
    fn report_summary(&self, id: i64) -> Answer<'_, Option<ReportSummary>>;

    /// The newest report of each of a device's streams, the stream of the report that came last first; at most
    /// [`MAX_HEAD_STREAMS`](collector_proto::messages::MAX_HEAD_STREAMS).
    fn stream_heads(&self, device: Uuid) -> Answer<'_, Vec<StreamHead>>;

    /// Up to which number the reports of which device's stream are forgotten, because their time was over.
    fn forgotten(&self) -> Answer<'_, Vec<(String, String, u64)>>;

    /// What a device had stored on the day of an instant.
    fn usage(&self, device: Uuid, day: UtcTime) -> Answer<'_, Usage>;
}

/// What reports say, and the rows that they leave.
pub trait ValueStore: Send + Sync {
    /// One report by its number in this store.
    fn report(&self, id: i64) -> Answer<'_, Option<StoredReport>>;

    /// The rows that a device's reports left, by part and section.
    fn sections(&self, device: Uuid) -> Answer<'_, Vec<HeldSection>>;
}

/// Security events: what an administrator should look at.
pub trait EventStore: Send + Sync {
    /// Counts an event.
    fn record_event(&self, event: Event, now: UtcTime) -> Answer<'_, ()>;

    /// Events, newest first.
    fn events(&self, page: Page) -> Answer<'_, Listed<SecurityEvent>>;

    /// How many devices wanted more stored since this instant than they may have on a day.
    fn devices_over_quota(&self, since: UtcTime) -> Answer<'_, u64>;
}

/// Accesses to values: to whom the values of which device were shown, and for which purpose. A sweep forgets them after
/// 400 days.
pub trait AccessStore: Send + Sync {
    /// Counts an access.
    fn record_access(&self, access: NewAccess, now: UtcTime) -> Answer<'_, ()>;

    /// Accesses, newest first.
    fn accesses(&self, page: Page) -> Answer<'_, Listed<RecordedAccess>>;
}

/// How much room is left, and how it is made: what is past its `stored_until` goes, and in its time what remained of it.
pub trait RetentionStore: Send + Sync {
    /// How much room is left for what devices send.
    fn room(&self) -> Answer<'_, Room>;

    /// Deletes what is past its retention, a bounded piece at a time; [`Swept::more`] says that another is left. After
    /// the last one nothing of it is on the store's disks.
    fn sweep(&self, now: UtcTime) -> Answer<'_, Swept>;

    /// What sweeps deleted, newest first. A sweep forgets it after 400 days.
    fn deletions(&self, page: Page) -> Answer<'_, Listed<Deletion>>;
}

/// What several processes on one store must agree on.
pub trait SharedState: Send + Sync {
    /// Answers once the store could write, without writing anything.
    fn can_write(&self) -> Answer<'_, ()>;

    /// Uses the nonce of a signed request of this key; it is remembered until it expires.
    fn use_nonce(&self, key: &KeyId, nonce: &Nonce, expires: UtcTime, now: UtcTime) -> Answer<'_, NonceUse>;

    /// The key of enrolment challenges: the one that is kept, or else this one, which is kept from then on.
    fn challenge_key(&self, candidate: [u8; 32]) -> Answer<'_, [u8; 32]>;

    /// Takes a lease until an instant, or prolongs one's own; `false` while another holds it. One that ends later than
    /// twice the time asked for was taken by a clock that ran ahead, and is taken over.
    fn take_lease(&self, lease: Lease, holder: Uuid, until: UtcTime, now: UtcTime) -> Answer<'_, bool>;
}

/// How a server opens its store.
#[derive(Debug, Clone, Default)]
pub struct StoreOptions {
    /// Most pages of 4 KiB that the database may have; `None` leaves it to the disk.
    pub max_pages: Option<u32>,
    /// The journal that is told what a restore must not undo, before anybody is told that it is done.
    pub journal: Option<PathBuf>,
    /// What says how full the disk is; `None` asks the operating system.
    pub disk: Option<Disk>,
}

/// Makes an empty store at a path where there is none.
pub fn create(path: &Path) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(sqlite::SqliteStore::create(path)?))
}

/// Opens the store of a server and brings its schema up to date.
pub fn open(path: &Path, options: StoreOptions) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(sqlite::SqliteStore::open(path, options)?))
}

/// Opens the store for one command, beside a running server or without one.
pub fn open_beside(path: &Path, journal: Option<PathBuf>) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(sqlite::SqliteStore::open_beside(path, journal)?))
}

/// Waits for answers on a thread that has nothing else to do.
pub fn wait<T>(answers: impl Future<Output = T>) -> T {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    // Inside a task of a runtime an answer would sometimes yield to the runtime, which does not run while this waits.
    let mut answers = std::pin::pin!(tokio::task::unconstrained(answers));
    loop {
        match answers.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(answer) => return answer,
            Poll::Pending => std::thread::park(),
        }
    }
}
