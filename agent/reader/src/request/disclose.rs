//! `disclose`: verifies the documents, remembers what they prove, reads what they permit once that was acknowledged where the
//! policy asks for it, and as often as it asks for a report; what shows presence or place at most once a day.

use super::refused::Refused;
use super::{Handle, Reader};
use crate::caller::Caller;
use crate::treat::Treated;
use collector_proto::catalog::Platform;
use collector_proto::disclosure::request::Disclose;
use collector_proto::disclosure::{Ask as _, DisclosureAnswer};
use collector_proto::policy::Verdict;

impl Handle for Disclose {
    fn handle(self, reader: &Reader<'_>) -> Result<DisclosureAnswer<Treated>, Refused> {
        // Unenrolled devices are told so before anything is written.
        reader.pinned()?;
        if self.at_once && reader.caller != Caller::Equal {
            return Err(Refused::Rights);
        }
        let lock = reader.state.lock()?;
        let mut pinned = reader.pinned()?;
        // People are told by them, also where they permit nothing.
        reader.state.keep_documents(&self.documents, &mut pinned, reader.now, &lock)?;
        let accepted = reader.accept(Some(&self.documents), &mut pinned)?;
        // A walk to a newer root holds even where the policy is refused.
        reader.state.remember(&pinned, &self.documents, reader.now, &lock)?;
        let accepted = Verdict::of(accepted).in_force()?;
        if let Some(until) = reader.state.limits()?.quiet_until(reader.now) {
            return Err(Refused::QuietHours { until });
        }
        // What documents proved to have passed has passed, also where the clock stands a little behind it.
        let now = reader.now.max(pinned.trust().floor().max_time_seen);
        let every = accepted.terms().document().report_every;
        if let Some(next) = reader.state.next_reading(every, now, &lock)?
            && !self.at_once
        {
            return Err(Refused::NotDue { next });
        }
        reader.state.keep_clock(pinned.trust().floor().timestamp_issued, reader.clock(), &lock)?;
        let granted = reader.state.limits()?.daily(&accepted, Platform::current());
        let daily = reader.state.begin_reading_for_report(now, granted, &lock)?;
        drop(lock);
        reader.collect_accepted(&pinned, &accepted, Some(&self.documents), Self::OPERATION, daily)
    }
}
