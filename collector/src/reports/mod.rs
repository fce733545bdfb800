//! A report from its sender to its receipt: verify → admit → store → receipt.

use crate::admit::{self, NewReport};
use crate::collector::Collector;
use crate::issue;
use crate::refusal::{Reason, Refusal};
use crate::store::{SealReceipt, Stored};
use crate::verify::{self, Claim};
use std::sync::Arc;

/// Reports decoded and checked at once. Each may hold its 8 MiB, the rows parsed from them and their base; more at
/// once would only wait for the processors.
pub(crate) const CHECKED_AT_ONCE: usize = 4;

/// Bytes of checked reports that wait for the writer at once, in KiB: 128 MiB. The queue bounds their number, this
/// their size; while it is used up, no further report is checked.
pub(crate) const WAITING_KIB: u32 = 128 * 1024;

impl Collector {
    /// What `DSSE-Signature` claims, if it names a key on record: the least that a sender must show before its body
    /// is received.
    pub async fn claim(&self, signature: Option<&str>) -> Result<Claim, Refusal> {
        let signature = verify::signature(signature)?;
        let on_record = self.store.key(signature.key_id()).await?;
        Claim::new(signature, on_record)
    }

    /// Verifies, admits and stores a report; gives the receipt's envelope once the report is durable. The body is
    /// still compressed.
    pub async fn take_report(&self, claim: Claim, body: Vec<u8>) -> Result<Vec<u8>, Refusal> {
        let unavailable = |_| Refusal::from(Reason::Unavailable);
        let slot = self.checking.acquire().await.map_err(unavailable)?;
        match self.check_report(claim, body).await {
            Ok(report) => {
                let kib = u32::try_from(report.bytes() / 1024).unwrap_or(WAITING_KIB).clamp(1, WAITING_KIB);
                // The place among the checked ones is kept until there is room among the waiting ones.
                let room = self.waiting.acquire_many(kib).await.map_err(unavailable)?;
                drop(slot);
                let stored = self.store_report(report).await;
                drop(room);
                stored
            }
            Err(refusal) => {
                drop(slot);
                self.record(&refusal).await;
                Err(refusal)
            }
        }
    }

    async fn check_report(&self, claim: Claim, body: Vec<u8>) -> Result<NewReport, Refusal> {
        let authentic = aside(move || verify::report(body, claim)).await?;
        let named = authentic.report().document().policy;
        let issued = self.policies.issued(self.store.as_ref(), &authentic.key().group, named).await?;
        let id = self.id.clone();
        let screened = aside(move || admit::screen(authentic, &id, issued)).await?;
        let wanted = screened.wanted();
        let bases = if wanted.is_empty() {
            Vec::new()
        } else {
            self.store.bases(screened.device_id(), wanted).await?
        };
        aside(move || screened.admit(bases)).await
    }

    async fn store_report(&self, report: NewReport) -> Result<Vec<u8>, Refusal> {
        let (key, id, head) = (Arc::clone(&self.receipt_key), self.id.clone(), report.head().clone());
        let seal: SealReceipt = Box::new(move |facts| Ok(issue::receipt(&key, &id, &head, facts)?));
        // An event that goes with one of these was recorded in the same transaction.
        match self.store.store_report(report, seal, (self.clock)()).await? {
            Stored::Receipt(envelope) => Ok(envelope),
            Stored::Equivocation => Err(Reason::Equivocation.into()),
            Stored::BrokenChain => Err(Refusal::new(
                Reason::BrokenChain,
                "the report does not follow the one stored before it, or is not followed by the one after it",
            )),
            Stored::Resync(sections) => Err(Refusal::resync(sections)),
            Stored::Revoked => Err(Reason::Revoked.into()),
        }
    }

    /// Keeps a refusal's security event. A store that is too busy for it loses it; the refusal stands all the same.
    pub(crate) async fn record(&self, refusal: &Refusal) {
        let Some(event) = refusal.event().cloned() else { return };
        if let Err(error) = self.store.record_event(event, (self.clock)()).await {
            tracing::warn!(%error, "a security event was not kept");
        }
    }
}

/// Works on a thread for work that takes processor time: a report of 8 MiB takes tens of milliseconds.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        // Not the error itself: a panic's message may hold what was being checked.
        tracing::error!(panicked = error.is_panic(), "a report could not be checked");
        Err(Reason::Internal.into())
    })
}
