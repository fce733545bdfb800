//! The notice as data: everything a person is told, in one language, with the names that scripts need.
//!
//! It is written as JSON in this very form. The fields of all sections together are the fields of the permit and of
//! the disclosure; [`build`] makes it so and refuses to build anything else.

mod build;
mod california;
mod can_show;
mod ceiling;
mod complete;
mod contacts;
mod enforcement;
mod kept;
mod last_day;
mod phrasing;
mod purposes;
mod retention;
mod rights;
mod summary;
mod transfers;
mod values;

pub use build::{Facts, NoticeError, Setting};
pub(crate) use can_show::CanShow;
pub use complete::{Incomplete, RequiredElement};
pub use kept::Confirmed;
pub(crate) use kept::KeptNotice;
pub use last_day::{Audience, Outcome, Record, Recorded};
pub(crate) use last_day::{LastDay, ReadingNotice};
pub(crate) use retention::RetentionNotice;
pub use transfers::NoSafeguard;

use crate::locale::Term;
use collector_proto::catalog::{FieldId, FieldSet, LegalBasis, RecipientRole, Right, Section};
use collector_proto::digest::Digest;
use collector_proto::disclosure::RefusalMessage;
use collector_proto::policy::{PolicyRef, Treatment};
use collector_proto::time::{Span, UtcTime};
use collector_proto::value::{Row, Value};
use serde::Serialize;
use std::fmt;

/// A notice. Only [`build`] makes one, and only a complete one.
#[derive(Serialize)]
pub struct Notice {
    /// Format version.
    pub(crate) v: u8,
    /// Always `notice`.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// The newest version that it tells of.
    #[serde(skip)]
    pub(crate) newest: Option<PolicyRef>,
    /// Code of the language that the words are in.
    pub(crate) language: &'static str,
    /// When it was made.
    pub(crate) made: UtcTime,
    /// Whether anything is collected, and if not, why.
    pub(crate) status: Status,
    /// The rules in numbers and dates; `None` when there are none in force.
    pub(crate) policy: Option<PolicyFacts>,
    /// The rules in a few words.
    pub(crate) summary: Summary,
    /// The device's own limit, which no policy gets above; nothing where none is set.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) ceiling: Vec<String>,
    /// Art. 13(1)(a) and (b) GDPR; `None` when nothing says who is responsible.
    pub(crate) responsible: Option<Responsible>,
    /// What a page that everybody can open says of itself; nothing in other notices.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) page: Vec<String>,
    /// Where that page lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) page_at: Option<String>,
    /// What was read here lately; `None` for a draft, and on a page that everybody can open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_day: Option<LastDay>,
    /// That there is more than is shown, where something is not for whoever looks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) left_out: Option<String>,
    /// What the values can show about somebody; `None` where there are no rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) can_show: Option<CanShow>,
    /// Every value, by section.
    pub(crate) sections: Vec<SectionNotice>,
    /// Art. 13(1)(c) and (d).
    pub(crate) purposes: Vec<PurposeNotice>,
    /// Art. 13(1)(e).
    pub(crate) recipients: Vec<RecipientNotice>,
    /// Art. 13(1)(f).
    pub(crate) transfers: Transfers,
    /// Art. 13(2)(a): how long, where, and what remains.
    pub(crate) retention: RetentionNotice,
    /// Art. 13(2)(b) and (c): only those that the legal bases give.
    pub(crate) rights: Vec<RightNotice>,
    /// Art. 13(2)(d).
    pub(crate) complaint: Option<Complaint>,
    /// Art. 13(2)(e).
    pub(crate) obligation: Vec<String>,
    /// Art. 13(2)(f).
    pub(crate) automated_decisions: Vec<String>,
    /// Art. 13(3).
    pub(crate) changes: Vec<String>,
    /// What keyed hashes of the organisation's key allow; `None` where there are none.
    pub(crate) tenant_key: Option<String>,
    /// What the connection shows by itself.
    pub(crate) connection: Vec<String>,
    /// What the operating system refuses the program that reads.
    pub(crate) enforcement: Vec<String>,
    /// Fields that the policy names and this program does not collect, because it does not understand their rules.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) unsupported: Vec<UnsupportedField>,
    /// What the program has no code for.
    pub(crate) never: Vec<Term>,
    /// Cal. Civ. Code §1798.100(a).
    pub(crate) california: California,
}

/// A field that this program does not collect, because it does not understand the policy's rule.
#[derive(Serialize)]
pub(crate) struct UnsupportedField {
    /// Its name in the policy.
    pub(crate) name: String,
    /// What it is, where the catalogue has a field of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
}

/// Whether anything is collected.
#[derive(Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum Status {
    /// A signed policy is in force.
    InForce {
        /// In words.
        text: String,
    },
    /// A signed policy is accepted, and asks for an acknowledgement that nobody has given: nothing is collected yet.
    AwaitingAcknowledgement {
        /// In words, with what to do.
        text: String,
        /// Why nothing is collected, in words.
        reason: String,
    },
    /// The notice is of an author's draft.
    Draft {
        /// In words.
        text: String,
    },
    /// It could not be found out whether anything is collected.
    NotKnown {
        /// In words, with what to do.
        text: String,
        /// What went wrong, for whoever has to mend it.
        details: String,
    },
    /// Nothing is collected.
    NothingCollected {
        /// In words.
        text: String,
        /// Stable word for the reason.
        code: String,
        /// The reason in words.
        reason: String,
        /// What the reader said, for whoever has to mend it.
        details: String,
    },
}

/// The policy in numbers and dates.
#[derive(Serialize)]
pub(crate) struct PolicyFacts {
    pub(crate) version: u64,
    pub(crate) group: String,
    /// Digest of the signed document; `None` for a draft.
    pub(crate) sha256: Option<Digest>,
    pub(crate) issued: UtcTime,
    pub(crate) effective_from: UtcTime,
    pub(crate) expires: UtcTime,
    /// Until when it counts as confirmed; `None` for a draft.
    pub(crate) fresh_until: Option<UtcTime>,
}

/// What stands first.
#[derive(Serialize)]
pub(crate) struct Summary {
    /// How many kinds of values go to whom.
    pub(crate) sentence: String,
    /// Kinds of values that are sent.
    pub(crate) sent: usize,
    /// Kinds of values that the rules name and that are not sent.
    pub(crate) missing: usize,
    /// Kinds of values that are not shown to whoever looks, whether they are sent or not.
    pub(crate) left_out: usize,
    /// Names of the recipients.
    pub(crate) recipients: Vec<String>,
    /// How often, in words.
    pub(crate) interval: Option<String>,
    /// The longest retention, in words.
    pub(crate) retention: Option<String>,
    /// How many can be refused, in words.
    pub(crate) refusable: Option<String>,
}

/// The controller, its representative and its data protection officer.
#[derive(Serialize)]
pub(crate) struct Responsible {
    pub(crate) name: String,
    /// The country, in words.
    pub(crate) country: String,
    pub(crate) contact: String,
    pub(crate) representative: Option<String>,
    /// Address of the officer, or that there is none.
    pub(crate) data_protection_officer: String,
}

/// One section of the report.
#[derive(Serialize)]
pub(crate) struct SectionNotice {
    pub(crate) id: Section,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) fields: Vec<FieldNotice>,
    /// That rows of the section are not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) left_out: Option<String>,
    /// Sources of the section that could not be read, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) failed: Vec<String>,
    /// The rows of a table as they are sent; empty for sections of a single row, whose values stand with the fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) rows: Vec<Row>,
}

/// One kind of value.
#[derive(Serialize)]
pub(crate) struct FieldNotice {
    pub(crate) id: FieldId,
    pub(crate) title: String,
    pub(crate) description: String,
    /// The value as sent, or why there is none.
    pub(crate) sent: SentContent,
    pub(crate) treatment: TreatmentNotice,
    /// One for each purpose that the field is collected for.
    pub(crate) uses: Vec<Use>,
    /// Until when.
    pub(crate) kept: KeptNotice,
    pub(crate) sensitivity: Term,
    pub(crate) necessity: Term,
    /// Which rows are kept or left out.
    pub(crate) filters: Vec<String>,
    /// Categories of Cal. Civ. Code §1798.140(v)(1).
    pub(crate) california: Vec<String>,
}

/// The value as sent, or why there is none.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SentContent {
    /// The one value of a section that has a single row.
    Value(Value),
    /// How many values the rows of the section's table hold.
    InRows(usize),
    /// Why no value is sent.
    Absent(Term),
    /// That it is not shown whether a value is sent.
    LeftOut(Term),
}

/// A treatment in words and as it stands in the policy.
#[derive(Serialize)]
pub(crate) struct TreatmentNotice {
    pub(crate) rule: Treatment,
    pub(crate) title: String,
    pub(crate) description: String,
}

/// What a field is collected for: one purpose with what follows from it.
#[derive(Serialize)]
pub(crate) struct Use {
    /// Short name in the policy.
    pub(crate) purpose: String,
    pub(crate) title: String,
    pub(crate) legal_basis: LegalBasis,
    pub(crate) legal_basis_title: String,
    pub(crate) article: &'static str,
    pub(crate) recipients: Vec<String>,
}

/// One purpose.
#[derive(Serialize)]
pub(crate) struct PurposeNotice {
    /// Short name in the policy.
    pub(crate) id: String,
    /// The DPV term in words.
    pub(crate) dpv: Term,
    /// The policy's own text.
    pub(crate) text: String,
    /// Language of that text: English where the policy has none in the notice's language.
    pub(crate) text_language: String,
    pub(crate) legal_basis: LegalBasis,
    pub(crate) basis: Term,
    pub(crate) article: &'static str,
    /// Which interest is pursued, where the basis is one, and that it was weighed.
    pub(crate) legitimate_interest: Option<String>,
    /// That refusing has no disadvantage, where the basis is consent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) free_to_refuse: Option<String>,
    pub(crate) retention: Span,
    pub(crate) retention_text: String,
    pub(crate) recipients: Vec<String>,
    /// The fields collected for it.
    pub(crate) fields: Vec<FieldTitle>,
}

/// A field by its title.
#[derive(Clone, Serialize)]
pub(crate) struct FieldTitle {
    pub(crate) id: FieldId,
    pub(crate) title: String,
}

/// Someone who receives values.
#[derive(Serialize)]
pub(crate) struct RecipientNotice {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) role: RecipientRole,
    pub(crate) country: String,
    pub(crate) stored_in: String,
    /// Name and country in words.
    pub(crate) text: String,
    /// What it is to the organisation, and where it stores what it receives.
    pub(crate) role_text: String,
    pub(crate) fields: Vec<FieldTitle>,
}

impl RecipientNotice {
    pub(crate) fn countries(&self) -> [&str; 2] {
        [&self.country, &self.stored_in]
    }
}

/// Transfers to third countries.
#[derive(Serialize)]
pub(crate) struct Transfers {
    /// One sentence per transfer, or that there is none.
    pub(crate) text: Vec<String>,
    pub(crate) declared: Vec<TransferNotice>,
}

/// One declared transfer.
#[derive(Serialize)]
pub(crate) struct TransferNotice {
    pub(crate) country: String,
    pub(crate) mechanism: String,
    pub(crate) review: UtcTime,
}

/// One right.
#[derive(Serialize)]
pub(crate) struct RightNotice {
    pub(crate) right: Right,
    pub(crate) article: &'static str,
    pub(crate) title: String,
    pub(crate) description: String,
    /// The purposes for which it exists, where it does not exist for all.
    pub(crate) only_for: Option<String>,
}

/// Where to complain.
#[derive(Serialize)]
pub(crate) struct Complaint {
    pub(crate) text: String,
    pub(crate) authority: String,
    pub(crate) url: String,
}

/// The notice at collection of the CCPA.
#[derive(Serialize)]
pub(crate) struct California {
    pub(crate) sold: bool,
    pub(crate) shared: bool,
    pub(crate) text: String,
    pub(crate) categories: Vec<CategoryNotice>,
}

/// One category of Cal. Civ. Code §1798.140(v)(1).
#[derive(Serialize)]
pub(crate) struct CategoryNotice {
    /// Its letter, title and description.
    pub(crate) category: Term,
    pub(crate) fields: Vec<FieldTitle>,
    pub(crate) purposes: Vec<String>,
    /// The longest retention of these fields.
    pub(crate) retention: String,
}

impl Notice {
    /// Every field that the notice names.
    pub fn fields(&self) -> FieldSet {
        self.sections.iter().flat_map(|section| &section.fields).map(|field| field.id).collect()
    }

    /// The rights that the notice offers.
    pub fn rights(&self) -> impl Iterator<Item = Right> + '_ {
        self.rights.iter().map(|right| right.right)
    }

    /// Whether the notice is of a signed policy that the device accepts: only then there is something to acknowledge.
    pub fn can_be_acknowledged(&self) -> bool {
        matches!(self.status, Status::InForce { .. } | Status::AwaitingAcknowledgement { .. })
    }

    /// The newest version that it tells of, in force or coming: whoever was shown it was shown all of them.
    pub fn newest(&self) -> Option<PolicyRef> {
        self.newest
    }

    /// Why nothing is collected, in the notice's language; `None` when something is.
    pub fn reason(&self) -> Option<RefusalMessage> {
        match &self.status {
            Status::NothingCollected { code, reason, .. } => {
                Some(RefusalMessage { code: code.clone(), message: reason.clone(), not_before: None })
            }
            Status::InForce { .. }
            | Status::AwaitingAcknowledgement { .. }
            | Status::Draft { .. }
            | Status::NotKnown { .. } => None,
        }
    }

    /// Whether it tells of a policy.
    pub(crate) fn tells_of_a_policy(&self) -> bool {
        !matches!(self.status, Status::NothingCollected { .. } | Status::NotKnown { .. })
    }

    /// Whether it tells how long values are kept. Where nothing is collected, what was sent before can still be held.
    pub(crate) fn tells_of_retention(&self) -> bool {
        self.tells_of_a_policy() || self.retention.already_sent.is_some()
    }

    /// The language's code.
    pub fn language(&self) -> &'static str {
        self.language
    }
}

impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Notice({:?}, <hidden>)", self.fields())
    }
}

impl FieldNotice {
    /// Whether a value is sent.
    pub(crate) fn is_sent(&self) -> bool {
        matches!(self.sent, SentContent::Value(_) | SentContent::InRows(_))
    }
}
