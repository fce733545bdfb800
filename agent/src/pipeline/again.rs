//! What the collector receipted and lost, because it was restored from a backup, is sent again before the next report.
//!
//! The collector asks; what is sent is decided here: reports that the ledger holds with their receipts, each only as far as what is in
//! force now lets it leave, as with any sending. Nobody learns more by asking than was sent before.

use super::{CycleError, Pipeline};
use crate::again::{self, SentAgain};
use crate::head;
use crate::ledger::Fate;
use crate::ship::{self, Answered, CollectorLink};
use crate::verdict::NotCleared;
use candor_uplink::UplinkError;
use collector_proto::http_signature::Nonce;
use collector_proto::messages::{Absence, Head, MAX_HEAD_STREAMS};
use collector_proto::policy::{FieldName, Permit, Signed};
use collector_proto::time::UtcTime;
use ring::rand::SecureRandom;
use std::collections::BTreeMap;

impl Pipeline<'_> {
    /// Sends again what the collector lacks. What a crash interrupts is begun anew: nothing is taken twice.
    pub(super) async fn send_again(
        &mut self,
        link: &impl CollectorLink,
        permit: &Permit<Signed>,
        absent: &BTreeMap<FieldName, Absence>,
        clock: &impl Fn() -> UtcTime,
        random: &dyn SecureRandom,
        generation: u64,
    ) -> Result<(), CycleError> {
        let now = clock();
        if let Some(last) = again::load(&self.paths).filter(|last| !last.lets_ask(now)) {
            return Err(CycleError::AskedTooOften { last: last.asked });
        }
        let mut progress = SentAgain::begin(generation, now);
        again::store(&self.paths, &progress)?;
        let head = self.ask_for_head(link, now, random).await?;
        let lacking = self.lacking(&head)?;
        let dropped = self.ledger.streams()?.lost_by(&head).saturating_sub(lacking.len() as u64);
        progress.lost = dropped;
        let keys = self.enrolment.receipt_keys(&self.paths, &self.documents)?;
        for number in lacking {
            let in_force = self.confined_as_accepted(clock())?;
            let recorded = self.ledger.load(number)?;
            let Some(receipt) = self.ledger.receipt_envelope(number)? else { continue };
            let cleared = match self.clear(&recorded, &in_force, permit, absent) {
                Ok(cleared) => cleared,
                Err(NotCleared::Ledger(error)) => return Err(error.into()),
                Err(NotCleared::NoLongerPermitted(reason)) => {
                    tracing::warn!(entry = number, %reason, "report is not sent again");
                    progress.withheld += 1;
                    continue;
                }
            };
            match ship::send_again(link, &cleared, &receipt, &self.ledger, &keys).await? {
                Answered::Taken => progress.sent += 1,
                Answered::Refused => progress.lost += 1,
            }
        }
        progress.is_done = true;
        again::store(&self.paths, &progress)?;
        Ok(())
    }

    /// The generation of the collector's store for which all was sent again, if it asked.
    pub(super) fn sent_again_for(&self) -> Option<u64> {
        again::load(&self.paths).filter(|sent| sent.is_done).map(|sent| sent.generation)
    }

    async fn ask_for_head(
        &self,
        link: &impl CollectorLink,
        now: UtcTime,
        random: &dyn SecureRandom,
    ) -> Result<Head, CycleError> {
        let nonce = Nonce::generate(random).ok_or(CycleError::Unreachable(UplinkError::Randomness))?;
        let answer = match link.head(&self.key, now, &nonce).await {
            Ok(answer) => answer,
            Err(error @ UplinkError::Problem { .. }) if !error.is_transient() => {
                return Err(CycleError::Documents(error));
            }
            Err(error) => return Err(CycleError::Unreachable(error)),
        };
        let keys = self.enrolment.receipt_keys(&self.paths, &self.documents)?.newest();
        head::genuine(&answer, &keys, &self.enrolment, &nonce).map_err(CycleError::Head)
    }

    /// The entries that were receipted and that the collector does not have, oldest first. Of streams that its head left out for their
    /// number nothing is known.
    fn lacking(&self, head: &Head) -> Result<Vec<u64>, CycleError> {
        let is_complete = head.streams.len() < MAX_HEAD_STREAMS;
        let mut lacking = Vec::new();
        for (number, fate) in self.ledger.entries() {
            if fate != Fate::Receipted {
                continue;
            }
            let recorded = self.ledger.load(number)?;
            let report = recorded.report().document();
            let told = head.streams.iter().find(|told| told.stream == report.stream);
            if told.map_or(is_complete, |told| report.seq > told.seq) {
                lacking.push(number);
            }
        }
        Ok(lacking)
    }
}
