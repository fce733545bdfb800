//! Holds the ledger to what the collector says it has: whether reports left this device that the ledger does not hold.

use super::{Fate, Ledger, LedgerError};
use collector_proto::digest::Digest;
use collector_proto::messages::{Head, MAX_HEAD_STREAMS, StreamHead};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The reports of a ledger, by stream.
#[derive(Debug, Default)]
pub(crate) struct Streams(BTreeMap<String, Stream>);

/// The reports of one stream.
#[derive(Debug, Default)]
struct Stream {
    /// Number and digest of those that are kept, and of the last of each record of dropped ones.
    reports: BTreeMap<u64, Digest>,
    /// Numbers of those that the collector receipted, each as a range where they were dropped together.
    receipted: Vec<RangeInclusive<u64>>,
}

/// What the collector has is not what this ledger holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OtherHistory {
    /// It has reports that the ledger does not hold.
    #[error(
        "the collector has {count} more: it has reports up to number {has} in stream {stream}, and this ledger {}",
        here(*holds)
    )]
    More {
        /// How many, all streams together.
        count: u64,
        /// The first such stream.
        stream: String,
        /// The highest number that the collector has in it.
        has: u64,
        /// The highest that the ledger holds; 0 where it does not hold the stream.
        holds: u64,
    },
    /// It has another report in the place of one.
    #[error(
        "the collector has another report {seq} in stream {stream} than this ledger: an older copy was put in its place and went \
         on, or another device has a copy of this one's key"
    )]
    Forked {
        /// The stream.
        stream: String,
        /// The number.
        seq: u64,
    },
}

fn here(last: u64) -> String {
    let known = match last {
        0 => "nothing of that stream".to_owned(),
        last => format!("up to {last}"),
    };
    format!(
        "holds {known}: its last entries were removed, an older copy was put in its place, or another device has a copy of this \
         one's key"
    )
}

impl Ledger {
    /// The reports of the ledger, by stream.
    pub(crate) fn streams(&self) -> Result<Streams, LedgerError> {
        let mut streams = Streams::default();
        for range in self.dropped() {
            let record = self.drop_record(range)?;
            let record = record.document();
            let stream = streams.0.entry(record.stream.clone()).or_default();
            stream.reports.insert(record.last_seq, record.last_report);
            if record.fate == Fate::Receipted {
                stream.receipted.push(record.first_seq..=record.last_seq);
            }
        }
        for (number, fate) in self.entries() {
            let recorded = self.load(number)?;
            let report = recorded.report().document();
            let stream = streams.0.entry(report.stream.clone()).or_default();
            stream.reports.insert(report.seq, recorded.report().digest());
            if fate == Fate::Receipted {
                stream.receipted.push(report.seq..=report.seq);
            }
        }
        Ok(streams)
    }
}

impl Streams {
    /// Whether the collector has nothing beyond this.
    pub(crate) fn hold(&self, head: &Head) -> Result<(), OtherHistory> {
        let last = |told: &StreamHead| self.0.get(&told.stream).map_or(0, Stream::last);
        let beyond = || head.streams.iter().filter(|told| told.seq > last(told));
        if let Some(first) = beyond().next() {
            let count = beyond().map(|told| told.seq - last(told)).sum();
            let (stream, has, holds) = (first.stream.clone(), first.seq, last(first));
            return Err(OtherHistory::More { count, stream, has, holds });
        }
        let other = head.streams.iter().find(|told| {
            let here = self.0.get(&told.stream).and_then(|stream| stream.reports.get(&told.seq));
            // Within a record of dropped ones the digests of all but the last are gone.
            here.is_some_and(|digest| *digest != told.report_sha256)
        });
        match other {
            Some(told) => Err(OtherHistory::Forked { stream: told.stream.clone(), seq: told.seq }),
            None => Ok(()),
        }
    }

    /// How many reports the collector receipted and has no more, as far as its head tells.
    pub(crate) fn lost_by(&self, head: &Head) -> u64 {
        let is_complete = head.streams.len() < MAX_HEAD_STREAMS;
        let lost = self.0.iter().map(|(name, stream)| {
            let told = head.streams.iter().find(|told| told.stream == *name);
            match told {
                Some(told) => stream.receipted_after(told.seq),
                None if is_complete => stream.receipted_after(0),
                None => 0,
            }
        });
        lost.sum()
    }
}

impl Stream {
    fn last(&self) -> u64 {
        self.reports.keys().next_back().copied().unwrap_or(0)
    }

    fn receipted_after(&self, seq: u64) -> u64 {
        let beyond = self
            .receipted
            .iter()
            .map(|range| (range.end() + 1).saturating_sub((seq + 1).max(*range.start())));
        beyond.sum()
    }
}

#[cfg(test)]
mod tests;
