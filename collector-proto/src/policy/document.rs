//! The signed policy document, exactly as it is written in JSON. [`super::Policy`] is its checked form.

use super::Treatment;
use crate::catalog::{FieldId, LegalBasis, Necessity, SandboxLevel};
use crate::digest::Digest;
use crate::envelope::Document;
use crate::time::{Span, UtcTime};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The number 1: the only version of these formats. Anything else does not parse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Version1;

impl TryFrom<u64> for Version1 {
    type Error = &'static str;

    fn try_from(version: u64) -> Result<Self, Self::Error> {
        if version == 1 { Ok(Self) } else { Err("this document format is newer than this program") }
    }
}

impl From<Version1> for u64 {
    fn from(_: Version1) -> Self {
        1
    }
}

/// The word `policy`, so that a policy says what it is to whoever opens the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum PolicyKind {
    /// `policy`
    #[default]
    #[serde(rename = "policy")]
    Policy,
}

/// A collection policy as it is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// Digest of the meaning of every field that the rules name, see [`catalogue_digest`].
    pub catalogue: Digest,
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
    /// What is collected: one rule a field. A field without a rule is not read.
    pub rules: Vec<Rule>,
}

impl Document for PolicyDocument {
    const PAYLOAD_TYPE: &'static str = "application/vnd.candor.policy.v1+json";
}

/// `none` is what a policy that does not speak of it demands: one meaning has one writing.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_none_demanded(level: &SandboxLevel) -> bool {
    *level == SandboxLevel::None
}

/// The controller of Art. 4(7) GDPR and whom to turn to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// Name of the organisation.
    pub name: String,
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
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Its name.
    pub name: String,
    /// Its web address.
    pub url: String,
}

/// Someone who receives the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// Short name, used in purposes.
    pub id: String,
    /// Name as the notice says it.
    pub name: String,
    /// ISO 3166-1 alpha-2 code.
    pub country: String,
}

/// A transfer to a third country and its safeguard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// DPV purpose term without prefix, such as `EnforceSecurity`.
    pub dpv: String,
    /// Basis of Art. 6(1) GDPR.
    pub legal_basis: LegalBasis,
    /// How long the collector keeps what it stored for the purpose.
    pub retention: Span,
    /// Ids of the recipients.
    pub recipients: Vec<String>,
    /// The purpose in plain words, by language code.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub text: BTreeMap<String, String>,
}

/// One field's rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The field.
    pub field: FieldId,
    /// What happens to its values.
    pub treat: Treatment,
    /// Short names of the purposes.
    pub purposes: BTreeSet<String>,
    /// Whether the person may refuse the field without further reason.
    pub necessity: Necessity,
    /// Rows whose values match are left out or kept, by field of the same section.
    #[serde(
        rename = "where",
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "crate::json::unique_map"
    )]
    pub filters: BTreeMap<FieldId, Filter>,
}

/// Patterns over a field's values as read. `*` stands for any run of characters, `?` for one; case counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Only rows that match one of these; empty means every row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Rows that match one of these are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
}

/// The digest of what the named fields mean: section, type, treatments, bounds and sensitivity, but not sources, so that an
/// agent that learns to read a field from one more place still accepts the policy, and one whose catalogue says
/// something else about a field does not (mix-and-match).
pub fn catalogue_digest(fields: impl IntoIterator<Item = FieldId>) -> Digest {
    use std::fmt::Write as _;
    let sorted: BTreeSet<FieldId> = fields.into_iter().collect();
    let mut text = String::new();
    for id in sorted {
        let field = id.field();
        let treatments: Vec<_> = field.treatments.iter().map(|t| t.name()).collect();
        let bases: Vec<_> = field.bounds.legal_bases.iter().map(|b| b.name()).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
            field.name,
            field.section.name(),
            field.kind,
            field.many,
            field.sensitivity,
            treatments.join(","),
            field.bounds.max_bytes,
            field.bounds.max_values,
            bases.join(","),
            field.bounds.min_step_milli,
        );
    }
    Digest::of(text.as_bytes())
}
