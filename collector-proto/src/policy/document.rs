//! The signed policy document, exactly as it is written in JSON. [`super::Policy`] is its checked form.

use super::WrittenRule;
use crate::catalog::{FieldId, LegalBasis, RecipientRole, SandboxLevel};
use crate::contract::Version1;
use crate::envelope::Document;
use crate::time::{Span, UtcTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The word `policy`, so that a policy says what it is to whoever opens the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum PolicyKind {
    /// `policy`
    #[default]
    #[serde(rename = "policy")]
    Policy,
}

/// A collection policy as it is signed. Members that this program does not know are ignored, except where `requires` names
/// one ([`crate::contract`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyDocument {
    /// Format version.
    pub v: Version1,
    /// Always `policy`.
    #[serde(rename = "type")]
    pub kind: PolicyKind,
    /// Group of devices that the policy is for.
    pub group: String,
    /// Rises by at least one with every change.
    pub version: u64,
    /// When the document was made.
    pub issued: UtcTime,
    /// From then on nothing is collected under it.
    pub expires: UtcTime,
    /// From then on the notice shows it.
    pub notice_from: UtcTime,
    /// Nothing is collected under it before then.
    pub effective_from: UtcTime,
    /// Longest age of the last timestamp under which a device still collects.
    pub max_stale: Span,
    /// How long a person sees what a new version widens before it takes effect.
    pub notice_period: Span,
    /// Whether the person must acknowledge the notice before anything is collected.
    pub require_acknowledgement: bool,
    /// The least that must keep the reader to the permit; below it a device collects nothing under this policy.
    #[serde(default, skip_serializing_if = "is_none_demanded")]
    pub require_sandbox: SandboxLevel,
    /// Time between two reports.
    pub report_every: Span,
    /// How long the collector keeps what is left when values are deleted: the heads of reports, their receipts, and the record
    /// of the device. At least the longest retention.
    pub records: Span,
    /// What people ask about, and only the organisation can say.
    pub declares: Declarations,
    /// Who decides what is collected and why.
    pub controller: Controller,
    /// Where the people are, ISO 3166 codes such as `DE` or `US-CA`.
    pub jurisdictions: Vec<String>,
    /// Who receives the data.
    pub recipients: Vec<Recipient>,
    /// Transfers to third countries.
    pub transfers: Vec<Transfer>,
    /// Why data is collected, by a short name.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub purposes: BTreeMap<String, Purpose>,
    /// What is collected: one rule per field. A field without a rule is not read.
    pub rules: Vec<WrittenRule>,
}

impl Document for PolicyDocument {
    const PAYLOAD_TYPE: &'static str = "application/vnd.candor.policy.v1+json";
}

/// `none` is what a policy that does not speak of it demands: one meaning has one writing.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_none_demanded(level: &SandboxLevel) -> bool {
    *level == SandboxLevel::None
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_not_said(said: &bool) -> bool {
    !said
}

/// What an organisation says of its use of what is collected. All of it has to be `false`: what cannot be denied is nothing that
/// Candor is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declarations {
    /// Whether it is sold.
    pub sold: bool,
    /// Whether it is shared for advertising.
    pub shared_for_advertising: bool,
    /// Whether anything about a person is decided by machines alone (Art. 22 GDPR).
    pub automated_decisions: bool,
}

/// The controller of Art. 4(7) GDPR and whom to turn to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Controller {
    /// Name of the organisation.
    pub name: String,
    /// Where it is, ISO 3166-1 alpha-2 code.
    pub country: String,
    /// Address for questions.
    pub contact: String,
    /// Representative in the Union, where Art. 27 GDPR wants one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub representative: Option<String>,
    /// Address of the data protection officer, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_protection_officer: Option<String>,
    /// Where to complain.
    pub supervisory_authority: Authority,
}

/// A supervisory authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// Its name.
    pub name: String,
    /// Its web address.
    pub url: String,
}

/// Someone who receives the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Short name, used in purposes.
    pub id: String,
    /// Name as the notice says it.
    pub name: String,
    /// What it is to the controller.
    pub role: RecipientRole,
    /// Id of the processor on whose behalf a sub-processor processes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// Where it is, ISO 3166-1 alpha-2 code.
    pub country: String,
    /// The country in which it stores what it receives, or its processors do for it.
    pub stored_in: String,
}

impl Recipient {
    /// Every country that values come to with it.
    pub fn countries(&self) -> [&str; 2] {
        [&self.country, &self.stored_in]
    }
}

/// A transfer to a third country and its safeguard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// ISO 3166-1 alpha-2 code.
    pub country: String,
    /// Safeguard, such as `adequacy` or `scc`.
    pub mechanism: String,
    /// When the safeguard is next examined.
    pub review: UtcTime,
}

/// Why data is collected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purpose {
    /// DPV purpose term without prefix, such as `EnforceSecurity`.
    pub dpv: String,
    /// Basis of Art. 6(1) GDPR.
    pub legal_basis: LegalBasis,
    /// How long the collector keeps what it stored for the purpose.
    pub retention: Span,
    /// That the interest was weighed against those of the people (Art. 6(1)(f) GDPR). A purpose that rests on one says so.
    #[serde(default, skip_serializing_if = "is_not_said")]
    pub interests_weighed: bool,
    /// That whoever refuses has no disadvantage (Art. 7(4) GDPR, recital 42). A purpose that rests on consent says so.
    #[serde(default, skip_serializing_if = "is_not_said")]
    pub free_to_refuse: bool,
    /// Ids of the recipients.
    pub recipients: Vec<String>,
    /// The purpose in plain words, by language code.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub text: BTreeMap<String, String>,
}

/// Patterns over a field's values as read. `*` stands for any run of characters, `?` for one; case counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Only rows that match one of these; empty means every row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Rows that match one of these are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
}

impl Filter {
    /// Which rows pass, in plain English, by the field that the patterns are about.
    pub fn words(&self, by: FieldId) -> String {
        let only = format!("only rows whose {by} matches {}", self.include.join(" or "));
        let not = format!("no rows whose {by} matches {}", self.exclude.join(" or "));
        match (self.include.is_empty(), self.exclude.is_empty()) {
            (false, false) => format!("{only}, and {not}"),
            (false, true) => only,
            (true, _) => not,
        }
    }
}
