//! From an authentic report to one that may be stored: it is for this collector, under a policy that was issued to the
//! device's group, and holds nothing that this policy does not permit.
//!
//! The device is not trusted with the policy: whatever a broken or taken-over agent sends, a field without a rule or a
//! value without its treatment's shape is refused here and never reaches the store, and so is a value in a part that lives longer
//! than the policy lets the value live.
//!
//! ```text
//! Authentic + policy ──screen──► Screened ──wanted──► what stands ──admit──► NewReport
//! ```
//!
//! Both steps are pure. What they need of the store is fetched before them, and storing looks again at the bases that
//! were judged.

mod bases;
mod permitted;
mod report;
mod sections;

pub use bases::{Base, Bases, Wanted, WantedBase};
pub use permitted::check_rows;
pub use report::{NewReport, ReportHead, ReportPart, SectionChange};

use crate::refusal::{Reason, RequestRefusal};
use crate::verify::{Authentic, AuthenticPart};
use collector_proto::digest::Digest;
use collector_proto::limits::{MAX_INTEGER, MAX_UNSENT_SECONDS};
use collector_proto::messages::{DailyReading, Report};
use collector_proto::policy::{Policy, Versions};
use collector_proto::time::UtcTime;
use std::sync::Arc;
use uuid::Uuid;

/// How far a device's clock may be off for its reports to be taken.
const DEVICE_CLOCK_SECONDS: i64 = 86_400;

/// How long ago a report that comes can have been made.
const OLDEST_REPORT_SECONDS: i64 = MAX_UNSENT_SECONDS.cast_signed() + DEVICE_CLOCK_SECONDS;

/// What versions that were published here for a group allow together. [`crate::policies`] alone makes one.
#[derive(Debug, Clone)]
pub struct IssuedPolicy {
    /// The group.
    pub(crate) group: String,
    /// The versions.
    pub(crate) versions: Versions,
    /// Their terms.
    pub(crate) policy: Arc<Policy>,
}

/// An authentic report whose head and own content are found good; the sections that build on stored rows are not
/// looked at yet.
#[derive(Debug)]
pub struct Screened {
    authentic: Authentic,
    policy: Arc<Policy>,
}

/// Checks everything that a report says by itself. `issued` is what the versions that it names allow, or why a report under them is
/// refused; `taken_at` is when it comes, or came.
pub fn screen(
    authentic: Authentic,
    collector: &str,
    issued: Result<IssuedPolicy, RequestRefusal>,
    taken_at: UtcTime,
) -> Result<Screened, RequestRefusal> {
    let (report, key) = (authentic.report().document(), authentic.key());
    let place = is_stream(&report.stream).then(|| (report.stream.clone(), report.seq));
    let check = || {
        if report.aud != collector {
            return Err(Reason::WrongAudience.into());
        }
        check_head(report)?;
        check_times(report, taken_at)?;
        let issued = issued?;
        if issued.group != key.group || issued.versions != report.policy {
            return Err(Reason::UnknownPolicy.into());
        }
        permitted::check_report(report, authentic.parts(), &issued.policy)?;
        Ok(issued.policy)
    };
    let device = key.device_id;
    match check() {
        Ok(policy) => Ok(Screened { authentic, policy }),
        Err(refusal) => Err(RequestRefusal::about(refusal, device, place)),
    }
}

impl Screened {
    /// The device.
    pub fn device_id(&self) -> Uuid {
        self.authentic.key().device_id
    }

    /// What has to be known of what stands.
    pub fn wanted(&self) -> Wanted {
        let report = self.authentic.report().document();
        Wanted {
            bases: bases::wanted(self.authentic.parts().iter().map(AuthenticPart::part)),
            named: report.parts.keys().chain(&report.gone).copied().collect(),
            under: digest_of(&report.policy),
        }
    }

    /// Works out every section from the bases and holds the outcome to the policy. That a base is missing is not
    /// refused here: a report that was receipted before gets its receipt again whatever stands in the sections by then.
    pub fn admit(self, bases: Bases) -> Result<NewReport, RequestRefusal> {
        let Self { authentic, policy } = self;
        let (report, key) = (authentic.report().document(), authentic.key());
        let judged_by = bases.standing;
        let resolved = sections::resolve(authentic.parts(), &policy, bases)
            .map_err(|refusal| refusal.about(key.device_id, Some((report.stream.clone(), report.seq))))?;
        let head = ReportHead {
            report: report.clone(),
            payload: authentic.report().payload().to_vec(),
            digest: authentic.report().digest(),
            group: key.group.clone(),
            key_id: key.key.id().clone(),
            checked_under: digest_of(&report.policy),
            records: policy.document().records.seconds(),
            signature: authentic.signature().to_string(),
        };
        Ok(NewReport::admitted(head, resolved.parts, resolved.missing, judged_by))
    }
}

/// Tells versions that were named together from others.
fn digest_of(versions: &Versions) -> Digest {
    // Numbers and digests alone: serialising them cannot fail.
    Digest::of(&serde_json::to_vec(versions).unwrap_or_default())
}

fn check_head(report: &Report) -> Result<(), RequestRefusal> {
    let invalid = |detail| Err(RequestRefusal::new(Reason::Invalid, detail));
    if !is_stream(&report.stream) {
        return invalid("the stream is not 128 bits in lower-case hex");
    }
    if report.seq == 0 || report.seq > MAX_INTEGER.unsigned_abs() {
        return invalid("numbers start at 1 and stay below 2^53");
    }
    if (report.seq == 1) != report.prev.is_none() {
        return invalid("every report but a stream's first names the one before it");
    }
    if report.daily.is_some_and(|daily| daily.at() != daily.at().to_minute()) {
        return invalid("readings are told no finer than a minute");
    }
    if report.created != report.created.to_minute() {
        return invalid("report times are no finer than a minute");
    }
    let is_a_day = |at: UtcTime| at == at.to_day();
    if !report.refused.iter().all(|refused| is_a_day(refused.first) && is_a_day(refused.last)) {
        return invalid("refused documents are told no finer than a day");
    }
    Ok(())
}

/// Whether every time that the device names can be: it keeps what it could not send for a month, and its clock is held to the documents that it
/// goes by. `taken_at` is when the report comes, or came.
pub(crate) fn names_possible_times(report: &Report, taken_at: UtcTime) -> bool {
    let is_ahead = |at: UtcTime| at.seconds_since(taken_at) > DEVICE_CLOCK_SECONDS;
    let is_of_the_past = |at: UtcTime| taken_at.seconds_since(at) > OLDEST_REPORT_SECONDS;
    let readings = report.daily.map(DailyReading::at);
    let mut named = readings.into_iter().chain([report.created]);
    let is_possible = named.all(|at| !is_ahead(at) && !is_of_the_past(at));
    // A device may have refused something years ago that it can tell of only now.
    is_possible
        && report.refused.iter().all(|refused| refused.first <= refused.last && !is_ahead(refused.last))
}

fn check_times(report: &Report, taken_at: UtcTime) -> Result<(), RequestRefusal> {
    if names_possible_times(report, taken_at) {
        return Ok(());
    }
    Err(RequestRefusal::new(
        Reason::Invalid,
        "a time that the report names cannot be: it is ahead, or older than a device keeps reports",
    ))
}

fn is_stream(stream: &str) -> bool {
    stream.len() == 32 && stream.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
