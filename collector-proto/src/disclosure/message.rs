//! A disclosure on its way from the reader to candor.

use super::{Disclosure, NotPermitted, PartRows, merged};
use crate::catalog::{FieldId, FieldSet, Section, Shape};
use crate::limits::MAX_ROWS;
use crate::messages::{Absence, DailyReading, FailedSources};
use crate::policy::{BoundsOf, Permit, Standing, fits};
use crate::value::Row;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A disclosure on its way from the reader to candor. Becomes a [`Disclosure`] under a permit.
///
/// Parsing what the reader wrote is the only way to one: rows in memory do not become a disclosure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DisclosureMessage(TreatedRows);

impl DisclosureMessage {
    /// The disclosure that it is under this permit, if it is one: whoever takes a message checks it.
    pub fn under<S: Standing>(self, permit: &Permit<S>) -> Result<Disclosure<S>, NotPermitted> {
        Disclosure::check(permit, self)
    }

    pub(super) fn into_rows(self) -> TreatedRows {
        self.0
    }

    /// Rows by part and section.
    pub fn parts(&self) -> &PartRows {
        &self.0.parts
    }

    /// Rows by section, of all parts together.
    pub fn sections(&self) -> BTreeMap<Section, Vec<Row>> {
        self.0.sections()
    }

    /// Fields without a value and why.
    pub fn absent(&self) -> &BTreeMap<FieldId, Absence> {
        &self.0.absent
    }

    /// Sources that could not be read and why.
    pub fn failed(&self) -> &FailedSources {
        &self.0.failed
    }
}

/// Rows in the form in which a [`DisclosureMessage`] is written. Anybody can make them, so nothing turns them into a
/// message or a disclosure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreatedRows {
    /// Which reading what is sent at most once a day is from; none where it was read because somebody looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily: Option<DailyReading>,
    /// Treated rows by part and section.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub parts: PartRows,
    /// Fields without a value and why.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub absent: BTreeMap<FieldId, Absence>,
    /// Sources that could not be read and why.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "crate::json::unique_map"
    )]
    pub failed: FailedSources,
}

impl TreatedRows {
    /// Rows by section, of all parts together.
    pub fn sections(&self) -> BTreeMap<Section, Vec<Row>> {
        merged(&self.parts)
    }

    /// Checks the rows against the permit. Empty rows are left out, rows are sorted, and every field that the
    /// permit grants or withholds and that no row carries becomes absent. Where what is sent at most once a day was not read, nothing is said of
    /// its fields, or those that nobody consented to would stand out.
    pub fn within<S: Standing>(self, permit: &Permit<S>) -> Result<Self, NotPermitted> {
        let Self { daily, parts, mut absent, failed } = self;
        let was_read =
            |field| !(matches!(daily, Some(DailyReading::Kept(_))) && permit.series(field).is_daily());
        let mut checked = PartRows::new();
        let mut present = FieldSet::EMPTY;
        let mut counted: BTreeMap<Section, usize> = BTreeMap::new();
        for (part, sections) in parts {
            let mut rows_of_part = BTreeMap::new();
            for (section, mut rows) in sections {
                rows.retain(|row| !row.is_empty());
                let count = counted.entry(section).or_default();
                *count += rows.len();
                if *count > MAX_ROWS || (section.shape() == Shape::Single && rows.len() > 1) {
                    return Err(NotPermitted::Rows(section));
                }
                for (field, value) in rows.iter().flat_map(Row::iter) {
                    let grant = permit.grant(field).ok_or(NotPermitted::Field(field))?;
                    if field.section() != section {
                        return Err(NotPermitted::Section(field));
                    }
                    if !was_read(field) {
                        return Err(NotPermitted::NotDue(field));
                    }
                    if part.retention > grant.retention {
                        return Err(NotPermitted::Retention(field));
                    }
                    if part.series < permit.series(field) {
                        return Err(NotPermitted::Series(field));
                    }
                    if !fits(field.field(), grant.treatment, value, BoundsOf::Catalogue) {
                        return Err(NotPermitted::Value(field));
                    }
                    present.insert(field);
                }
                rows.sort_unstable();
                // What tells two rows apart may not be permitted; the same row twice says nothing more.
                rows.dedup();
                if !rows.is_empty() {
                    rows_of_part.insert(section, rows);
                }
            }
            if !rows_of_part.is_empty() {
                checked.insert(part, rows_of_part);
            }
        }
        if let Some(field) =
            absent.keys().find(|field| !permit.allows(**field) && !withholds(permit, **field))
        {
            return Err(NotPermitted::Field(*field));
        }
        if let Some(section) =
            failed.keys().find(|section| !permit.grants().any(|(field, _)| field.section() == **section))
        {
            return Err(NotPermitted::Failed(*section));
        }
        absent.retain(|field, _| was_read(*field) && !present.contains(*field));
        for (field, _) in permit.grants() {
            if was_read(field) && !present.contains(field) {
                absent.entry(field).or_insert(Absence::Unavailable);
            }
        }
        for (field, reason) in permit.withheld().filter(|(field, _)| was_read(*field)) {
            absent.insert(field, reason.into());
        }
        Ok(Self { daily, parts: checked, absent, failed })
    }
}

fn withholds<S: Standing>(permit: &Permit<S>, field: FieldId) -> bool {
    permit.withheld().any(|(withheld, _)| withheld == field)
}
