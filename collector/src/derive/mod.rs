//! What the collector computes from stored rows while it shows them: the `[[derived]]` entries of the catalogue.
//!
//! Nothing of it is stored, sent or digested, and no policy names it: a policy permits the fields that it is computed
//! from, and a value that the policy coarsened or hashed is not computed with.

mod distributions;
mod package;
pub mod purl;

pub use package::{Distribution, package_url};

use crate::store::HeldSection;
use collector_proto::catalog::{FieldId, Section};
use collector_proto::policy::{Policy, Treatment};
use collector_proto::value::{Row, Value};
use std::sync::Arc;

/// Name of the package URL in the catalogue.
pub const PACKAGE_URL: &str = "x.package.purl";

/// Computes the derived values of one device's rows.
pub(crate) struct Derivation {
    distribution: Option<Distribution>,
    terms: Option<Arc<Policy>>,
}

impl Derivation {
    /// Takes what the rows depend on: the operating system, and the terms that the device's rows were last held to, of all
    /// versions of the policy that stood. Without these, because one is not of this program's catalogue, nothing is derived.
    pub(crate) fn of(sections: &[HeldSection], terms: Option<Arc<Policy>>) -> Self {
        let distribution = terms.as_ref().and_then(|terms| distribution(sections, terms));
        Self { distribution, terms }
    }

    /// Name and value of everything that is derived for a row.
    pub(crate) fn values(&self, held: &HeldSection, row: &Row) -> Vec<(&'static str, String)> {
        let terms = self.terms.as_ref().filter(|_| held.section == Section::Package);
        let Some(policy) = terms else { return Vec::new() };
        let url = package_url(&Untreated { row, policy }, self.distribution.as_ref());
        url.map(|url| (PACKAGE_URL, url.to_string())).into_iter().collect()
    }
}

/// The operating system's one row, put together again from the parts that its fields are kept in.
fn distribution(sections: &[HeldSection], policy: &Policy) -> Option<Distribution> {
    let mut whole = Row::new();
    for held in sections.iter().filter(|held| held.section == Section::Os) {
        for (field, value) in held.rows.rows.iter().flat_map(Row::iter) {
            whole.insert(field, value.clone());
        }
    }
    Distribution::of(&Untreated { row: &whole, policy })
}

/// A row without the values that its policy treats: a coarsened version is not a version.
pub struct Untreated<'a> {
    /// The row.
    pub row: &'a Row,
    /// The terms that it was held to.
    pub policy: &'a Policy,
}

impl<'a> Untreated<'a> {
    /// The field's text as the device read it.
    fn text(&self, field: FieldId) -> Option<&'a str> {
        let is_kept = self.policy.rule(field).is_some_and(|rule| rule.treat == Treatment::Keep);
        match self.row.value(field).filter(|_| is_kept)? {
            Value::Text(text) => Some(text),
            Value::Boolean(_) | Value::Integer(_) | Value::List(_) => None,
        }
    }
}
