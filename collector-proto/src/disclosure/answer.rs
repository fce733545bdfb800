//! What the reader answers.

use super::sent::{SentEntry, SentList, SummarisedSent, VerifiedSent};
use super::{
    Acknowledgement, DisclosureMessage, Handover, LedgerHead, PolicyEvent, Reading, RefusedDocuments, Sandbox,
};
use crate::catalog::{Platform, Section};
use crate::envelope::Envelope;
use crate::messages::RefusedDocument;
use crate::policy::trust::{AcceptedPolicy, Documents, Floor, KeptVersions, Place, Placed, Refusal, RootRef};
use crate::policy::{Ceiling, Consent, NotInForce, Permit, Policy, Remembered, Signed, Standing, Versions};
use crate::time::UtcTime;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What the reader answers.
///
/// The reader writes its own treated rows as `D`; whoever reads an answer gets a [`DisclosureMessage`].
#[expect(clippy::large_enum_variant, reason = "one answer per process: its size does not matter")]
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer<D = DisclosureMessage> {
    /// The root is pinned.
    #[serde(rename = "trusted")]
    RootPinned(RootPinned),
    /// What was read.
    Disclosure(DisclosureAnswer<D>),
    /// What the reader remembers.
    Status(ReaderStatus),
    /// The hand-over that is kept.
    Custody(CustodyAnswer),
    /// The acknowledgement that is kept.
    Acknowledged(AcknowledgeAnswer),
    /// What is kept of the agent's ledger.
    Ledger(LedgerAnswer),
    /// What was read.
    Readings(ReadingsAnswer),
    /// Whom the device trusts, and who it is.
    Device(DeviceAnswer),
    /// Whether documents are kept.
    Documents(DocumentsAnswer),
    /// What the collector gave was judged.
    Given(GivenAnswer),
    /// From when on what was shown is in force.
    Shown(ShownAnswer),
    /// What happened to the policy.
    History(HistoryAnswer),
    /// What the agent's ledger holds.
    SentListed(SentList),
    /// One report of it.
    SentShown(SentEntry),
    /// Whether it verifies and is the one that is known.
    SentVerified(VerifiedSent),
    /// How many reports it holds.
    SentSummarised(SummarisedSent),
    /// The ceiling that is kept.
    Ceiling(CeilingAnswer),
    /// The organisation's key that is kept.
    TenantKey(TenantKeyAnswer),
    /// Nothing was read.
    Refused(RefusalMessage),
}

/// The root that is pinned.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RootPinned {
    /// Version and digest of the root.
    pub root: RootRef,
}

/// Which of the organisation's keys for keyed hashes a device has or had, without the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptTenantKey {
    /// Its name inside keyed hashes.
    pub id: String,
    /// Its version.
    pub version: u64,
    /// When it came to this device.
    pub since: UtcTime,
}

/// The organisation's key that a device keeps from now on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantKeyAnswer {
    /// The key.
    pub key: KeptTenantKey,
    /// Whether it was kept already.
    pub was_before: bool,
}

/// A disclosure and what the permit was derived from, so that the asker derives the same one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisclosureAnswer<D = DisclosureMessage> {
    /// The versions of the accepted policy; `None` for a draft.
    pub policy: Option<Versions>,
    /// What is remembered of these versions, from which the asker computes the same.
    #[serde(default)]
    pub standing: KeptVersions,
    /// Platform of the permit.
    pub platform: Platform,
    /// The device's ceiling, as far as the asker is told of the accounts in it. Always written: a missing one would be read as none.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    pub ceiling: Ceiling,
    /// Purposes consented to; `None` where the asker is not told. Then the rows have the last word: a field that rests on consent
    /// and has no value says as little as any other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// Until when the policy may be used without a fresh timestamp; `None` for a draft.
    pub fresh_until: Option<UtcTime>,
    /// When it was read, by the reader's clock: an account's preview is repeated for a minute.
    pub read_at: UtcTime,
    /// What kept the reader to the permit while it read.
    pub sandbox: Sandbox,
    /// The organisation's key that values were hashed with; none where the device has none, and withholds what would be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_key: Option<KeptTenantKey>,
    /// Sections of which something was read that is about others than who asked, and is not in the rows. None in what is read
    /// for a report.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub left_out: BTreeSet<Section>,
    /// What the report has to tell of documents that were refused earlier, where those that came with the question are accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to_tell: Vec<RefusedDocument>,
    /// Treated rows.
    pub disclosure: D,
}

impl DisclosureAnswer {
    /// The permit again that the reader says it read under: from the policy that the asker has checked itself, and from
    /// platform, ceiling and consent as they stand in the answer. Without consents in it, the most that may have been read.
    pub fn permit_as_answered<S: Standing>(&self, policy: &S::Policy) -> Permit<S> {
        let consent = consent_as_answered(self.consent.as_ref(), S::checked(policy));
        Permit::derive(policy, self.platform, &self.ceiling, &consent)
    }
}

/// What the reader remembers and what it makes of the documents.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReaderStatus {
    /// The root in force.
    pub root: RootRef,
    /// What was accepted before.
    pub floor: Floor,
    /// The versions of the accepted policy; `None` when `refused` says why there is none.
    pub policy: Option<Versions>,
    /// The versions that stand, and what is remembered of them.
    pub standing: KeptVersions,
    /// Until when it may be used without a fresh timestamp.
    pub fresh_until: Option<UtcTime>,
    /// Why nothing may be collected.
    pub refused: Option<RefusalMessage>,
    /// The device's ceiling, as far as the asker is told of the accounts in it. Always written: a missing one would be read as none.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    pub ceiling: Ceiling,
    /// Purposes consented to; `None` where the asker is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// The policies whose notice was acknowledged, oldest first.
    pub acknowledgements: Vec<Acknowledgement>,
    /// The newest entry of the agent's ledger that the reader was told of.
    pub ledger: Option<LedgerHead>,
    /// When the machine was last read for a report.
    pub last_reading: Option<UtcTime>,
    /// Documents that the collector gave and that were refused; `None` where that cannot be understood any more.
    pub refused_documents: Option<RefusedDocuments>,
    /// Why it cannot be, and what to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_documents_lost: Option<String>,
    /// What would keep the reader to a permit on this device.
    pub sandbox: Sandbox,
    /// The organisation's keys for keyed hashes that came to this device, oldest first. The last is in use; none: fields that are hashed with
    /// it are withheld.
    pub tenant_keys: Vec<KeptTenantKey>,
    /// Who this is and what the answer follows from, for whoever brought no documents.
    pub device: Option<DeviceAnswer>,
}

impl ReaderStatus {
    /// The permit under which the reader of this machine would read, from the limits that it says it keeps. Without consents
    /// among them, the most that it would read.
    pub fn permit_as_answered(&self, policy: &AcceptedPolicy) -> Permit<Signed> {
        let consent = consent_as_answered(self.consent.as_ref(), policy.terms());
        Permit::derive(policy, Platform::current(), &self.ceiling, &consent)
    }
}

fn consent_as_answered<'a>(told: Option<&'a Consent>, policy: &Policy) -> Cow<'a, Consent> {
    told.map_or_else(|| Cow::Owned(Consent::to_all_of(policy.document())), Cow::Borrowed)
}

/// The acknowledgement that is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeAnswer {
    /// The first acknowledgement of the policy.
    pub acknowledgement: Acknowledgement,
}

/// What is kept of the agent's ledger.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerAnswer {
    /// Its newest entry.
    pub head: LedgerHead,
}

/// The journal of readings.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadingsAnswer {
    /// What was read, oldest first.
    pub readings: Vec<Reading>,
}

/// Whom the device trusts, who it is, and what its collector last gave as far as that was genuine.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceAnswer {
    /// The device's random id.
    pub device_id: Uuid,
    /// Its group.
    pub group: String,
    /// The placement that brought it there; `None` where that was its enrolment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placed: Option<Placed>,
    /// Id of its collector.
    pub collector: String,
    /// The root in force.
    pub root: Envelope,
    /// The documents that are kept; none before the agent first handed some over.
    pub documents: Option<Documents>,
}

impl DeviceAnswer {
    /// Where the device is.
    pub fn place(&self) -> Place {
        Place { device: Some(self.device_id), group: self.group.clone(), placed: self.placed.clone() }
    }
}

/// Whether the documents that were handed over are the ones that are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentsAnswer {
    /// Others are kept where these are not genuine, or older.
    pub kept: bool,
}

/// What the reader makes of documents that the collector just gave.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenAnswer {
    /// Why they are refused; `None` where they are accepted.
    pub refused: Option<RefusalMessage>,
    /// What the next report has to tell of earlier refusals, now that documents are accepted again.
    pub to_tell: Vec<RefusedDocument>,
}

/// What is remembered since a notice was shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShownAnswer {
    /// The versions that stand.
    pub standing: Remembered,
}

/// What happened to the policy of this device.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryAnswer {
    /// The events, oldest first.
    pub events: Vec<PolicyEvent>,
    /// Whether each names the one before it.
    pub is_whole: bool,
    /// The organisation's keys for keyed hashes that came to this device, oldest first.
    pub tenant_keys: Vec<KeptTenantKey>,
}

/// The ceiling that is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CeilingAnswer {
    /// The ceiling, as far as whoever asks is told of the accounts in it. Always written: a missing one would be read as none.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    pub ceiling: Ceiling,
    /// When accounts were last added about which nothing is read. What was recorded before may say something about them. Always written.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    pub named_at: Option<UtcTime>,
}

/// The hand-over that is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustodyAnswer {
    /// The newest hand-over, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handover: Option<Handover>,
}

/// Why nothing was read, in a stable word and in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusalMessage {
    /// Stable word, such as `policy_expired`.
    pub code: String,
    /// A sentence for people.
    pub message: String,
    /// From when on the same may be asked again, where that is all that is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<UtcTime>,
}

impl RefusalMessage {
    /// Word of a device that is not enrolled.
    pub const NOT_ENROLLED: &'static str = "not_enrolled";
    /// Word of a refusal of one question among many.
    pub const TOO_MANY_QUESTIONS: &'static str = "too_many_questions";
    /// Word of a refusal of what is no question.
    pub const QUESTION_NOT_UNDERSTOOD: &'static str = "question_not_understood";
    /// Word of a refusal within the quiet hours of the device's ceiling.
    pub const QUIET_HOURS: &'static str = "quiet_hours";
    /// Word of a device whose ceiling cannot be read: nothing is collected before it is set again.
    pub const CEILING_UNUSABLE: &'static str = "ceiling_unusable";
    /// Word of a question to which the reader gave no answer.
    pub const NO_ANSWER: &'static str = "no_answer";

    /// Whether it is the question that is refused. Then it says nothing about whether anything is collected, and nobody may be
    /// told that nothing is.
    pub fn is_of_the_question(&self) -> bool {
        [
            Self::TOO_MANY_QUESTIONS,
            Self::QUESTION_NOT_UNDERSTOOD,
            Self::NO_ANSWER,
            "no_rights",
            "contract_not_understood",
            "documents_unreadable",
        ]
        .contains(&self.code.as_str())
    }
}

impl From<&Refusal> for RefusalMessage {
    fn from(refusal: &Refusal) -> Self {
        Self { code: refusal.code().to_owned(), message: refusal.to_string(), not_before: None }
    }
}

impl From<&NotInForce> for RefusalMessage {
    fn from(refused: &NotInForce) -> Self {
        Self { code: refused.code().to_owned(), message: refused.to_string(), not_before: None }
    }
}

/// An answer's own type stands in the enum once.
macro_rules! answers {
    ($($variant:ident($answer:ty)),+) => {
        $(impl<D> From<$answer> for Answer<D> {
            fn from(answer: $answer) -> Self {
                Self::$variant(answer)
            }
        })+
    };
}

answers!(
    RootPinned(RootPinned),
    Disclosure(DisclosureAnswer<D>),
    Status(ReaderStatus),
    Custody(CustodyAnswer),
    Acknowledged(AcknowledgeAnswer),
    Ledger(LedgerAnswer),
    Readings(ReadingsAnswer),
    Device(DeviceAnswer),
    Documents(DocumentsAnswer),
    Given(GivenAnswer),
    Shown(ShownAnswer),
    History(HistoryAnswer),
    SentListed(SentList),
    SentShown(SentEntry),
    SentVerified(VerifiedSent),
    SentSummarised(SummarisedSent),
    Ceiling(CeilingAnswer),
    TenantKey(TenantKeyAnswer),
    Refused(RefusalMessage)
);
