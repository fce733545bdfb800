//! `cache/baseline.json`: the rows that the collector last confirmed, which the next report is a difference from. Losing it
//! costs one full report, so it is believed only where it matches the last confirmed entry.

use super::{Ledger, LedgerError, Recorded};
use crate::durable::{self, FileError};
use collector_proto::catalog::Section;
use collector_proto::contract::Version1;
use collector_proto::difference;
use collector_proto::limits::MAX_REPORT_BYTES;
use collector_proto::messages::{Report, SectionBody};
use collector_proto::value::{Row, section_digest};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Longest file in bytes: rows take no more here than in the report that carried them, plus the indentation that makes
/// them readable.
const MAX_BYTES: usize = 4 * MAX_REPORT_BYTES;

/// Rows by section.
pub(crate) type SectionRows = BTreeMap<Section, Vec<Row>>;

#[derive(Serialize, Deserialize)]
struct BaselineFile {
    v: Version1,
    stream: String,
    seq: u64,
    sections: SectionRows,
}

/// Which report the baseline names as the last that the collector confirmed.
///
/// The receipt is filed before the baseline moves on, so a ledger that does not hold this report lost it. The file is
/// not signed: whoever removes entries and this file as well is not found out by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Confirmed {
    pub(super) stream: String,
    pub(super) seq: u64,
}

/// Reads which report the baseline names; none where the file is missing or damaged. To be read before the ledger is
/// viewed, because an agent at work moves both on.
pub(crate) fn confirmed(path: &Path) -> Option<Confirmed> {
    let file = durable::read_json::<BaselineFile>(path, MAX_BYTES).ok().flatten()?;
    Some(Confirmed { stream: file.stream, seq: file.seq })
}

/// The rows of the last confirmed report; none where the file is missing, damaged or about another report.
pub(crate) fn load(path: &Path, ledger: &Ledger) -> Result<Option<SectionRows>, LedgerError> {
    let Some(number) = ledger.last_receipted() else { return Ok(None) };
    let mut file = match durable::read_json::<BaselineFile>(path, MAX_BYTES) {
        Ok(Some(file)) => file,
        Ok(None) => return Ok(None),
        Err(error) => {
            tracing::warn!(%error, "the rows of the last report are not used; the next report is full");
            return Ok(None);
        }
    };
    let recorded = ledger.load(number)?;
    let report = recorded.report().document();
    let matches = file.stream == report.stream
        && file.seq == report.seq
        && file.sections.len() == report.sections.len()
        && report.sections.iter().all(|(section, body)| {
            file.sections.get_mut(section).is_some_and(|rows| section_digest(rows) == body.digest())
        });
    Ok(matches.then_some(file.sections))
}

/// Keeps the rows as they are after a report that was just confirmed. `before` is what the report was a difference
/// from. Where the rows cannot be told, the file goes and the next report is full.
pub(crate) fn advance(
    path: &Path,
    before: Option<&SectionRows>,
    confirmed: &Recorded,
) -> Result<Option<SectionRows>, FileError> {
    let report = confirmed.report().document();
    let Some(sections) = rows_after(before, report) else {
        durable::remove(path)?;
        return Ok(None);
    };
    let file = BaselineFile { v: Version1, stream: report.stream.clone(), seq: report.seq, sections };
    let bytes = serde_json::to_vec(&file)
        .map_err(|error| FileError::Write { path: path.to_path_buf(), source: error.into() })?;
    durable::replace(path, "baseline", &bytes)?;
    Ok(Some(file.sections))
}

/// Forgets the rows: the next report is full.
pub(crate) fn forget(path: &Path) -> Result<(), FileError> {
    durable::remove(path)
}

fn rows_after(before: Option<&SectionRows>, report: &Report) -> Option<SectionRows> {
    let mut after = SectionRows::new();
    for (section, body) in &report.sections {
        let old = before.and_then(|rows| rows.get(section));
        let mut rows = match body {
            SectionBody::Full { rows, .. } => rows.clone(),
            SectionBody::Unchanged { .. } => old?.clone(),
            SectionBody::Difference { upsert, remove, .. } => {
                difference::apply(*section, old?.clone(), upsert.clone(), remove).ok()?
            }
        };
        if section_digest(&mut rows) != body.digest() {
            return None;
        }
        after.insert(*section, rows);
    }
    Some(after)
}
