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
use collector_proto::digest::Digest;
use collector_proto::policy::{Policy, Treatment};
use collector_proto::value::{Row, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Name of the package URL in the catalogue.
pub const PACKAGE_URL: &str = "x.package.purl";

/// The sections that something is computed from.
pub(crate) const COMPUTED_FROM: [Section; 2] = [Section::Os, Section::Package];

/// Computes the derived values of one device's rows.
pub(crate) struct Derivation {
    distribution: Option<Distribution>,
    packages: Option<Arc<Policy>>,
}

impl Derivation {
    /// Takes what the rows depend on: the operating system, and the policies by digest under which [`COMPUTED_FROM`] was
    /// checked. A section whose policy is not among them, because it is not of this program's catalogue, derives nothing.
    pub(crate) fn of(sections: &[(Section, HeldSection)], policies: &BTreeMap<Digest, Arc<Policy>>) -> Self {
        let checked_under = |section| {
            let (_, held) = sections.iter().find(|(name, _)| *name == section)?;
            Some((held, policies.get(&held.policy)?))
        };
        let distribution = checked_under(Section::Os)
            .and_then(|(held, policy)| Distribution::of(&Untreated { row: held.rows.first()?, policy }));
        let packages = checked_under(Section::Package).map(|(_, policy)| Arc::clone(policy));
        Self { distribution, packages }
    }

    /// Name and value of everything that is derived for a row.
    pub(crate) fn values(&self, section: Section, row: &Row) -> Vec<(&'static str, String)> {
        let Some(policy) = self.packages.as_deref().filter(|_| section == Section::Package) else {
            return Vec::new();
        };
        let url = package_url(&Untreated { row, policy }, self.distribution.as_ref());
        url.map(|url| (PACKAGE_URL, url.to_string())).into_iter().collect()
    }
}

/// A row without the values that its policy treats: a coarsened version is not a version.
pub struct Untreated<'a> {
    /// The row.
    pub row: &'a Row,
    /// The policy under which it was checked.
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
