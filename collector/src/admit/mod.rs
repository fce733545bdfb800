//! From an authentic report to one that may be stored: it is for this collector, under a policy that was issued to the
//! device's group, and holds nothing that this policy does not permit.
//!
//! The device is not trusted with the policy: whatever a broken or taken-over agent sends, a field without a rule or a
//! value without its treatment's shape is refused here and never reaches the store.

mod permitted;
mod policies;
mod sections;

pub use permitted::check_rows;
pub use policies::{PolicyCache, issued};

use crate::refusal::{Event, Refusal};
use crate::store::{EventKind, NewReport};
use crate::verify::Authentic;
use collector_proto::limits::MAX_INTEGER;
use collector_proto::messages::{ProblemKind, Report};
use collector_proto::policy::Policy;
use rusqlite::Connection;

/// What a report is checked against.
pub struct Admission<'a> {
    /// Id of this collector.
    pub collector: &'a str,
    /// The policies that were issued.
    pub policies: &'a PolicyCache,
    /// A reading connection: issued policies and the rows that differences build on.
    pub connection: &'a Connection,
}

impl Admission<'_> {
    /// Checks everything that does not depend on the other reports of the stream; the replay table is the store's.
    pub fn admit(&self, authentic: &Authentic) -> Result<NewReport, Refusal> {
        let (report, key) = (authentic.report().document(), authentic.key());
        let event = |kind, refusal: Refusal| {
            let report = is_stream(&report.stream).then(|| (report.stream.clone(), report.seq));
            refusal.with_event(Event { kind, device: key.device_id, report })
        };
        if report.aud != self.collector {
            return Err(event(EventKind::WrongAudience, ProblemKind::WrongAudience.into()));
        }
        check_head(report).map_err(|refusal| event(EventKind::InvalidReport, refusal))?;
        let policy = self
            .policies
            .issued(self.connection, &key.group, report.policy)?
            .ok_or_else(|| event(EventKind::UnknownPolicy, ProblemKind::UnknownPolicy.into()))?;
        let resolved = permitted::check_report(report, &policy)
            .and_then(|()| sections::resolve(self.connection, report, &policy))
            .map_err(|refusal| match refusal.kind() {
                ProblemKind::OverCollection => event(EventKind::OverCollection, refusal),
                ProblemKind::Invalid => event(EventKind::InvalidReport, refusal),
                _ => refusal,
            })?;
        Ok(NewReport {
            device_id: key.device_id,
            group: key.group.clone(),
            stream: report.stream.clone(),
            seq: report.seq,
            digest: authentic.report().digest(),
            prev: report.prev,
            key_id: key.key.id().clone(),
            policy: report.policy,
            created: report.created,
            retention: retention(report, &policy),
            signature: authentic.signature().to_string(),
            payload: authentic.report().payload().to_vec(),
            sections: resolved.changes,
            missing: resolved.missing,
        })
    }
}

fn check_head(report: &Report) -> Result<(), Refusal> {
    let invalid = |detail| Err(Refusal::new(ProblemKind::Invalid, detail));
    if !is_stream(&report.stream) {
        return invalid("the stream is not 128 bits in lower-case hex");
    }
    if report.seq == 0 || report.seq > MAX_INTEGER.unsigned_abs() {
        return invalid("numbers start at 1 and stay below 2^53");
    }
    if (report.seq == 1) != report.prev.is_none() {
        return invalid("every report but a stream's first names the one before it");
    }
    if report.created != report.created.to_minute() {
        return invalid("report times are no finer than a minute");
    }
    Ok(())
}

fn is_stream(stream: &str) -> bool {
    stream.len() == 32 && stream.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// The longest retention of the purposes that the report's sections serve, in seconds. A report is one signed piece,
/// so it can only be deleted when the last of it may be.
fn retention(report: &Report, policy: &Policy) -> u64 {
    let purposes = &policy.document().purposes;
    let carried = policy.rules().filter(|rule| report.sections.contains_key(&rule.field.section()));
    let named = carried.flat_map(|rule| &rule.purposes).filter_map(|name| purposes.get(name));
    let longest = named.map(|purpose| purpose.retention.seconds()).max();
    // A report without sections says only which fields are absent; it is kept like the longest-kept of them.
    longest.or_else(|| purposes.values().map(|purpose| purpose.retention.seconds()).max()).unwrap_or(0)
}
