//! Disclosure → report → signed report → entry. A draft's disclosure cannot come here, and a report cannot be recorded
//! in another place than the one that it was composed for: from its [`Position`] to its recording each stage holds the
//! ledger, so that nothing else is recorded in between.

use super::baseline::Baseline;
use super::parts::PartBytes;
use super::{Kept, LedgerError, LedgerWriter, Recorded};
use crate::identity::Enrolment;
use crate::reader_client::Disclosed;
use collector_proto::contract::Version1;
use collector_proto::difference;
use collector_proto::digest::Digest;
use collector_proto::disclosure::PartRows;
use collector_proto::envelope::SigningKey;
use collector_proto::messages::{DailyReading, Part, PartName, RefusedDocument, Report, Salt, SectionBody};
use collector_proto::policy::Signed;
use collector_proto::time::UtcTime;
use ring::rand::SecureRandom;
use std::collections::{BTreeMap, BTreeSet};

/// Place of the ledger's next report in its stream. Only the ledger makes one, and composing uses it up.
#[derive(Debug)]
pub struct Position<'w, 'lock> {
    pub(super) writer: &'w mut LedgerWriter<'lock>,
    /// 128 random bits in hex.
    pub(super) stream: String,
    /// From 1, without gaps.
    pub(super) seq: u64,
    /// Digest of the report before it.
    pub(super) prev: Option<Digest>,
}

/// A report that is written but not signed. Made from a signed policy's disclosure and nothing else.
#[derive(Debug)]
pub struct Composed<'w, 'lock> {
    writer: &'w mut LedgerWriter<'lock>,
    report: Report,
    parts: PartBytes,
}

/// A signed report that the ledger does not hold yet. It cannot be sent; recording it turns it into one that can.
#[derive(Debug)]
pub struct SignedReport<'w, 'lock> {
    writer: &'w mut LedgerWriter<'lock>,
    report: Kept<Report>,
    parts: PartBytes,
}

/// Writes a report of what was disclosed, as a difference from the baseline where there is one. What is sent at most once a day and was not
/// read stands as it did, if what stands is from the last reading of it; otherwise it is gone until the next.
pub fn compose<'w, 'lock>(
    disclosed: &Disclosed<Signed>,
    enrolment: &Enrolment,
    position: Position<'w, 'lock>,
    baseline: Option<&Baseline>,
    refused: Vec<RefusedDocument>,
    random: &dyn SecureRandom,
    now: UtcTime,
) -> Result<Composed<'w, 'lock>, LedgerError> {
    let disclosure = disclosed.disclosure();
    let parts = changed_parts(disclosure.parts(), baseline, random)?;
    let mut standing = baseline.map(|baseline| baseline.standing.clone()).unwrap_or_default();
    let unread = unread_since(disclosure.daily(), baseline);
    let stands_unread = |name: &PartName| {
        name.series.is_daily() && unread.is_some_and(|stood| stood.parts.contains_key(name))
    };
    let is_gone = |name: &&PartName| !disclosure.parts().contains_key(*name) && !stands_unread(name);
    let gone: BTreeSet<PartName> = standing.0.keys().filter(is_gone).copied().collect();
    let named: BTreeMap<PartName, Digest> =
        parts.iter().map(|(name, bytes)| (*name, Digest::of(bytes))).collect();
    standing.0.retain(|name, _| !gone.contains(name));
    standing.0.extend(&named);
    let report = Report {
        v: Version1,
        aud: enrolment.collector.id.clone(),
        device_id: enrolment.device_id,
        stream: position.stream,
        seq: position.seq,
        prev: position.prev,
        created: now.to_minute(),
        policy: disclosed.permit().versions().clone(),
        daily: disclosure.daily().filter(|daily| matches!(daily, DailyReading::Read(_)) || unread.is_some()),
        parts: named,
        gone,
        standing: standing.digest(),
        absent: disclosure.absent_by_name(),
        failed: disclosure.failed().clone(),
        refused,
    };
    Ok(Composed { writer: position.writer, report, parts })
}

/// What stands of a reading that was not made again since. A baseline of another one lacks what came of that reading.
fn unread_since(daily: Option<DailyReading>, baseline: Option<&Baseline>) -> Option<&Baseline> {
    match daily {
        Some(DailyReading::Kept(at)) => baseline.filter(|baseline| baseline.daily == Some(at)),
        Some(DailyReading::Read(_)) | None => None,
    }
}

/// The parts that are not as they stand, as their bytes. What changed in them is a difference from the rows that the collector
/// holds, with a new salt.
fn changed_parts(
    rows: &PartRows,
    baseline: Option<&Baseline>,
    random: &dyn SecureRandom,
) -> Result<PartBytes, LedgerError> {
    let mut parts = PartBytes::new();
    for (name, sections) in rows {
        let stood = baseline.and_then(|baseline| baseline.parts.get(name)).map(|part| &part.sections);
        let mut bodies = BTreeMap::new();
        for (section, rows) in sections {
            let mut salt = [0; Salt::BYTES];
            random.fill(&mut salt).map_err(LedgerError::Random)?;
            let base = stood.and_then(|sections| sections.get(section));
            let (body, _) = difference::between(*section, base, rows.clone(), Salt::of(salt));
            bodies.insert(*section, body);
        }
        let is_unchanged = stood.is_some_and(|stood| stood.keys().eq(bodies.keys()))
            && bodies.values().all(|body| matches!(body, SectionBody::Unchanged { .. }));
        if !is_unchanged {
            let part = Part { v: Version1, part: *name, sections: bodies };
            parts.insert(*name, serde_json::to_vec(&part).map_err(LedgerError::Json)?);
        }
    }
    Ok(parts)
}

impl<'w, 'lock> Composed<'w, 'lock> {
    /// Signs it.
    pub fn sign(self, key: &SigningKey) -> Result<SignedReport<'w, 'lock>, LedgerError> {
        Ok(SignedReport { writer: self.writer, report: Kept::seal(self.report, key)?, parts: self.parts })
    }
}

impl SignedReport<'_, '_> {
    /// Keeps head and parts where a collector can take them. When this returns, the report survives a power cut.
    pub fn record(self, key: &SigningKey, now: UtcTime) -> Result<Recorded, LedgerError> {
        self.writer.keep(self.report, &self.parts, key, now)
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
