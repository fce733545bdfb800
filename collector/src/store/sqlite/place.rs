//! Where a report stands among the stored ones of its stream.

use super::{records, signed, unsigned};
use crate::admit::ReportHead;
use crate::store::StoreError;
use rusqlite::{Connection, OptionalExtension as _, params};

pub(super) struct PlaceInStream {
    /// Digest of the report right before it, if that is stored.
    before: Option<String>,
    after: Successor,
    /// First missing number before it.
    pub(super) gap_from: Option<u64>,
    /// Whether a later one is stored: it fills a gap.
    pub(super) is_late: bool,
    /// Whether it, or one after it, was stored and is forgotten.
    pub(super) is_forgotten: bool,
}

/// The report right after it.
enum Successor {
    NotStored,
    /// Stored, and names this digest as the one before it.
    Names(Option<String>),
}

impl PlaceInStream {
    pub(super) fn find(connection: &Connection, report: &ReportHead) -> Result<Self, StoreError> {
        let (device, stream, seq) =
            (report.report.device_id.to_string(), &report.report.stream, signed(report.report.seq));
        let before = connection
            .prepare_cached(
                "SELECT sha256 FROM report WHERE device_id = ?1 AND stream = ?2 AND seq = ?3 - 1",
            )?
            .query_row(params![device, stream, seq], |row| row.get(0))
            .optional()?;
        let after = connection
            .prepare_cached("SELECT prev FROM report WHERE device_id = ?1 AND stream = ?2 AND seq = ?3 + 1")?
            .query_row(params![device, stream, seq], |row| row.get(0).map(Successor::Names))
            .optional()?
            .unwrap_or(Successor::NotStored);
        // Each is one look into the index, however many reports the stream has: one device must not make the writer slow for all.
        let last_before: Option<i64> = connection
            .prepare_cached("SELECT max(seq) FROM report WHERE device_id = ?1 AND stream = ?2 AND seq < ?3")?
            .query_row(params![device, stream, seq], |row| row.get(0))?;
        let is_late: bool = connection
            .prepare_cached(
                "SELECT coalesce(max(seq) > ?3, 0) FROM report WHERE device_id = ?1 AND stream = ?2",
            )?
            .query_row(params![device, stream, seq], |row| row.get(0))?;
        let forgotten = records::forgotten(connection, &device, stream)?;
        let first_missing = last_before.map_or(0, unsigned).max(forgotten) + 1;
        let gap_from = (first_missing < report.report.seq).then_some(first_missing);
        Ok(Self { before, after, gap_from, is_late, is_forgotten: report.report.seq <= forgotten })
    }

    /// Whether it follows the stored report before it, and the stored one after it follows it.
    pub(super) fn chain_fits(&self, report: &ReportHead) -> bool {
        let prev = report.report.prev.map(|digest| digest.to_string());
        let follows = self.before.as_ref().is_none_or(|digest| Some(digest) == prev.as_ref());
        let is_followed = match &self.after {
            Successor::NotStored => true,
            Successor::Names(digest) => *digest == Some(report.digest.to_string()),
        };
        follows && is_followed
    }
}
