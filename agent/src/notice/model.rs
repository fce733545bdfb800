//! The notice as data: everything a person is told, in one language, with the names that scripts need.
//!
//! It is written as JSON in this very form. The fields of all sections together are the fields of the permit and of
//! the disclosure; [`super::build`] makes it so and refuses to build anything else.

use super::terms::Term;
use collector_proto::catalog::{FieldId, FieldSet, LegalBasis, Section};
use collector_proto::digest::Digest;
use collector_proto::time::{Span, UtcTime};
use collector_proto::value::{Row, Value};
use serde::Serialize;
use std::fmt;

/// A notice. Only [`super::build`] makes one, and only a complete one.
#[derive(Serialize)]
pub struct Notice {
    /// Format version.
    pub(super) v: u8,
    /// Always `notice`.
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    /// Code of the language that the words are in.
    pub(super) language: &'static str,
    /// When it was made.
    pub(super) made: UtcTime,
    /// Whether anything is collected, and if not, why.
    pub(super) status: Status,
    /// The rules in numbers and dates; `None` when there are none in force.
    pub(super) policy: Option<PolicyFacts>,
    /// The rules in a few words.
    pub(super) summary: Summary,
    /// Art. 13(1)(a) and (b) GDPR; `None` when nothing says who is responsible.
    pub(super) responsible: Option<Responsible>,
    /// Every value, by section.
    pub(super) sections: Vec<SectionNotice>,
    /// Art. 13(1)(c) and (d).
    pub(super) purposes: Vec<PurposeNotice>,
    /// Art. 13(1)(e).
    pub(super) recipients: Vec<RecipientNotice>,
    /// Art. 13(1)(f).
    pub(super) transfers: Transfers,
    /// Art. 13(2)(a): how long, purpose by purpose.
    pub(super) retention: Vec<String>,
    /// Art. 13(2)(b) and (c): only those that the legal bases give.
    pub(super) rights: Vec<RightNotice>,
    /// Art. 13(2)(d).
    pub(super) complaint: Option<Complaint>,
    /// Art. 13(2)(e).
    pub(super) obligation: Vec<String>,
    /// Art. 13(2)(f).
    pub(super) automated_decisions: String,
    /// Art. 13(3).
    pub(super) changes: Vec<String>,
    /// What keyed hashes of the organisation's key allow; `None` where there are none.
    pub(super) tenant_key: Option<String>,
    /// What the connection shows by itself.
    pub(super) connection: Vec<String>,
    /// What the operating system refuses the program that reads.
    pub(super) enforcement: Vec<String>,
    /// What the program has no code for.
    pub(super) never: Vec<Term>,
    /// Cal. Civ. Code §1798.100(a).
    pub(super) california: California,
}

/// Whether anything is collected.
#[derive(Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum Status {
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
pub(super) struct PolicyFacts {
    pub(super) version: u64,
    pub(super) group: String,
    /// Digest of the signed document; `None` for a draft.
    pub(super) sha256: Option<Digest>,
    pub(super) issued: UtcTime,
    pub(super) effective_from: UtcTime,
    pub(super) expires: UtcTime,
    /// Until when it counts as confirmed; `None` for a draft.
    pub(super) fresh_until: Option<UtcTime>,
}

/// What stands first.
#[derive(Serialize)]
pub(super) struct Summary {
    /// How many kinds of values go to whom.
    pub(super) sentence: String,
    /// Kinds of values that are sent.
    pub(super) sent: usize,
    /// Kinds of values that the rules name and that are not sent.
    pub(super) missing: usize,
    /// Names of the recipients.
    pub(super) recipients: Vec<String>,
    /// How often, in words.
    pub(super) interval: Option<String>,
    /// The longest retention, in words.
    pub(super) retention: Option<String>,
    /// How many can be refused, in words.
    pub(super) refusable: Option<String>,
}

/// The controller, its representative and its data protection officer.
#[derive(Serialize)]
pub(super) struct Responsible {
    pub(super) name: String,
    pub(super) contact: String,
    pub(super) representative: Option<String>,
    /// Address of the officer, or that there is none.
    pub(super) data_protection_officer: String,
}

/// One section of the report.
#[derive(Serialize)]
pub(super) struct SectionNotice {
    pub(super) id: Section,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) fields: Vec<FieldNotice>,
    /// Sources of the section that could not be read, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) failed: Vec<String>,
    /// The rows of a table as they are sent; empty for sections of a single row, whose values stand with the fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) rows: Vec<Row>,
}

/// One kind of value.
#[derive(Serialize)]
pub(super) struct FieldNotice {
    pub(super) id: FieldId,
    pub(super) title: String,
    pub(super) description: String,
    /// The value as sent, or why there is none.
    pub(super) sent: Sent,
    pub(super) treatment: TreatmentNotice,
    /// One for each purpose that the field is collected for.
    pub(super) uses: Vec<Use>,
    pub(super) sensitivity: Term,
    pub(super) necessity: Term,
    /// Which rows are kept or left out.
    pub(super) filters: Vec<String>,
    /// Categories of Cal. Civ. Code §1798.140(v)(1).
    pub(super) california: Vec<String>,
}

/// The value as sent, or why there is none.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Sent {
    /// The one value of a section that has a single row.
    Value(Value),
    /// How many values the rows of the section's table hold.
    InRows(usize),
    /// Why no value is sent.
    Absent(Term),
}

/// A treatment in words and as it stands in the policy.
#[derive(Serialize)]
pub(super) struct TreatmentNotice {
    pub(super) rule: collector_proto::policy::Treatment,
    pub(super) title: String,
    pub(super) description: String,
}

/// What a field is collected for: one purpose with what follows from it.
#[derive(Serialize)]
pub(super) struct Use {
    /// Short name in the policy.
    pub(super) purpose: String,
    pub(super) title: String,
    pub(super) legal_basis: LegalBasis,
    pub(super) legal_basis_title: String,
    pub(super) article: &'static str,
    pub(super) retention: Span,
    pub(super) retention_text: String,
    pub(super) recipients: Vec<String>,
}

/// One purpose.
#[derive(Serialize)]
pub(super) struct PurposeNotice {
    /// Short name in the policy.
    pub(super) id: String,
    /// The DPV term in words.
    pub(super) dpv: Term,
    /// The policy's own text.
    pub(super) text: String,
    /// Language of that text: English where the policy has none in the notice's language.
    pub(super) text_language: String,
    pub(super) legal_basis: LegalBasis,
    pub(super) basis: Term,
    pub(super) article: &'static str,
    /// Which interest is pursued, where the basis is one.
    pub(super) legitimate_interest: Option<String>,
    pub(super) retention: Span,
    pub(super) retention_text: String,
    pub(super) recipients: Vec<String>,
    /// The fields collected for it.
    pub(super) fields: Vec<FieldTitle>,
}

/// A field by its title.
#[derive(Clone, Serialize)]
pub(super) struct FieldTitle {
    pub(super) id: FieldId,
    pub(super) title: String,
}

/// Someone who receives values.
#[derive(Serialize)]
pub(super) struct RecipientNotice {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) country: String,
    /// Name and country in words.
    pub(super) text: String,
    pub(super) fields: Vec<FieldTitle>,
}

/// Transfers to third countries.
#[derive(Serialize)]
pub(super) struct Transfers {
    /// A sentence a transfer, or that there is none.
    pub(super) text: Vec<String>,
    pub(super) declared: Vec<TransferNotice>,
}

/// One declared transfer.
#[derive(Serialize)]
pub(super) struct TransferNotice {
    pub(super) country: String,
    pub(super) mechanism: String,
    pub(super) review: UtcTime,
}

/// One right.
#[derive(Serialize)]
pub(super) struct RightNotice {
    pub(super) right: Right,
    pub(super) article: &'static str,
    pub(super) title: String,
    pub(super) description: String,
    /// The purposes for which it exists, where it does not exist for all.
    pub(super) only_for: Option<String>,
}

/// Rights of Chapter III GDPR and Art. 7(3) that a notice may have to name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Art. 15.
    Access,
    /// Art. 16.
    Rectification,
    /// Art. 17.
    Erasure,
    /// Art. 18.
    Restriction,
    /// Art. 20.
    Portability,
    /// Art. 21.
    Objection,
    /// Art. 7(3).
    Withdrawal,
}

/// Where to complain.
#[derive(Serialize)]
pub(super) struct Complaint {
    pub(super) text: String,
    pub(super) authority: String,
    pub(super) url: String,
}

/// The notice at collection of the CCPA.
#[derive(Serialize)]
pub(super) struct California {
    pub(super) sold: bool,
    pub(super) shared: bool,
    pub(super) text: String,
    pub(super) categories: Vec<CategoryNotice>,
}

/// One category of Cal. Civ. Code §1798.140(v)(1).
#[derive(Serialize)]
pub(super) struct CategoryNotice {
    /// Its letter, title and description.
    pub(super) category: Term,
    pub(super) fields: Vec<FieldTitle>,
    pub(super) purposes: Vec<String>,
    /// The longest retention of these fields.
    pub(super) retention: String,
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

    /// Version and digest of the policy in force.
    pub fn policy(&self) -> Option<collector_proto::policy::PolicyRef> {
        let facts = self.policy.as_ref()?;
        Some(collector_proto::policy::PolicyRef { version: facts.version, sha256: facts.sha256? })
    }

    /// Why nothing is collected, in the notice's language; `None` when something is.
    pub fn reason(&self) -> Option<collector_proto::disclosure::RefusalMessage> {
        match &self.status {
            Status::NothingCollected { code, reason, .. } => {
                Some(collector_proto::disclosure::RefusalMessage {
                    code: code.clone(),
                    message: reason.clone(),
                })
            }
            Status::InForce { .. } | Status::AwaitingAcknowledgement { .. } | Status::Draft { .. } => None,
        }
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
    pub(super) fn is_sent(&self) -> bool {
        !matches!(self.sent, Sent::Absent(_))
    }
}

impl Right {
    /// The name in the locales.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Rectification => "rectification",
            Self::Erasure => "erasure",
            Self::Restriction => "restriction",
            Self::Portability => "portability",
            Self::Objection => "objection",
            Self::Withdrawal => "withdrawal",
        }
    }

    /// The article that gives it.
    pub const fn article(self) -> &'static str {
        match self {
            Self::Access => "Art. 15 GDPR",
            Self::Rectification => "Art. 16 GDPR",
            Self::Erasure => "Art. 17 GDPR",
            Self::Restriction => "Art. 18 GDPR",
            Self::Portability => "Art. 20 GDPR",
            Self::Objection => "Art. 21 GDPR",
            Self::Withdrawal => "Art. 7(3) GDPR",
        }
    }

    /// Whether the right exists for what is processed on the basis. Portability needs consent or a contract
    /// (Art. 20(1)(a)), objection a public task or a legitimate interest (Art. 21(1)), withdrawal consent.
    pub const fn exists_under(self, basis: LegalBasis) -> bool {
        match self {
            Self::Access | Self::Rectification | Self::Erasure | Self::Restriction => true,
            Self::Portability => matches!(basis, LegalBasis::Consent | LegalBasis::Contract),
            Self::Objection => matches!(basis, LegalBasis::PublicTask | LegalBasis::LegitimateInterest),
            Self::Withdrawal => matches!(basis, LegalBasis::Consent),
        }
    }

    /// Every right, in the order of the notice.
    pub const ALL: [Self; 7] = [
        Self::Access,
        Self::Rectification,
        Self::Erasure,
        Self::Restriction,
        Self::Objection,
        Self::Portability,
        Self::Withdrawal,
    ];
}
