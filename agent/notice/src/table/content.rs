//! What there is to show, from a disclosure or from a report.

use collector_proto::catalog::Section;
use collector_proto::disclosure::sent::OpenedReport;
use collector_proto::disclosure::{Disclosure, merged_sections};
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

/// The rows of the parts of a report that are there, by section: a row whose values live for different times is one row.
pub struct ReportRows<'a> {
    report: &'a Report,
    sections: BTreeMap<Section, RowsOfSection>,
}

#[derive(Default)]
struct RowsOfSection {
    rows: Vec<Row>,
    removed: Vec<String>,
    is_difference: bool,
}

impl<'a> From<&'a OpenedReport> for ReportRows<'a> {
    fn from(opened: &'a OpenedReport) -> Self {
        let mut sections: BTreeMap<Section, RowsOfSection> = BTreeMap::new();
        for (section, body) in opened.parts.values().flat_map(|part| &part.sections) {
            let of_section = sections.entry(*section).or_default();
            if let SectionBody::Difference { remove, .. } = body {
                of_section.is_difference = true;
                of_section.removed.extend(remove.iter().cloned());
            }
        }
        for (section, rows) in merged_sections(opened.parts.values()) {
            sections.entry(section).or_default().rows = rows;
        }
        // A row that was in several parts is gone from each of them.
        for of_section in sections.values_mut() {
            of_section.removed.sort_unstable();
            of_section.removed.dedup();
        }
        Self { report: &opened.report, sections }
    }
}

impl<'a> From<&'a ReportRows<'a>> for TableContent<'a> {
    fn from(of_report: &'a ReportRows<'a>) -> Self {
        let sections = of_report.sections.iter().map(|(section, of_section)| {
            let RowsOfSection { rows, removed, is_difference } = of_section;
            let shown = match (rows.as_slice(), removed.as_slice(), is_difference) {
                ([], [], _) => Body::Unchanged,
                (rows, removed, true) => Body::Difference(rows, removed),
                (rows, _, false) => Body::Full(rows),
            };
            (*section, shown)
        });
        let Report { absent, failed, .. } = of_report.report;
        Self { sections: sections.collect(), absent: absent.clone(), failed }
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
