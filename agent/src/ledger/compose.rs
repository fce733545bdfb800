//! Disclosure → report → signed report → entry. A draft's disclosure cannot come here, and a report cannot be recorded
//! in another place than the one that it was composed for: from its [`Position`] to its recording each stage holds the
//! ledger, so that nothing else is recorded in between.

use super::baseline::SectionRows;
use super::{Kept, LedgerError, LedgerWriter, Recorded};
use crate::identity::Enrolment;
use crate::reader_client::Disclosed;
use collector_proto::contract::Version1;
use collector_proto::difference;
use collector_proto::digest::Digest;
use collector_proto::envelope::SigningKey;
use collector_proto::messages::Report;
use collector_proto::policy::Signed;
use collector_proto::time::UtcTime;

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
}

/// A signed report that the ledger does not hold yet. It cannot be sent; recording it turns it into one that can.
#[derive(Debug)]
pub struct SignedReport<'w, 'lock> {
    writer: &'w mut LedgerWriter<'lock>,
    report: Kept<Report>,
}

/// Writes a report of what was disclosed, as a difference from the baseline where there is one.
pub fn compose<'w, 'lock>(
    disclosed: &Disclosed<Signed>,
    enrolment: &Enrolment,
    position: Position<'w, 'lock>,
    baseline: Option<&SectionRows>,
    now: UtcTime,
) -> Composed<'w, 'lock> {
    let disclosure = disclosed.disclosure();
    let report = Report {
        v: Version1,
        aud: enrolment.collector.id.clone(),
        device_id: enrolment.device_id,
        stream: position.stream,
        seq: position.seq,
        prev: position.prev,
        created: now.to_minute(),
        policy: disclosed.permit().versions().clone(),
        sections: difference::against(baseline, disclosure.sections()),
        absent: disclosure.absent_by_name(),
        failed: disclosure.failed().clone(),
    };
    Composed { writer: position.writer, report }
}

impl<'w, 'lock> Composed<'w, 'lock> {
    /// Signs it.
    pub fn sign(self, key: &SigningKey) -> Result<SignedReport<'w, 'lock>, LedgerError> {
        Ok(SignedReport { writer: self.writer, report: Kept::seal(self.report, key)? })
    }
}

impl SignedReport<'_, '_> {
    /// Keeps it where a collector can take it. When this returns, the report survives a power cut.
    pub fn record(self, key: &SigningKey, now: UtcTime) -> Result<Recorded, LedgerError> {
        self.writer.keep(self.report, key, now)
    }
}
