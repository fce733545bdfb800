//! `cache/baseline.json`: the rows that the collector last confirmed, which the next report is a difference from. Losing it
//! costs one full report, so it is believed only where it matches the last confirmed entry.

use super::{Ledger, LedgerError, PartBytes, Recorded, part_of};
use crate::durable::{self, FileError};
use collector_proto::contract::Version1;
use collector_proto::difference::{self, Sections};
use collector_proto::digest::Digest;
use collector_proto::limits::MAX_REPORT_BYTES;
use collector_proto::messages::{DailyReading, PartName, Report, StandingParts};
use collector_proto::time::UtcTime;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Longest file in bytes: rows take no more here than in the report that carried them, plus the indentation that makes
/// them readable.
const MAX_BYTES: usize = 4 * MAX_REPORT_BYTES;

/// The parts as the collector last confirmed them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Baseline {
    /// Which reading the parts that are sent at most once a day are from.
    pub(crate) daily: Option<UtcTime>,
    /// Which parts there are.
    pub(crate) standing: StandingParts,
    /// The rows of those that the collector holds.
    pub(crate) parts: BTreeMap<PartName, StandingPart>,
}

/// The rows of a part as they stand.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StandingPart {
    /// When both sides delete them, if no report names or stands by them before.
    pub(crate) until: UtcTime,
    /// The rows and their salts.
    pub(crate) sections: Sections,
}

#[derive(Serialize, Deserialize)]
struct BaselineFile {
    v: Version1,
    stream: String,
    seq: u64,
    baseline: Baseline,
    /// Digest of the baseline as it is written: damage is found here, rather than by the collector.
    sha256: Digest,
}

fn digest(baseline: &Baseline) -> Result<Digest, serde_json::Error> {
    serde_json::to_vec(baseline).map(|bytes| Digest::of(&bytes))
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

/// The parts as the last confirmed report left them; none where the file is missing, damaged or about another report.
pub(crate) fn load(path: &Path, ledger: &Ledger) -> Result<Option<Baseline>, LedgerError> {
    let Some(number) = ledger.last_receipted() else { return Ok(None) };
    let file = match durable::read_json::<BaselineFile>(path, MAX_BYTES) {
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
        && file.baseline.standing.digest() == report.standing
        && digest(&file.baseline).is_ok_and(|digest| digest == file.sha256);
    Ok(matches.then_some(file.baseline))
}

/// Keeps the parts as they are after a report that was just confirmed. `before` is what the report was a difference from, `sent`
/// the parts that left with it. Where it cannot be told how they stand, the file goes and the next report is full; a part that
/// did not leave is full the next time.
pub(crate) fn advance(
    path: &Path,
    before: Option<&Baseline>,
    confirmed: &Recorded,
    sent: &PartBytes,
    received_at: UtcTime,
) -> Result<Option<Baseline>, FileError> {
    let report = confirmed.report().document();
    let Some(baseline) = parts_after(before.cloned().unwrap_or_default(), report, sent, received_at) else {
        durable::remove(path)?;
        return Ok(None);
    };
    write(path, report.stream.clone(), report.seq, baseline).map(Some)
}

fn write(path: &Path, stream: String, seq: u64, baseline: Baseline) -> Result<Baseline, FileError> {
    let unwritten =
        |error: serde_json::Error| FileError::Write { path: path.to_path_buf(), source: error.into() };
    let sha256 = digest(&baseline).map_err(unwritten)?;
    let file = BaselineFile { v: Version1, stream, seq, baseline, sha256 };
    let bytes = serde_json::to_vec(&file).map_err(unwritten)?;
    durable::replace(path, "baseline", &bytes)?;
    Ok(file.baseline)
}

/// Forgets the rows: the next report is full.
pub(crate) fn forget(path: &Path) -> Result<(), FileError> {
    durable::remove(path)
}

/// Forgets the rows of these parts, which are full the next time.
pub(crate) fn forget_parts(path: &Path, parts: &BTreeSet<PartName>) -> Result<(), FileError> {
    retain(path, |name, _| !parts.contains(name))
}

/// Forgets the rows whose date has come.
pub(crate) fn remove_expired(path: &Path, now: UtcTime) -> Result<(), FileError> {
    retain(path, |_, part| now < part.until)
}

fn retain(path: &Path, keep: impl Fn(&PartName, &StandingPart) -> bool) -> Result<(), FileError> {
    // A damaged file is not believed when it is loaded either.
    let Ok(Some(mut file)) = durable::read_json::<BaselineFile>(path, MAX_BYTES) else { return Ok(()) };
    let count = file.baseline.parts.len();
    file.baseline.parts.retain(|name, part| keep(name, part));
    if file.baseline.parts.len() == count {
        return Ok(());
    }
    write(path, file.stream, file.seq, file.baseline).map(drop)
}

fn parts_after(
    before: Baseline,
    report: &Report,
    sent: &PartBytes,
    received_at: UtcTime,
) -> Option<Baseline> {
    let standing = before.standing.after(report)?;
    let mut stood = before.parts;
    let mut parts = BTreeMap::new();
    for name in standing.0.keys() {
        let stood = stood.remove(name).map(|part| part.sections);
        let stands = if report.parts.contains_key(name) {
            let part = sent.get(name).and_then(|bytes| part_of(bytes));
            part.and_then(|part| difference::after(stood.unwrap_or_default(), &part).ok())
        } else {
            stood
        };
        if let Some(sections) = stands {
            let until = received_at.plus_seconds(name.retention.seconds());
            parts.insert(*name, StandingPart { until, sections });
        }
    }
    Some(Baseline { daily: report.daily.map(DailyReading::at), standing, parts })
}
