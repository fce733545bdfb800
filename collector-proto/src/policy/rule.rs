//! One field's rule: as it is written, and as this program understands it.
//!
//! A rule that a program does not understand withholds its field and leaves the rest of the policy as it is, so that a
//! policy can name a field that the older half of a fleet does not know.

use super::{FieldName, Filter, Necessity, Treatment};
use crate::catalog::{DERIVED, FieldId, NEVER};
use crate::contract::{KNOWN, Requires};
use crate::digest::Digest;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};

/// One field's rule as it is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenRule {
    /// The field.
    pub field: FieldName,
    /// What the field means, see [`meaning`].
    pub meaning: Digest,
    /// What happens to its values.
    pub treat: Word<Treatment>,
    /// Short names of the purposes.
    pub purposes: BTreeSet<String>,
    /// Whether the person may refuse the field without further reason.
    pub necessity: Word<Necessity>,
    /// Whether the rule covers rows about accounts too, where their section has such rows beside the machine's.
    #[serde(default, skip_serializing_if = "is_machines_alone")]
    pub accounts: bool,
    /// Rows whose values match are left out or kept, by field of the same section.
    #[serde(
        rename = "where",
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "crate::json::unique_map"
    )]
    pub filters: BTreeMap<FieldName, Filter>,
    /// Members of the rule that must be understood; who does not know one withholds the field.
    #[serde(default, skip_serializing_if = "Requires::is_empty")]
    pub requires: Requires,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_machines_alone(accounts: &bool) -> bool {
    !accounts
}

/// One field's rule as this program understands it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The field.
    pub field: FieldId,
    /// What happens to its values.
    pub treat: Treatment,
    /// Short names of the purposes.
    pub purposes: BTreeSet<String>,
    /// Whether the person may refuse the field without further reason.
    pub necessity: Necessity,
    /// Whether it covers rows about accounts too.
    pub accounts: bool,
    /// Rows whose values match are left out or kept, by field of the same section.
    pub filters: BTreeMap<FieldId, Filter>,
}

/// Why this program withholds a field that a rule names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// The catalogue has no such field.
    #[error("this program's catalogue has no such field")]
    Field,
    /// The catalogue has one of this name that means something else.
    #[error("this program's catalogue says something else about the field")]
    Meaning,
    /// The treatment is not known, or not for this field.
    #[error("this program does not know the treatment, or its catalogue does not allow it for the field")]
    Treatment,
    /// The necessity is not known.
    #[error("this program does not know the word")]
    Necessity,
    /// A filter reads a field that the catalogue does not have.
    #[error("a filter names a field that this program's catalogue does not have")]
    Filter,
    /// The rule requires something that is not known.
    #[error("the rule requires something that this program does not understand")]
    Requires,
}

impl Unsupported {
    /// The member of the rule that it lies in; empty when it is the rule as a whole.
    pub const fn member(self) -> &'static str {
        match self {
            Self::Field => "",
            Self::Meaning => ".meaning",
            Self::Treatment => ".treat",
            Self::Necessity => ".necessity",
            Self::Filter => ".where",
            Self::Requires => ".requires",
        }
    }
}

impl WrittenRule {
    /// The rule as this program understands it, or why it does not.
    pub fn understood(&self) -> Result<Rule, Unsupported> {
        let field = self.field.field().ok_or(Unsupported::Field)?;
        KNOWN.oldest_for(&self.requires).map_err(|_| Unsupported::Requires)?;
        if self.meaning != meaning(field) {
            return Err(Unsupported::Meaning);
        }
        let treat = *self.treat.known().ok_or(Unsupported::Treatment)?;
        if !field.field().allows(treat.kind()) {
            return Err(Unsupported::Treatment);
        }
        let necessity = *self.necessity.known().ok_or(Unsupported::Necessity)?;
        let filters = self.filters.iter().map(|(name, filter)| Some((name.field()?, filter.clone())));
        let filters = filters.collect::<Option<_>>().ok_or(Unsupported::Filter)?;
        Ok(Rule {
            field,
            treat,
            purposes: self.purposes.clone(),
            necessity,
            accounts: self.accounts,
            filters,
        })
    }

    /// Whether the rule names what no program collects, whatever its version.
    pub fn is_never_collected(&self) -> bool {
        let name = self.field.as_str();
        NEVER.iter().any(|never| never.name == name) || DERIVED.iter().any(|derived| derived.name == name)
    }
}

impl From<Rule> for WrittenRule {
    fn from(rule: Rule) -> Self {
        Self {
            field: rule.field.into(),
            meaning: meaning(rule.field),
            treat: rule.treat.into(),
            purposes: rule.purposes,
            necessity: rule.necessity.into(),
            accounts: rule.accounts,
            filters: rule.filters.into_iter().map(|(field, filter)| (field.into(), filter)).collect(),
            requires: Requires::default(),
        }
    }
}

/// A word of a list that may have grown since this program was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word<T> {
    /// One that this program knows.
    Known(T),
    /// Any other, as it was written.
    Newer(serde_json::Value),
}

impl<T> Word<T> {
    /// The word, if it is known.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(word) => Some(word),
            Self::Newer(_) => None,
        }
    }
}

impl<T> From<T> for Word<T> {
    fn from(word: T) -> Self {
        Self::Known(word)
    }
}

impl<T: Serialize> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(word) => word.serialize(serializer),
            Self::Newer(written) => written.serialize(serializer),
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = serde_json::Value::deserialize(deserializer)?;
        Ok(T::deserialize(&written).map_or_else(|_| Self::Newer(written.clone()), Self::Known))
    }
}

/// The digest of what a field means: name, section, type, number of values, sensitivity, legal bases, and what it shows,
/// if anything. A program whose catalogue says something else withholds the field (mix-and-match).
///
/// Not part of the meaning are the sources, so that a field can be read from one more place; the bounds on bytes and values, so
/// that raising one splits no fleet; and the allowed treatments and coarsenings, so that a field can get one more: which one is used stands
/// in the rule, and a program withholds the field where its own catalogue does not allow it.
pub fn meaning(field: FieldId) -> Digest {
    let field = field.field();
    let bases: Vec<_> = field.bounds.legal_bases.iter().map(|basis| basis.name()).collect();
    let shows = field.shows.map(|shows| format!("\t{shows}")).unwrap_or_default();
    let text = format!(
        "{}\t{}\t{}\t{}\t{}\t{}{shows}\n",
        field.name,
        field.section.name(),
        field.kind,
        field.many,
        field.sensitivity,
        bases.join(","),
    );
    Digest::of(text.as_bytes())
}
