//! Why something is refused, and the one table of what follows from it: the problem that is answered and with it the
//! HTTP status, the exit code of a command, and the security event.
//!
//! Words come from this program, never from the request.

use collector_proto::catalog::{Attack, FieldId};
use collector_proto::contract::{Contract, TooFarApart};
use collector_proto::messages::{PartName, Problem, ProblemKind};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

/// Exit code of a command that failed.
pub const EXIT_FAILED: u8 = 1;

/// Exit code of a command that refuses for people's privacy.
pub const EXIT_WIDER: u8 = 3;

/// Exit code of a command that found something stored which does not verify.
pub const EXIT_TAMPERED: u8 = 4;

/// Why something is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The request is not of the form that is taken.
    Malformed,
    /// Wrong or missing token, nonce or signature at enrolment.
    EnrolmentRefused,
    /// A device that is enrolled tries to enrol again under another key, or a token is used twice.
    EnrolmentConflict,
    /// The signature is not good or the key is unknown.
    BadSignature,
    /// A report names a device that its key does not belong to.
    ForeignKey,
    /// The device was revoked.
    Revoked,
    /// There is no such thing.
    NotFound,
    /// Another report carries the same device, stream and number: a cloned disk or a restored snapshot.
    Equivocation,
    /// A report does not follow the one stored before it, or is not followed by the one after it.
    BrokenChain,
    /// The collector lacks the rows that a report builds on.
    Resync,
    /// The device has not sent again yet what a restore lost of it.
    SendAgain,
    /// The body is larger than allowed.
    TooLarge,
    /// Another media type or content coding is expected.
    MediaType,
    /// A report holds a field or value that its policy does not permit.
    OverCollection,
    /// A report names a policy that was never issued to the device's group.
    UnknownPolicy,
    /// A report names a policy that no device may go by: it was replaced too long ago, has expired, or is not in force yet.
    SupersededPolicy,
    /// A report or an enrolment is for another collector.
    WrongAudience,
    /// What is signed breaks a rule of its format.
    Invalid,
    /// The sender's contract and this collector's are too far apart.
    Contract,
    /// The group's documents require something that the device does not understand.
    NotUnderstood,
    /// Too many requests.
    Busy,
    /// The device had as much stored today as it may.
    OverQuota,
    /// Too much under a key or a token was refused within the hour.
    TooManyTries,
    /// What is left of the disk is kept for administrators.
    NoRoom,
    /// The collector failed.
    Internal,
    /// The collector cannot store now.
    Unavailable,
    /// Something stored does not verify.
    Tampered,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 27] = [
        Self::Malformed,
        Self::EnrolmentRefused,
        Self::EnrolmentConflict,
        Self::BadSignature,
        Self::ForeignKey,
        Self::Revoked,
        Self::NotFound,
        Self::Equivocation,
        Self::BrokenChain,
        Self::Resync,
        Self::SendAgain,
        Self::TooLarge,
        Self::MediaType,
        Self::OverCollection,
        Self::UnknownPolicy,
        Self::SupersededPolicy,
        Self::WrongAudience,
        Self::Invalid,
        Self::Contract,
        Self::NotUnderstood,
        Self::Busy,
        Self::OverQuota,
        Self::TooManyTries,
        Self::NoRoom,
        Self::Internal,
        Self::Unavailable,
        Self::Tampered,
    ];

    /// The table.
    const fn row(self) -> (ProblemKind, u8, Option<EventKind>) {
        use {EventKind as E, ProblemKind as P};
        match self {
            Self::Malformed => (P::Malformed, EXIT_FAILED, None),
            Self::EnrolmentRefused => (P::EnrolmentRefused, EXIT_FAILED, None),
            Self::EnrolmentConflict => (P::EnrolmentRefused, EXIT_FAILED, Some(E::EnrolmentConflict)),
            Self::BadSignature => (P::BadSignature, EXIT_FAILED, None),
            Self::ForeignKey => (P::BadSignature, EXIT_FAILED, Some(E::ForeignKey)),
            Self::Revoked => (P::Revoked, EXIT_FAILED, Some(E::RevokedDevice)),
            Self::NotFound => (P::NotFound, EXIT_FAILED, None),
            Self::Equivocation => (P::Equivocation, EXIT_FAILED, Some(E::Equivocation)),
            Self::BrokenChain => (P::Equivocation, EXIT_FAILED, Some(E::BrokenChain)),
            Self::Resync => (P::Resync, EXIT_FAILED, None),
            Self::SendAgain => (P::SendAgain, EXIT_FAILED, None),
            Self::TooLarge => (P::TooLarge, EXIT_FAILED, None),
            Self::MediaType => (P::MediaType, EXIT_FAILED, None),
            Self::OverCollection => (P::OverCollection, EXIT_FAILED, Some(E::OverCollection)),
            Self::UnknownPolicy => (P::UnknownPolicy, EXIT_FAILED, Some(E::UnknownPolicy)),
            Self::SupersededPolicy => (P::SupersededPolicy, EXIT_FAILED, Some(E::SupersededPolicy)),
            Self::WrongAudience => (P::WrongAudience, EXIT_FAILED, Some(E::WrongAudience)),
            Self::Invalid => (P::Invalid, EXIT_FAILED, Some(E::InvalidReport)),
            Self::Contract => (P::Contract, EXIT_FAILED, None),
            Self::NotUnderstood => (P::NotUnderstood, EXIT_FAILED, Some(E::NotUnderstood)),
            Self::Busy | Self::TooManyTries => (P::Busy, EXIT_FAILED, None),
            Self::OverQuota => (P::Busy, EXIT_FAILED, Some(E::OverQuota)),
            Self::Internal => (P::Internal, EXIT_FAILED, None),
            // The store keeps the event that there is no room, which is about no device.
            Self::NoRoom | Self::Unavailable => (P::Unavailable, EXIT_FAILED, None),
            Self::Tampered => (P::Internal, EXIT_TAMPERED, None),
        }
    }

    /// The problem that is answered; its kind has the HTTP status.
    pub const fn problem(self) -> ProblemKind {
        self.row().0
    }

    /// The exit code of a command that ends with it.
    pub const fn exit_code(self) -> u8 {
        self.row().1
    }

    /// The security event, if a device on record is the cause.
    pub const fn event(self) -> Option<EventKind> {
        self.row().2
    }
}

/// What an administrator should look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// See [`Reason::Equivocation`].
    Equivocation,
    /// See [`Reason::BrokenChain`].
    BrokenChain,
    /// See [`Reason::OverCollection`].
    OverCollection,
    /// See [`Reason::ForeignKey`].
    ForeignKey,
    /// See [`Reason::WrongAudience`].
    WrongAudience,
    /// See [`Reason::UnknownPolicy`].
    UnknownPolicy,
    /// See [`Reason::SupersededPolicy`].
    SupersededPolicy,
    /// A signed report breaks a rule of the format.
    InvalidReport,
    /// A revoked device reports.
    RevokedDevice,
    /// See [`Reason::EnrolmentConflict`].
    EnrolmentConflict,
    /// See [`Reason::NotUnderstood`].
    NotUnderstood,
    /// See [`Reason::OverQuota`].
    OverQuota,
    /// Room gets short: devices may have less stored on a day. It is about no device.
    RoomTight,
    /// See [`Reason::NoRoom`]. It is about no device.
    NoRoom,
    /// A device refused documents that were offered to it in this collector's name, and tells of it.
    Refused(Attack),
    /// The collector was restored from a backup. It is about no device.
    Restored,
    /// An administrator accepted what a restore lost. It is about no device.
    LossAccepted,
}

impl EventKind {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Equivocation => "equivocation",
            Self::BrokenChain => "broken_chain",
            Self::OverCollection => "over_collection",
            Self::ForeignKey => "foreign_key",
            Self::WrongAudience => "wrong_audience",
            Self::UnknownPolicy => "unknown_policy",
            Self::SupersededPolicy => "superseded_policy",
            Self::InvalidReport => "invalid_report",
            Self::RevokedDevice => "revoked_device",
            Self::EnrolmentConflict => "enrolment_conflict",
            Self::NotUnderstood => "not_understood",
            Self::OverQuota => "over_quota",
            Self::RoomTight => "room_tight",
            Self::NoRoom => "no_room",
            Self::Refused(Attack::Rollback) => "refused_rollback",
            Self::Refused(Attack::Freeze) => "refused_freeze",
            Self::Refused(Attack::MixAndMatch) => "refused_mix_and_match",
            Self::Refused(Attack::FastForward) => "refused_fast_forward",
            Self::Refused(Attack::EndlessData) => "refused_endless_data",
            Self::Refused(Attack::OtherContent) => "refused_equal_version_other_content",
            Self::Refused(Attack::Forged) => "refused_forged",
            Self::Restored => "restored",
            Self::LossAccepted => "loss_accepted",
        }
    }
}

/// Something that an administrator should look at: a kind, a device and a report's place, never content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// The device on record that it is about.
    pub device: Uuid,
    /// Stream and number of the report, where they have the form that they must have.
    pub report: Option<(String, u64)>,
}

/// A refusal as it is answered.
#[derive(Debug, Clone)]
pub struct RequestRefusal {
    reason: Reason,
    detail: Option<Cow<'static, str>>,
    parts: BTreeSet<PartName>,
    generation: Option<u64>,
    event: Option<Box<Event>>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl RequestRefusal {
    /// A refusal with a sentence of this program.
    pub fn new(reason: Reason, detail: &'static str) -> Self {
        Self { detail: Some(Cow::Borrowed(detail)), ..Self::from(reason) }
    }

    /// A refusal that names a catalogue field. A field's name is this program's own word; its value never is.
    pub fn of_field(reason: Reason, field: FieldId, rest: &'static str) -> Self {
        Self { detail: Some(Cow::Owned(format!("`{field}` {rest}"))), ..Self::from(reason) }
    }

    /// Asks for these parts in full, or for every part where none is named.
    pub fn resync(parts: BTreeSet<PartName>) -> Self {
        Self { parts, ..Self::from(Reason::Resync) }
    }

    /// Asks for what a restore lost, in the name of this generation of the store.
    pub fn send_again(generation: u64) -> Self {
        Self { generation: Some(generation), ..Self::from(Reason::SendAgain) }
    }

    /// Keeps the error that it comes from, for the log; it is answered to nobody. It must not quote collected values.
    pub(crate) fn caused_by(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Arc::new(cause));
        self
    }

    /// Why.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The problem document.
    pub fn problem(&self) -> Problem {
        let mut problem = self.reason.problem().problem(self.detail.as_deref().map(str::to_owned));
        problem.parts = self.parts.iter().map(ToString::to_string).collect();
        problem.generation = self.generation;
        problem
    }

    /// Says which device on record it is about; whether that makes a security event is in the table.
    pub(crate) fn about(mut self, device: Uuid, report: Option<(String, u64)>) -> Self {
        self.event = self.reason.event().map(|kind| Box::new(Event { kind, device, report }));
        self
    }

    /// The security event that goes with it.
    pub(crate) fn event(&self) -> Option<&Event> {
        self.event.as_deref()
    }

    /// Refuses a sender whose contract is too far from this collector's, and says which side has to be upgraded.
    pub(crate) fn too_far(distance: TooFarApart) -> Self {
        let detail = match distance {
            TooFarApart::TheyAreOlder { ours, theirs } => format!(
                "the agent speaks contract {theirs}, and this collector takes {} or newer; upgrade the agent",
                ours.oldest_peer()
            ),
            TooFarApart::TheyAreNewer { ours, theirs } => format!(
                "the agent speaks contract {theirs}, and this collector takes at most {}; upgrade the collector",
                ours.newest_peer()
            ),
        };
        Self { detail: Some(Cow::Owned(detail)), ..Self::from(Reason::Contract) }
    }

    /// Refuses documents that the device would not understand.
    pub(crate) fn needs_contract(needed: Contract, has: Contract) -> Self {
        let detail = format!(
            "the documents of the group need contract {needed}, and the agent speaks {has}; upgrade the agent"
        );
        Self { detail: Some(Cow::Owned(detail)), ..Self::from(Reason::NotUnderstood) }
    }

    /// Refuses a request whose HTTP signature is not good. The error's words are fixed and carry nothing of it.
    pub(crate) fn from_signature(error: &collector_proto::http_signature::SignatureError) -> Self {
        Self { detail: Some(Cow::Owned(error.to_string())), ..Self::from(Reason::BadSignature) }
    }
}

impl From<Reason> for RequestRefusal {
    fn from(reason: Reason) -> Self {
        Self { reason, detail: None, parts: BTreeSet::new(), generation: None, event: None, cause: None }
    }
}

impl fmt::Display for RequestRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.detail.as_deref().unwrap_or(self.reason.problem().title()))
    }
}

impl Error for RequestRefusal {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_status_and_an_exit_code_that_says_failure() {
        for reason in Reason::ALL {
            assert!((400..600).contains(&reason.problem().status()), "{reason:?}");
            assert_ne!(reason.exit_code(), 0, "{reason:?}");
        }
        for kind in ProblemKind::ALL {
            assert!(Reason::ALL.iter().any(|reason| reason.problem() == *kind), "{kind:?} is never answered");
        }
    }

    #[test]
    fn the_cause_is_kept_and_answered_to_nobody() {
        let refusal = RequestRefusal::new(Reason::Malformed, "words").caused_by(std::io::Error::other("why"));
        assert_eq!(refusal.source().map(ToString::to_string).as_deref(), Some("why"));
        assert_eq!(refusal.to_string(), "words");
        assert_eq!(refusal.problem().detail.as_deref(), Some("words"));
    }

    #[test]
    fn only_what_a_device_on_record_did_is_an_event() {
        let device = Uuid::from_bytes([7; 16]);
        assert_eq!(RequestRefusal::from(Reason::ForeignKey).event(), None, "nobody is named");
        assert_eq!(
            RequestRefusal::from(Reason::Resync).about(device, None).event(),
            None,
            "nothing to look at"
        );
        let refusal = RequestRefusal::from(Reason::ForeignKey).about(device, None);
        assert_eq!(refusal.event().map(|event| event.kind), Some(EventKind::ForeignKey));
    }
}
