//! What there is to show, from a disclosure or from a report.

use collector_proto::catalog::Section;
use collector_proto::disclosure::Disclosure;
use collector_proto::messages::{Absence, FailedSources, Report, SectionBody};
use collector_proto::policy::{FieldName, Standing};
use collector_proto::value::Row;
use serde::Serialize;
use std::collections::BTreeMap;

/// Rows by section, and the fields without a value. Borrowed from a disclosure or a report.
pub struct TableContent<'a> {
    /// Sections with what is shown of each, in the order of the source.
    pub sections: Vec<(Section, Body<'a>)>,
    /// Why a field has no value.
    pub absent: BTreeMap<FieldName, Absence>,
    /// Sources that could not be read, by section.
    pub failed: &'a FailedSources,
}

/// What is shown of one section.
#[derive(Clone, Copy)]
pub enum Body<'a> {
    /// Every row.
    Full(&'a [Row]),
    /// Rows that are new or changed, and the keys of those that are gone.
    Difference(&'a [Row], &'a [String]),
    /// Nothing changed since the report before.
    Unchanged,
}

impl<'a, S: Standing> From<&'a Disclosure<S>> for TableContent<'a> {
    fn from(disclosure: &'a Disclosure<S>) -> Self {
        let sections = disclosure.sections().iter().map(|(section, rows)| (*section, Body::Full(rows)));
        Self {
            sections: sections.collect(),
            absent: disclosure.absent_by_name(),
            failed: disclosure.failed(),
        }
    }
}

impl<'a> From<&'a Report> for TableContent<'a> {
    fn from(report: &'a Report) -> Self {
        let sections = report.sections.iter().map(|(section, body)| {
            let shown = match body {
                SectionBody::Full { rows, .. } => Body::Full(rows),
                SectionBody::Difference { upsert, remove, .. } => Body::Difference(upsert, remove),
                SectionBody::Unchanged { .. } => Body::Unchanged,
            };
            (*section, shown)
        });
        Self { sections: sections.collect(), absent: report.absent.clone(), failed: &report.failed }
    }
}

impl TableContent<'_> {
    /// The members of `head`, then the sections and absent fields of a disclosure exactly as the reader answered them,
    /// as JSON.
    ///
    /// A report is shown by its own signed JSON instead; of one, this gives the rows that travelled.
    pub fn to_json<H: Serialize>(&self, head: &H) -> String {
        #[derive(Serialize)]
        struct Written<'a, H> {
            #[serde(flatten)]
            head: &'a H,
            sections: BTreeMap<Section, &'a [Row]>,
            absent: &'a BTreeMap<FieldName, Absence>,
            #[serde(skip_serializing_if = "BTreeMap::is_empty")]
            failed: &'a FailedSources,
        }
        let sections = self.sections.iter().map(|(section, body)| (*section, body.rows())).collect();
        let written = serde_json::to_string_pretty(&Written {
            head,
            sections,
            absent: &self.absent,
            failed: self.failed,
        });
        // Maps with text keys, of texts, numbers and lists: serialising cannot fail.
        collector_proto::text::json(&written.unwrap_or_default()).into_owned()
    }
}

impl<'a> Body<'a> {
    /// The rows that are there to be shown.
    pub fn rows(self) -> &'a [Row] {
        match self {
            Self::Full(rows) | Self::Difference(rows, _) => rows,
            Self::Unchanged => &[],
        }
    }
}
