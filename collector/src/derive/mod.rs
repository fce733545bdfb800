//! What the collector computes from stored rows while it shows them: the `[[derived]]` entries of the catalogue.
//!
//! Nothing of it is stored, sent or digested, and no policy names it: a policy permits the fields that it is computed
//! from, and a value that the policy coarsened or hashed is not computed with.

mod distributions;
mod package;
pub mod purl;

pub use package::{Distribution, package_url};

use crate::documents::issued;
use crate::store::{HeldSection, Store, StoreError};
use collector_proto::catalog::{FieldId, Section};
use collector_proto::policy::{Policy, Treatment};
use collector_proto::value::{Row, Value};
use std::sync::Arc;

/// Name of the package URL in the catalogue.
pub const PACKAGE_URL: &str = "x.package.purl";

/// Computes the derived values of one device's rows.
pub struct Derivation {
    distribution: Option<Distribution>,
    packages: Option<Arc<Policy>>,
}

impl Derivation {
    /// Takes what the rows depend on: the operating system, and the policies under which the sections were checked. A
    /// policy that is not of this program's catalogue derives nothing.
    pub async fn of(
        store: &dyn Store,
        group: &str,
        sections: &[(Section, HeldSection)],
    ) -> Result<Self, StoreError> {
        let checked_under = async |section| -> Result<_, StoreError> {
            let Some((_, held)) = sections.iter().find(|(name, _)| *name == section) else { return Ok(None) };
            Ok(issued(store, group, &held.policy).await?.map(|issued| (held, issued.policy)))
        };
        let distribution = checked_under(Section::Os).await?.and_then(|(held, policy)| {
            held.rows.first().and_then(|row| Distribution::of(&Untreated { row, policy: &policy }))
        });
        let packages = checked_under(Section::Package).await?.map(|(_, policy)| policy);
        Ok(Self { distribution, packages })
    }

    /// Name and value of everything that is derived for a row.
    pub fn values(&self, section: Section, row: &Row) -> Vec<(&'static str, String)> {
        let Some(policy) = self.packages.as_deref().filter(|_| section == Section::Package) else {
            return Vec::new();
        };
        let url = package_url(&Untreated { row, policy }, self.distribution.as_ref());
        url.map(|url| (PACKAGE_URL, url.to_string())).into_iter().collect()
    }
}

/// A row without the values that its policy treats: a coarsened version is no version.
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
