//! `disclose`: judges the documents where the collector just gave them, verifies the documents, remembers what they prove, reads what they permit once that was acknowledged where the
//! policy asks for it, and as often as it asks for a report; what shows presence or place at most once a day.

use super::refused::Refused;
use super::{Handle, Reader};
use crate::caller::Caller;
use crate::state::{Lock, Pinned};
use crate::treat::Treated;
use collector_proto::catalog::Platform;
use collector_proto::disclosure::request::Disclose;
use collector_proto::disclosure::{Ask as _, DisclosureAnswer};
use collector_proto::messages::RefusedDocument;
use collector_proto::policy::Verdict;
use collector_proto::policy::trust::Documents;

impl Handle for Disclose {
    fn handle(self, reader: &Reader<'_>) -> Result<DisclosureAnswer<Treated>, Refused> {
        // Unenrolled devices are told so before anything is written.
        reader.pinned()?;
        if self.at_once && reader.caller != Caller::Equal {
            return Err(Refused::Rights);
        }
        let lock = reader.state.lock()?;
        let mut pinned = reader.pinned()?;
        let to_tell = if self.given { reader.to_tell(&self.documents, &pinned, &lock) } else { Vec::new() };
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
        let answer =
            reader.collect_accepted(&pinned, &accepted, Some(&self.documents), Self::OPERATION, daily)?;
        Ok(DisclosureAnswer { to_tell, ..answer })
    }
}

impl Reader<'_> {
    /// Judges the documents, and says what the report has to tell of earlier refusals. What is not kept of that decides nothing about
    /// reading: `status` says that it is damaged.
    fn to_tell(&self, documents: &Documents, pinned: &Pinned, lock: &Lock) -> Vec<RefusedDocument> {
        match self.judge(documents, pinned, lock) {
            Ok(judged) => judged.to_tell,
            Err(error) => {
                tracing::warn!(%error, "what becomes of documents that are refused is not put on record");
                Vec::new()
            }
        }
    }
}
