//! What the reader can be asked: one type for each request, which knows the type of its answer.
//!
//! ```text
//! {"op":"disclose","documents":{…},"contract":1}
//! ```

use super::sent::{SentEntry, SentList, SummarisedSent, VerifiedSent};
use super::{
    AcknowledgeAnswer, Answer, CeilingAnswer, Condition, CustodyAnswer, DeviceAnswer, Direction,
    DisclosureAnswer, DisclosureMessage, DocumentsAnswer, GivenAnswer, HistoryAnswer, LedgerAnswer,
    LedgerEnd, ReaderStatus, ReadingsAnswer, RootPinned, ShownAnswer, TenantKeyAnswer,
};
use crate::contract::{CONTRACT, Contract};
use crate::digest::Digest;
use crate::envelope::Envelope;
use crate::messages::RefusedDocument;
use crate::policy::trust::Documents;
use crate::policy::{Ceiling, PolicyDocument, PolicyRef};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A question that the reader answers with `Self::Answer`, or refuses.
///
/// ```text
/// Disclose ──Into<Request>──► Request ──pipe──► Answer ──Disclose::answer──► DisclosureAnswer
/// ```
pub trait Ask: Into<Request> {
    /// What the reader answers to this question, with its rows as `D`.
    type Answer<D>: Into<Answer<D>>;

    /// What is asked for.
    const OPERATION: Operation;

    /// Takes the answer to this question out of an answer; `None` when it is the answer to another question.
    fn answer(answer: Answer) -> Option<Self::Answer<DisclosureMessage>>;
}

/// Verifies an enrolment bundle, pins the root in it and takes what came with it. Refused when another root is pinned.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinRoot {
    /// The bundle, as it was signed off line.
    pub bundle: Envelope,
    /// Digest of the only root that may be in it, where whoever hands the bundle over knows that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<Digest>,
    /// The device's random id, read back as the field `device.id`.
    pub device_id: Uuid,
}

/// Takes the organisation's next key for keyed hashes out of a bundle, which the holders of the newest trusted root signed. Refused is one
/// that is not above the version that is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetTenantKey {
    /// The bundle, as it was signed off line.
    pub bundle: Envelope,
}

/// Verifies the documents, remembers what they prove, reads what they permit, answers a disclosure. Refused while the policy's
/// interval since the last one has not passed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclose {
    /// What the collector last gave.
    pub documents: Documents,
    /// It gave them just now: they are judged first, as by [`JudgeGiven`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub given: bool,
    /// A person asks by hand, whatever the interval. Whoever has the reader's own rights alone may say so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_once: bool,
}

/// Has the reader keep what the collector gave, where it is genuine and nothing older than what is kept: people are told by it.
/// For where no reading follows, as under a policy that has expired.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeepDocuments {
    /// What the collector last gave.
    pub documents: Documents,
}

/// Has the reader judge what the collector just gave: what is refused is put on record, and so is that it is well again. Nothing else of
/// it is kept. For where no reading follows that hands the same over ([`Disclose::given`]).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JudgeGiven {
    /// The documents; none where more came than anybody may give, of which the reader has the agent's word alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documents: Option<Documents>,
    /// What reports have told of that the collector has confirmed. The agent's word is enough: whoever has taken it over can keep
    /// everything from the collector anyway, and the record stays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<RefusedDocument>,
}

/// As [`Disclose`], and remembers nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preview {
    /// What the collector last gave; none for what the reader keeps, which is all that another account than the agent's gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documents: Option<Documents>,
}

/// As [`Preview`] by the documents that the reader keeps, for a page that everybody on this machine can open: what is about
/// persons, or not for every process to see, is left out.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviewForEverybody {}

/// Reads what an unsigned policy would permit.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadDraft {
    /// The policy as it would be signed.
    pub policy: PolicyDocument,
}

/// Verifies the documents and says what the reader remembers. Reads nothing of the machine.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShowStatus {
    /// What the collector last gave; none for what the reader keeps, which is all that another account than the agent's gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documents: Option<Documents>,
}

/// Shows whom the device trusts and who it is, and the documents that the reader keeps: all that somebody needs who verifies
/// what is told about them. Reads nothing of the machine.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShowDevice {}

/// Keeps a hand-over, replacing an earlier one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordCustody {
    /// Whether the device was taken or given back.
    pub direction: Direction,
    /// What the person wrote about its state.
    pub condition: Condition,
}

/// Shows the hand-over that is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShowCustody {}

/// Keeps that the notice of the newest version was shown and acknowledged. Refused where another one came meanwhile.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledge {
    /// What the collector last gave; none for what the reader keeps, which is all that another account than the agent's gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documents: Option<Documents>,
    /// The newest version that the notice told of.
    pub policy: PolicyRef,
    /// Language in which it was shown.
    pub language: String,
    /// Digest of the very bytes that were shown.
    pub notice: Digest,
}

/// Keeps that the reader's own side wrote the notice of this version, with what it changes and from when, where every account can
/// open it. What widens is counted from then on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordShown {
    /// The newest version that the notice tells of. Refused where another one came meanwhile.
    pub policy: PolicyRef,
}

/// Shows what happened to the policy of this device. It holds no value.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShowHistory {}

/// Keeps where the agent's ledger ends. Refused where that is not the ledger that was told of before, further on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordLedger {
    /// Its newest entries.
    pub end: LedgerEnd,
    /// What of [`DisclosureAnswer::to_tell`] the collector has confirmed a report with, by the agent's word, as in [`JudgeGiven`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<RefusedDocument>,
}

/// Lists what the agent's ledger holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListSent {}

/// Shows one report of the agent's ledger: to root as it was signed, to others without what can be about accounts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShowSent {
    /// Number of the entry.
    pub entry: u64,
}

/// Has the agent's ledger verified, and holds it to the newest entry that the reader knows of.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifySent {}

/// Says how many reports the agent's ledger holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SummariseSent {}

/// Shows what was read on this device. Holds no value.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShowReadings {}

/// Keeps a ceiling, replacing an earlier one, or that none is set any more.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetCeiling {
    /// The ceiling. Always written: a missing one would be read as none.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    pub ceiling: Ceiling,
}

/// Shows the ceiling that is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShowCeiling {}

/// One row for each request: its operation, its type, its word on the pipe, and its answer's type.
macro_rules! requests {
    ($($operation:ident = $word:literal => $answer:ident($answered:ty);)+) => {
        crate::catalog::vocabulary! {
            /// What can be asked for.
            Operation {
                $(#[doc = concat!("[`", stringify!($operation), "`].")] $operation = $word),+
            }
        }

        /// What the reader can be asked. One request per process.
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(tag = "op")]
        pub enum Request {
            $(#[doc = concat!("[`", stringify!($operation), "`](struct@", stringify!($operation), ").")]
            #[serde(rename = $word)]
            $operation($operation)),+
        }

        impl Request {
            /// What is asked for.
            pub const fn operation(&self) -> Operation {
                match self { $(Self::$operation(_) => Operation::$operation),+ }
            }
        }

        $(impl From<$operation> for Request {
            fn from(request: $operation) -> Self {
                Self::$operation(request)
            }
        }

        impl Ask for $operation {
            type Answer<D> = $answered;
            const OPERATION: Operation = Operation::$operation;

            fn answer(answer: Answer) -> Option<Self::Answer<DisclosureMessage>> {
                if let Answer::$answer(answer) = answer { Some(answer) } else { None }
            }
        })+
    };
}

requests! {
    PinRoot = "trust" => RootPinned(RootPinned);
    Disclose = "disclose" => Disclosure(DisclosureAnswer<D>);
    Preview = "preview" => Disclosure(DisclosureAnswer<D>);
    PreviewForEverybody = "preview_for_everybody" => Disclosure(DisclosureAnswer<D>);
    ReadDraft = "draft" => Disclosure(DisclosureAnswer<D>);
    ShowStatus = "status" => Status(ReaderStatus);
    RecordCustody = "record_custody" => Custody(CustodyAnswer);
    ShowCustody = "custody" => Custody(CustodyAnswer);
    ShowReadings = "readings" => Readings(ReadingsAnswer);
    RecordLedger = "ledger" => Ledger(LedgerAnswer);
    Acknowledge = "acknowledge" => Acknowledged(AcknowledgeAnswer);
    KeepDocuments = "documents" => Documents(DocumentsAnswer);
    JudgeGiven = "given" => Given(GivenAnswer);
    RecordShown = "shown" => Shown(ShownAnswer);
    ShowHistory = "history" => History(HistoryAnswer);
    ShowDevice = "device" => Device(DeviceAnswer);
    ListSent = "sent_list" => SentListed(SentList);
    ShowSent = "sent_show" => SentShown(SentEntry);
    VerifySent = "sent_verify" => SentVerified(VerifiedSent);
    SummariseSent = "sent_summary" => SentSummarised(SummarisedSent);
    SetCeiling = "set_ceiling" => Ceiling(CeilingAnswer);
    ShowCeiling = "ceiling" => Ceiling(CeilingAnswer);
    SetTenantKey = "set_tenant_key" => TenantKey(TenantKeyAnswer);
}

/// A request with the number of the contract that its asker keeps to. candor and its reader come in one package, so the reader
/// answers its own number alone; a process of the earlier package may still run while the two are replaced.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Question {
    /// What is asked.
    #[serde(flatten)]
    pub request: Request,
    /// The asker's contract.
    pub contract: Contract,
}

/// Why bytes are not a question. What was sent is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAQuestion {
    /// They are not the JSON of one.
    #[error("it is not a question at line {line}, column {column}")]
    Form {
        /// Line.
        line: usize,
        /// Column.
        column: usize,
    },
    /// A member, at whatever depth, means nothing to this program.
    #[error("it has a member that no question has")]
    Unknown,
}

impl Question {
    /// Reads a question. Asker and reader come in one package, so what the reader does not know nobody honest says: what is in the question and
    /// not in what was understood of it is refused, in the documents that it holds too.
    pub fn read(bytes: &[u8]) -> Result<Self, NotAQuestion> {
        let form =
            |error: serde_json::Error| NotAQuestion::Form { line: error.line(), column: error.column() };
        let question: Self = serde_json::from_slice(bytes).map_err(form)?;
        let said: serde_json::Value = serde_json::from_slice(bytes).map_err(form)?;
        let understood = serde_json::to_value(&question).map_err(form)?;
        if crate::json::says_no_more(&said, &understood) { Ok(question) } else { Err(NotAQuestion::Unknown) }
    }

    /// The question of a program of this build.
    pub fn of(request: impl Into<Request>) -> Self {
        Self { request: request.into(), contract: CONTRACT }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_on_the_pipe_is_the_operations_name() {
        let request = Request::from(ShowCustody {});
        assert_eq!(request.operation(), Operation::ShowCustody);
        assert_eq!(serde_json::to_string(&request).unwrap(), r#"{"op":"custody"}"#);
        let request = Request::from(ShowStatus { documents: Some(Documents::default()) });
        let written = serde_json::to_value(&request).unwrap();
        assert_eq!(written["op"], request.operation().name());
    }

    #[test]
    fn a_question_carries_its_contract_and_nothing_unknown() {
        let written = serde_json::to_string(&Question::of(ShowCustody {})).unwrap();
        assert_eq!(written, r#"{"op":"custody","contract":1}"#);
        for (text, contract) in [(r#"{"contract":2,"op":"custody"}"#, 2), (&written, CONTRACT.number())] {
            let question = Question::read(text.as_bytes()).unwrap();
            assert_eq!(question.contract.number(), contract);
            assert_eq!(question.request.operation(), Operation::ShowCustody);
        }
        for bad in [
            r#"{"op":"custody","more":1,"contract":1}"#,
            r#"{"op":"status","documents":{"roots":[]},"more":1,"contract":1}"#,
            r#"{"op":"status","documents":{"roots":[],"more":null},"contract":1}"#,
            r#"{"op":"preview","documents":{"roots":[{"payload":"","payloadType":"","signatures":[],"more":1}]},"contract":1}"#,
            r#"{"op":"read_everything","contract":1}"#,
            r#"{"op":"custody"}"#,
            r#"{"contract":1}"#,
            r#"{"op":"custody","contract":"1"}"#,
            r#"{"op":"custody","contract":0}"#,
        ] {
            assert!(Question::read(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_answer_to_another_question_is_none() {
        let custody = || Answer::from(CustodyAnswer { handover: None });
        assert!(ShowCustody::answer(custody()).is_some());
        assert!(ShowStatus::answer(custody()).is_none());
    }
}
