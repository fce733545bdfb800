//! Where probes put what they find.

use super::reading::{Raw, RawRow, Reading};
use collector_proto::catalog::{FieldId, Section};
use collector_proto::messages::{Absence, FailedSources, SourceName};
use collector_proto::text::clean;
use std::collections::BTreeMap;

/// A reading in the making.
#[derive(Default)]
pub struct Found {
    sections: BTreeMap<Section, Vec<RawRow>>,
    absent: BTreeMap<FieldId, Absence>,
    failed: FailedSources,
}

impl Found {
    /// Sets a field of a single-row section, or notes why it has no value.
    pub(super) fn set(&mut self, field: FieldId, value: Result<Raw, Absence>) {
        match value {
            Ok(value) => {
                let rows = self.sections.entry(field.section()).or_default();
                if rows.is_empty() {
                    rows.push(RawRow::default());
                }
                if let Some(row) = rows.first_mut() {
                    row.push(field, value);
                }
            }
            Err(reason) => self.absent(field, reason),
        }
    }

    /// Makes a row of these values, and notes why the others are absent.
    pub(super) fn row(&mut self, values: impl Iterator<Item = (FieldId, Result<Raw, Absence>)>) -> RawRow {
        let mut row = RawRow::default();
        for (field, value) in values {
            match value {
                Ok(value) => row.push(field, value),
                Err(reason) => self.absent(field, reason),
            }
        }
        row
    }

    /// Adds rows to a table.
    pub(super) fn rows(&mut self, section: Section, rows: impl IntoIterator<Item = RawRow>) {
        self.sections.entry(section).or_default().extend(rows);
    }

    /// Notes why a field has no value. The first reason stands; a value in any row outweighs it.
    pub(super) fn absent(&mut self, field: FieldId, reason: Absence) {
        tracing::debug!(field = field.name(), reason = reason.name(), "no value");
        self.absent.entry(field).or_insert(reason);
    }

    /// Notes that a source failed while others of its section may have answered.
    pub(super) fn failed(&mut self, section: Section, source: SourceName, reason: Absence) {
        tracing::debug!(source = source.name(), reason = reason.name(), "source failed");
        self.failed.entry(section).or_default().insert(source, reason);
    }

    pub(super) fn into_reading(self) -> Reading {
        Reading::new((self.sections, self.absent, self.failed))
    }
}

#[cfg(test)]
impl Found {
    /// The rows of a section.
    pub(super) fn rows_of(&self, section: Section) -> &[RawRow] {
        self.sections.get(&section).map(Vec::as_slice).unwrap_or_default()
    }

    /// The fields that have a reason.
    pub(super) fn reasons(&self) -> Vec<FieldId> {
        self.absent.keys().copied().collect()
    }
}

/// Text as a value; text of which nothing remains is unavailable.
pub(super) fn text_value(text: &str) -> Result<Raw, Absence> {
    clean(text).map(Raw::Text).ok_or(Absence::Unavailable)
}
