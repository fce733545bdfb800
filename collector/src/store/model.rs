//! What the store keeps, in the collector's own words.

use crate::verify::TrustRoot;
use collector_proto::catalog::Section;
use collector_proto::contract::Contract;
use collector_proto::difference::SaltedRows;
use collector_proto::digest::Digest;
use collector_proto::envelope::{Envelope, KeyId};
use collector_proto::messages::PartName;
use collector_proto::policy::trust::{PlacementRef, RootRef};
use collector_proto::policy::{PolicyRef, Versions};
use collector_proto::time::{Span, UtcTime};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use uuid::Uuid;

/// A device as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Device {
    /// Its random id.
    pub device_id: Uuid,
    /// Its group.
    pub group: String,
    /// Number of the placement that moved it there, 0 where its enrolment put it there.
    pub placement: u64,
    /// Number of the newest placement under which it reported.
    pub placement_seen: u64,
    /// Number of the placement on which its first report rested; `None` before that.
    #[serde(skip)]
    pub placement_first: Option<u64>,
    /// Thumbprints of its keys.
    pub keys: Vec<String>,
    /// What its agent understood when it was last heard.
    pub contract: Contract,
    /// The newest root that it said it follows; 0 before it said so.
    pub root: u64,
    /// When it enrolled.
    pub enrolled: UtcTime,
    /// When its last report came in, to the minute.
    pub last_report: Option<UtcTime>,
    /// When it was revoked.
    pub revoked: Option<UtcTime>,
    /// When it is forgotten, unless it reports again.
    pub records_until: UtcTime,
}

impl Device {
    /// Its group, and whether its last report was still made without knowing of it.
    pub fn group_in_words(&self) -> String {
        if self.placement > self.placement_seen {
            format!("{} (moved, not taken up yet)", self.group)
        } else {
            self.group.clone()
        }
    }
}

/// What a device's record says beside what its enrolment said.
#[derive(Debug, Clone, Copy)]
pub struct RecordFacts<'a> {
    /// The group of the token.
    pub group: &'a str,
}

/// What happened to an enrolment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnrolmentOutcome {
    /// Enrolled with this record, at this time or, when the answer was lost before, at an earlier one.
    Yes {
        /// Envelope of the device record.
        record: Vec<u8>,
        /// Group of the device.
        group: String,
    },
    /// The token is unknown, expired, revoked or used by another device.
    TokenRefused,
    /// The nonce was used before.
    NonceUsed,
    /// The device id or the key is on record already.
    Known,
    /// The same device enrolled with the token before and was revoked since.
    Revoked,
}

/// An enrolment token as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Token {
    /// SHA-256 of the token.
    pub sha256: String,
    /// Group that its device joins.
    pub group: String,
    /// When it was made.
    pub created: UtcTime,
    /// When it stops working.
    pub expires: UtcTime,
    /// Whether it still works.
    pub state: TokenState,
    /// The device that used it.
    pub used_by: Option<String>,
}

/// Whether a token still works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    /// It can be used once.
    Open,
    /// A device enrolled with it.
    Used,
    /// Its time is over.
    Expired,
    /// An administrator took it back.
    Revoked,
}

impl TokenState {
    /// The word for listings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// A published policy.
#[derive(Debug, Clone)]
pub struct PublishedPolicy {
    /// The group it is for.
    pub group: String,
    /// Version and digest.
    pub reference: PolicyRef,
    /// The signed document.
    pub envelope: Envelope,
    /// When it was published here.
    pub published_at: UtcTime,
}

/// A root of trust, and when it was published here.
#[derive(Debug, Clone)]
pub struct PublishedRoot {
    /// The root.
    pub root: TrustRoot,
    /// When it was published here.
    pub published_at: UtcTime,
}

/// A placement of a device as it was published.
#[derive(Debug, Clone)]
pub struct StoredPlacement {
    /// Number and digest.
    pub reference: PlacementRef,
    /// The group that it moved the device to.
    pub group: String,
    /// The group in which it was before.
    pub from: String,
    /// The signed document.
    pub envelope: Envelope,
    /// When it was published here.
    pub placed_at: UtcTime,
}

/// What happened to a placement that was to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placed {
    /// The device belongs to its group.
    New,
    /// It was the device's newest placement before.
    Before,
    /// Numbers only rise; the highest that is published stands here.
    NotAbove(u64),
    /// It does not follow what the device has.
    NotNext {
        /// The device's group.
        group: String,
        /// Number of its newest placement.
        number: u64,
    },
    /// It was verified under another root than the one in force.
    OtherRoot,
    /// There is no such device.
    NoDevice,
    /// The device was revoked.
    Revoked,
}

/// What happened to a root that was to be put in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RootAdded {
    /// It is in force.
    New,
    /// It was before.
    Before,
    /// Another one followed the root in force meanwhile, or it is not the next one.
    NotNext(RootRef),
}

/// What happened to a policy that was to be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// It is its group's current policy.
    New,
    /// This very policy was current before.
    Before,
    /// Versions only rise; the highest that is published stands here.
    NotAbove(u64),
    /// It was verified under another root than the one in force.
    OtherRoot,
}

/// What the receipt of a stored report says beside what the report says.
#[derive(Debug, Clone)]
pub struct ReceiptFacts {
    /// First missing number before it.
    pub gap_from: Option<u64>,
    /// The group's current policy version, 0 when there is none.
    pub policy_version_current: u64,
    /// When it came in, to the minute.
    pub received: UtcTime,
    /// When what it brought or left standing is deleted, for each retention that is there.
    pub values_until: BTreeMap<Span, UtcTime>,
    /// When what remains of it is deleted.
    pub records_until: UtcTime,
}

/// What happened to a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    /// Stored now, or before with the same digest: the receipt's envelope.
    Receipt(Vec<u8>),
    /// Another report carries the same device, stream and number.
    Equivocation,
    /// It does not follow the report before it, or the one after it does not follow it.
    BrokenChain,
    /// The collector lacks what these parts build on, or, where none is named, something that stands as a whole.
    Resync(BTreeSet<PartName>),
    /// This generation of the store lacks reports of the device that it receipted, and the device has not sent them again.
    SendAgain(u64),
    /// It comes with its receipt, and no restore can have lost it.
    NotLost,
    /// The device was revoked.
    Revoked,
    /// After it more would stand for the device than one report can hold.
    TooMuch,
    /// There is no room but what is kept for administrators.
    NoRoom,
    /// The device had as much stored on this day as it may.
    OverQuota,
}

/// How much one device may have stored on one day, which begins at 00:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Reports.
    pub reports: u64,
    /// Bytes that are charged for them: what was signed, and what keeping it takes besides.
    pub bytes: u64,
}

impl Quota {
    /// What a device may have while room is tight: a few times what an honest one sends on a day.
    pub(crate) fn when_tight(self) -> Self {
        Self { bytes: self.bytes / 64, ..self }
    }
}

/// Which reports are listed, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportQuery {
    /// Only this device's.
    pub device: Option<Uuid>,
    /// The order of arrival, or the reverse.
    pub order: Order,
}

/// An order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// What came last stands first.
    NewestFirst,
    /// What came first stands first.
    OldestFirst,
}

/// A report as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ReportSummary {
    /// Number in this store.
    pub id: i64,
    /// The device.
    pub device_id: String,
    /// Its stream.
    pub stream: String,
    /// Its number in the stream.
    pub seq: u64,
    /// Digest of its PAE.
    pub sha256: String,
    /// Version of the policy that permitted it.
    pub policy_version: u64,
    /// When the device made it.
    pub created: UtcTime,
    /// When it came in, to the minute.
    pub received: UtcTime,
    /// When the last of its parts is deleted; `None` where it names none.
    pub stored_until: Option<UtcTime>,
    /// First missing number before it.
    pub gap_from: Option<u64>,
    /// Bytes that are kept of its head and its parts.
    pub bytes: u64,
    /// When the last of its parts were deleted.
    pub deleted_at: Option<UtcTime>,
    /// When what remains of it is deleted: number, digests, signature and receipt.
    pub records_until: UtcTime,
}

/// A report with all that is kept of it.
#[derive(Debug, Clone)]
pub struct StoredReport {
    /// As it is listed.
    pub summary: ReportSummary,
    /// Digest of the report before it.
    pub prev: Option<String>,
    /// The key that signed it.
    pub key_id: KeyId,
    /// `DSSE-Signature` as it came.
    pub signature: String,
    /// The receipt's envelope.
    pub receipt: Vec<u8>,
    /// The head as it was signed.
    pub payload: Vec<u8>,
    /// The parts that it names, in the order of their names' text.
    pub parts: Vec<StoredPart>,
}

/// What is kept and deleted together of a report.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredPart {
    /// Its name.
    pub name: PartName,
    /// Digest of its bytes, as the head names it.
    pub sha256: String,
    /// When it is deleted.
    pub stored_until: UtcTime,
    /// Whether its bytes came.
    pub came: bool,
    /// Its bytes; `None` where they did not come, or after they were deleted.
    pub payload: Option<Vec<u8>>,
    /// When they were deleted.
    pub deleted_at: Option<UtcTime>,
}

/// Its place alone: the bytes are collected values.
impl fmt::Debug for StoredPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredPart({}, until {}, deleted {:?})", self.name, self.stored_until, self.deleted_at)
    }
}

/// The rows of a section in a part as they stand, and where they came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldSection {
    /// The part.
    pub part: PartName,
    /// The section.
    pub section: Section,
    /// Digest of the rows.
    pub digest: Digest,
    /// The rows, sorted, with their salt.
    pub rows: SaltedRows,
    /// The versions of the policy that the rows were last held to; `None` where no report came since they are kept.
    pub under: Option<Versions>,
    /// Number in this store of the last report that named the part.
    pub report: i64,
    /// When the rows are deleted.
    pub stored_until: UtcTime,
}

/// How much a device had stored on one day: what is charged to its [`Quota`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Reports stored.
    pub reports: u64,
    /// Bytes that were charged for them.
    pub bytes: u64,
}

/// Events of one device and kind in one hour.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SecurityEvent {
    /// Start of the hour.
    pub hour: UtcTime,
    /// [`crate::refusal::EventKind::name`].
    pub kind: String,
    /// The device.
    pub device_id: String,
    /// How often.
    pub count: u64,
    /// Number of the last report concerned.
    pub last_seq: Option<u64>,
}

/// An access to values of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccess {
    /// Stable name of what was done.
    pub operation: &'static str,
    /// Who asked.
    pub actor: String,
    /// What for.
    pub purpose: String,
    /// Whose values.
    pub device: Uuid,
}

/// Equal accesses of one hour.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RecordedAccess {
    /// Start of the hour.
    pub hour: UtcTime,
    /// [`NewAccess::operation`].
    pub operation: String,
    /// Who asked.
    pub actor: String,
    /// What for.
    pub purpose: String,
    /// Whose values.
    pub device_id: String,
    /// How often.
    pub count: u64,
}

/// What a sweep deleted. Names places, never content.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Swept {
    /// The instant up to which retention had ended.
    pub at: UtcTime,
    /// Parts of reports of which the content was deleted.
    pub parts: Vec<SweptPart>,
    /// Sections of devices whose rows were deleted.
    pub sections: Vec<SweptSection>,
    /// Reports of which nothing remains.
    pub heads: Vec<SweptReport>,
    /// Devices that were forgotten.
    pub devices: Vec<SweptDevice>,
    /// Whether more is left to delete.
    #[serde(skip)]
    pub more: bool,
}

impl Swept {
    /// Whether it deleted nothing.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.sections.is_empty() && self.heads.is_empty() && self.devices.is_empty()
    }
}

/// What sweeps of one hour deleted of one kind. It names nobody.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Deletion {
    /// Start of the hour.
    pub hour: UtcTime,
    /// `part` of a report, `section` of current rows, `report` (what remained of one), `device`.
    pub kind: String,
    /// How many.
    pub count: u64,
}

/// A device that was forgotten.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SweptDevice {
    /// The device.
    pub device_id: String,
    /// When its time was over.
    pub records_until: UtcTime,
}

/// A part of a report of which the content was deleted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SweptPart {
    /// Number of the report in this store.
    pub report: i64,
    /// The device.
    pub device_id: String,
    /// Name of the part.
    pub part: String,
    /// When its time ended.
    pub stored_until: UtcTime,
}

/// A report of which all that remained was deleted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SweptReport {
    /// Number in this store.
    pub id: i64,
    /// The device.
    pub device_id: String,
    /// When the time of what was deleted ended.
    pub stored_until: UtcTime,
}

/// A section of a device whose rows were deleted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SweptSection {
    /// The device.
    pub device_id: String,
    /// Name of the part.
    pub part: String,
    /// Name of the section.
    pub section: String,
    /// When its retention ended.
    pub stored_until: UtcTime,
}

/// Whether the nonce of a signed request may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NonceUse {
    /// It was not used before, and is from now on.
    First,
    /// It was used before.
    Again,
    /// The key used too many nonces that have not expired. Forgetting one early would let a replay through.
    TooMany,
}

/// Work that one process at a time does for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// Deleting what is past its retention.
    Sweep,
}

impl Lease {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sweep => "sweep",
        }
    }
}
