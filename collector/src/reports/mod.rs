//! A report from its sender to its receipt: verify → admit → store → receipt.

mod aside;

pub(crate) use aside::Aside;

use crate::admit::{self, Bases, NewReport, Screened};
use crate::collector::{BASES_KIB, Collector, PARSED_KIB, WAITING_KIB};
use crate::issue;
use crate::policies::{Moves, NoTerms};
use crate::refusal::{Reason, RequestRefusal};
use crate::store::{SealReceipt, Stored};
use crate::tries::Sender;
use crate::verify::{self, Authentic, Claim, OwnReceipt};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, SemaphorePermit};
use uuid::Uuid;

/// A report that was looked at.
enum Checked {
    /// It was stored before; this is its receipt.
    Before(Vec<u8>),
    /// It may be stored; what was parsed of it has this much room.
    New(Box<NewReport>, OwnedSemaphorePermit),
}

/// A report of a device that proved its key.
struct Proven {
    authentic: Authentic,
    /// The room that what was parsed of it has.
    room: OwnedSemaphorePermit,
    receipt: Option<Vec<u8>>,
    sent_again_for: Option<u64>,
}

/// A report as it came: still compressed, and what its sender says about a restore.
#[derive(Debug, Default)]
pub struct Arrived {
    /// Its body.
    pub body: Vec<u8>,
    /// The receipt that it had, if it is sent again.
    pub receipt: Option<Vec<u8>>,
    /// The generation of the store for which its sender sent again what was lost.
    pub sent_again_for: Option<u64>,
}

impl Collector {
    /// What `DSSE-Signature` claims, if it names a key on record that has not tried in vain too often: the least that a sender must
    /// show before its body is received.
    pub async fn claim(&self, signature: Option<&str>) -> Result<Claim, RequestRefusal> {
        let signature = verify::signature(signature)?;
        let on_record = self.store.key(signature.key_id()).await?;
        let claim = Claim::new(signature, on_record)?;
        self.tries.check(&Sender::Device(claim.key_id().clone()), (self.clock)())?;
        if self.may_have_room() { Ok(claim) } else { Err(no_room()) }
    }

    /// Verifies, admits and stores a report; gives the receipt's envelope once the report is durable. The body is
    /// still compressed.
    ///
    /// A sender that hangs up while its report waits to be checked is forgotten. From then on the work goes on to its
    /// end, since neither a blocking thread nor the store's writer can be called back: what bounds the memory lasts as
    /// long as the work, not as long as the sender.
    pub async fn take_report(
        self: &Arc<Self>,
        claim: Claim,
        arrived: Arrived,
    ) -> Result<Vec<u8>, RequestRefusal> {
        let slot = Arc::clone(&self.checking).acquire_owned().await.map_err(unavailable)?;
        let collector = Arc::clone(self);
        let work = tokio::spawn(async move { collector.take_with(slot, claim, arrived).await });
        work.await.unwrap_or_else(|error| Err(aside::failed(&error)))
    }

    async fn take_with(
        &self,
        slot: OwnedSemaphorePermit,
        claim: Claim,
        arrived: Arrived,
    ) -> Result<Vec<u8>, RequestRefusal> {
        let sender = Sender::Device(claim.key_id().clone());
        let checked = match self.authentic(claim, arrived).await {
            Ok(proven) => {
                self.check(proven).await.inspect_err(|refusal| self.tried_in_vain(&sender, refusal))
            }
            Err(refusal) => {
                // An event is of a device that signed.
                if refusal.event().is_some() {
                    self.tried_in_vain(&sender, &refusal);
                }
                Err(refusal)
            }
        };
        match checked {
            Ok(Checked::Before(receipt)) => {
                self.tries.count(sender, (self.clock)());
                Ok(receipt)
            }
            Ok(Checked::New(report, parsed)) => {
                // The place among the checked ones is kept until there is room among the waiting ones.
                let room =
                    self.waiting.acquire_many(kib(report.bytes(), WAITING_KIB)).await.map_err(unavailable)?;
                drop((slot, parsed));
                let stored = self.store_report(*report, &sender).await;
                drop(room);
                stored.inspect_err(|refusal| self.tried_in_vain(&sender, refusal))
            }
            Err(refusal) => {
                drop(slot);
                self.record(&refusal).await;
                Err(refusal)
            }
        }
    }

    /// Counts a refusal of somebody who proved his key, unless it is for want of something here.
    fn tried_in_vain(&self, sender: &Sender, refusal: &RequestRefusal) {
        if !matches!(refusal.reason(), Reason::Internal | Reason::Unavailable | Reason::NoRoom) {
            self.tries.count(sender.clone(), (self.clock)());
        }
    }

    async fn authentic(&self, claim: Claim, arrived: Arrived) -> Result<Proven, RequestRefusal> {
        let Arrived { body, receipt, sent_again_for } = arrived;
        let payload = self.aside.work(0, move || verify::decoded(&body)).await?;
        let size = kib(payload.bytes().len(), PARSED_KIB);
        let room = Arc::clone(&self.parsing).acquire_many_owned(size).await.map_err(unavailable)?;
        let authentic = self.aside.work(size, move || verify::report(&payload, claim)).await?;
        Ok(Proven { authentic, room, receipt, sent_again_for })
    }

    async fn check(&self, proven: Proven) -> Result<Checked, RequestRefusal> {
        let Proven { authentic, room: parsed, receipt, sent_again_for } = proven;
        let size = u32::try_from(parsed.num_permits()).unwrap_or(PARSED_KIB);
        let original = match receipt {
            Some(receipt) => Some(self.own_receipt(&receipt, &authentic).await?),
            None => None,
        };
        // What was taken in time was taken in time.
        let taken_at = original.as_ref().map_or_else(|| (self.clock)(), |own| own.receipt().received_at);
        let (named, owner) = (&authentic.report().document().policy, authentic.key());
        let moves = match owner.placement {
            0 => Moves::default(),
            _ => self.moves_of(owner.device_id).await?,
        };
        let issued = self.policies.terms(self.store.as_ref(), &owner.group, &moves, named, taken_at);
        let issued = issued.await;
        let is_too_late = match &issued {
            Err(NoTerms::Refused(refusal)) => refusal.reason() == Reason::SupersededPolicy,
            _ => !admit::names_possible_times(authentic.report().document(), taken_at),
        };
        // Taken in time, and sent again because the receipt was lost.
        if is_too_late && let Some(receipt) = self.receipt_of(&authentic).await? {
            return Ok(Checked::Before(receipt));
        }
        let issued = match issued {
            Ok(issued) => Ok(issued),
            Err(NoTerms::Refused(refusal)) => Err(refusal),
            Err(NoTerms::Store(error)) => return Err(error.into()),
        };
        let id = self.id.clone();
        let screened = self.aside.work(size, move || admit::screen(authentic, &id, issued, taken_at)).await?;
        // What is sent again changes nothing that stands.
        let (bases, room) = if original.is_some() {
            (Bases::default(), None)
        } else {
            let (bases, room) = self.bases(&screened).await?;
            (bases, Some(room))
        };
        let weight = room.as_ref().map_or(0, |room| u32::try_from(room.num_permits()).unwrap_or(BASES_KIB));
        let admitted = self.aside.work(size + weight, move || screened.admit(bases)).await?;
        drop(room);
        Ok(Checked::New(Box::new(admitted.after_a_restore(original, sent_again_for)?), parsed))
    }

    /// What a report builds on, with the room that its rows take.
    async fn bases(&self, screened: &Screened) -> Result<(Bases, SemaphorePermit<'_>), RequestRefusal> {
        let device = screened.device_id();
        // Most reports build on nothing that has to be read, and wait for none that does.
        let weight = match self.store.weight(device, screened.wanted()).await? {
            0 => 0,
            bytes => kib(bytes, BASES_KIB),
        };
        let room = self.basing.acquire_many(weight).await.map_err(unavailable)?;
        Ok((self.store.bases(device, screened.wanted()).await?, room))
    }

    async fn moves_of(&self, device: Uuid) -> Result<Moves, RequestRefusal> {
        let first = self.store.device(device).await?.and_then(|device| device.placement_first);
        Ok(Moves { placements: self.store.placements(device).await?, first })
    }

    async fn own_receipt(
        &self,
        envelope: &[u8],
        authentic: &Authentic,
    ) -> Result<OwnReceipt, RequestRefusal> {
        let roots = self.store.published_roots().await?;
        verify::own_receipt(envelope, authentic, &roots, &self.id, (self.clock)())
    }

    async fn receipt_of(&self, authentic: &Authentic) -> Result<Option<Vec<u8>>, RequestRefusal> {
        let (report, device) = (authentic.report().document(), authentic.key().device_id);
        let digest = authentic.report().digest();
        let receipt = self.store.receipt(device, &report.stream, report.seq, digest).await?;
        let Some(receipt) = receipt else { return Ok(None) };
        Ok(Some(issue::receipt_again(receipt, &*self.receipt_key().await?)?))
    }

    async fn store_report(&self, report: NewReport, sender: &Sender) -> Result<Vec<u8>, RequestRefusal> {
        let (key, id, head) = (self.receipt_key().await?, self.id.clone(), report.head().clone());
        let is_new = Arc::new(AtomicBool::new(report.original().is_some()));
        let sealing = Arc::clone(&is_new);
        let seal: SealReceipt = Box::new(move |facts| {
            sealing.store(true, Ordering::Relaxed);
            Ok(issue::receipt(&key, &id, &head, facts)?)
        });
        // An event that goes with one of these was recorded in the same transaction.
        match self.store.store_report(report, seal, self.quota, (self.clock)()).await? {
            Stored::Receipt(envelope) => {
                if !is_new.load(Ordering::Relaxed) {
                    self.tries.count(sender.clone(), (self.clock)());
                }
                Ok(envelope)
            }
            Stored::NoRoom => {
                self.note_no_room();
                Err(no_room())
            }
            Stored::Equivocation => Err(Reason::Equivocation.into()),
            Stored::BrokenChain => Err(RequestRefusal::new(
                Reason::BrokenChain,
                "the report does not follow the one stored before it, or is not followed by the one after it",
            )),
            Stored::Resync(parts) => Err(RequestRefusal::resync(parts)),
            Stored::SendAgain(generation) => Err(RequestRefusal::send_again(generation)),
            Stored::NotLost => Err(RequestRefusal::new(
                Reason::Malformed,
                "the report comes with a receipt, though no restore can have lost it",
            )),
            Stored::Revoked => Err(Reason::Revoked.into()),
            Stored::TooMuch => Err(RequestRefusal::new(
                Reason::Invalid,
                "after the report more would stand for the device than one report can hold",
            )),
            Stored::OverQuota => Err(RequestRefusal::new(
                Reason::OverQuota,
                "the device had as much stored today as it may; try again later",
            )),
        }
    }

    /// Keeps a refusal's security event. A store that is too busy for it loses it; the refusal still stands.
    pub(crate) async fn record(&self, refusal: &RequestRefusal) {
        let Some(event) = refusal.event().cloned() else { return };
        if let Err(error) = self.store.record_event(event, (self.clock)()).await {
            tracing::warn!(%error, "a security event was not kept");
        }
    }
}

/// So many bytes in KiB, at most all that there are.
fn kib(bytes: usize, all: u32) -> u32 {
    u32::try_from(bytes / 1024).unwrap_or(all).clamp(1, all)
}

fn no_room() -> RequestRefusal {
    RequestRefusal::new(
        Reason::NoRoom,
        "the collector's disk is full but for what is kept for its administrators; try again later",
    )
}

fn unavailable(error: AcquireError) -> RequestRefusal {
    RequestRefusal::from(Reason::Unavailable).caused_by(error)
}
