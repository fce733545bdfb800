//! The stages of a cycle in detail.

use super::{CycleError, CycleOutcome, Pipeline};
use crate::documents::{self, HeldDocuments};
use crate::ledger::{Fate, LedgerError, Recorded, baseline, compose};
use crate::reader_client::{Disclosed, ReaderError};
use crate::ship::{CollectorLink, Desk, ShipError, Shipped, ship};
use crate::verdict::{self, Cleared, NoLongerPermitted, NotCleared};
use candor_uplink::UplinkError;
use collector_proto::messages::{Absence, RefusedDocument};
use collector_proto::policy::trust::{AcceptedPolicy, Documents, Refusal};
use collector_proto::policy::{FieldName, Permit, Signed};
use collector_proto::time::UtcTime;
use ring::rand::SecureRandom;
use std::collections::BTreeMap;

/// In how many of the newest reports it is looked up what the collector was told of refused documents: some days of reports.
const LOOKED_BACK: usize = 16;

impl Pipeline<'_> {
    /// Fetches and keeps the current documents. Without a connection the kept ones serve as long as they are fresh.
    /// What is worse than the kept ones is refused and does not replace them.
    pub(super) async fn fetch_documents(
        &mut self,
        link: &impl CollectorLink,
        now: UtcTime,
        random: &dyn SecureRandom,
    ) -> Result<Option<UplinkError>, CycleError> {
        self.check_clock(now)?;
        let answer = link.documents(&self.key, Some(self.followed), now, random).await;
        let contract = link.collector_contract();
        if let Err(error) = &answer
            && let Some(held) = self.documents.after_refusal(contract, error.needs_newer_candor())
        {
            documents::store(&self.paths, &held)?;
            self.documents = held;
        }
        match answer {
            Ok(documents) => {
                // What is refused here is the reader's to put on record too; what is not, it judges with the question that follows.
                if let Err(refusal) = self.trust.receives(&documents, now) {
                    self.have_judged(Some(&documents));
                    // Whoever holds the collector's keys on line could otherwise stop this device until that time comes.
                    if self.accepted(now).is_err() {
                        return Err(CycleError::NotInForce(refusal));
                    }
                    tracing::warn!(%refusal, "what the collector gave is not taken; what is kept serves while it is fresh");
                    return Ok(None);
                }
                if let Some(refusal) = documents::why_worse(&documents, &self.documents, &self.trust, now) {
                    self.have_judged(Some(&documents));
                    return Err(CycleError::NotInForce(refusal));
                }
                self.documents = HeldDocuments::given(documents, contract);
                self.given = true;
                documents::store(&self.paths, &self.documents)?;
                self.enrolment.follow_and_keep(&self.paths, &self.documents.roots)?;
                self.learn_time()?;
                Ok(None)
            }
            // What is in force needs a newer program. That is kept: until other documents come, nothing is collected or sent
            // under those of the past, with or without a connection.
            Err(error) if error.needs_newer_candor() => Err(CycleError::NeedsNewer(error)),
            Err(error @ UplinkError::AnswerTooLarge { .. }) => {
                self.have_judged(None);
                tracing::warn!(%error, "what the collector gives is cut off; what is kept serves while it is fresh");
                Ok(Some(error))
            }
            // The collector's own word that it does not serve this device; anything else is on the way to it.
            Err(error @ UplinkError::Problem { .. }) if !error.is_transient() => {
                Err(CycleError::Documents(error))
            }
            Err(error) => {
                tracing::warn!(%error, "the current policy cannot be fetched; the kept one serves while it is fresh");
                Ok(Some(error))
            }
        }
    }

    /// Has the reader judge what the collector gave and was taken, where no reading follows that has it judged.
    pub(super) fn have_given_judged(&mut self) {
        if std::mem::take(&mut self.given) {
            self.have_judged(Some(&self.documents));
        }
    }

    /// Has the reader judge what the collector gave. A reader that does not answer hinders nothing: what is refused is refused here too.
    fn have_judged(&self, documents: Option<&Documents>) {
        let judged = self
            .told_by(&self.newest_confirmed())
            .map_err(|error| error.to_string())
            .and_then(|told| self.reader.judge_given(documents, told).map_err(|error| error.to_string()));
        if let Err(error) = judged {
            tracing::warn!(%error, "the reader does not say what it makes of what the collector gave");
        }
    }

    /// What the report has to tell of documents that were refused, of what the reader says; and what of it the collector was told before, as
    /// the reader is told in turn. Reports are looked into only where there is anything to tell.
    fn untold(
        &self,
        to_tell: &[RefusedDocument],
    ) -> Result<(Vec<RefusedDocument>, Vec<RefusedDocument>), LedgerError> {
        if to_tell.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let confirmed = self.told_by(&self.newest_confirmed())?;
        let waiting = self.told_by(&self.ledger.pending().collect::<Vec<_>>())?;
        let is_told =
            |one: &&RefusedDocument| confirmed.iter().chain(&waiting).any(|told| one.is_told_by(told));
        let untold = to_tell.iter().filter(|one| !is_told(one)).cloned().collect();
        Ok((untold, confirmed))
    }

    /// The newest reports that the collector confirmed.
    fn newest_confirmed(&self) -> Vec<u64> {
        let newest = self.ledger.entries().rev().take(LOOKED_BACK);
        newest.filter(|(_, fate)| *fate == Fate::Receipted).map(|(number, _)| number).collect()
    }

    /// What these reports told of refused documents.
    fn told_by(&self, reports: &[u64]) -> Result<Vec<RefusedDocument>, LedgerError> {
        let mut told = Vec::new();
        for number in reports {
            told.extend(self.ledger.load(*number)?.report().document().refused.iter().cloned());
        }
        Ok(told)
    }

    /// Before anything is signed: the collector takes no request of a wrong clock, and could only say that the signature
    /// is bad.
    fn check_clock(&self, now: UtcTime) -> Result<(), CycleError> {
        match self.trust.clone().accept(&self.documents, &mut self.announced.clone(), now) {
            Err(refusal @ Refusal::ClockBehind { .. }) => Err(CycleError::NotInForce(refusal)),
            // The documents may be better afterwards.
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Has the reader keep what the collector gave where it is not asked to read by it: people are told why nothing is collected by
    /// what the reader keeps. The question that waits is free for it.
    pub(super) fn hand_documents_over(&self) {
        if let Err(error) = self.reader.keep_documents(&self.documents) {
            tracing::warn!(%error, "the reader does not take the newest documents; people are told by earlier ones");
        }
    }

    /// Removes values whose date has come, in the ledger and in what the next report builds on.
    pub(super) fn remove_expired(&mut self, now: UtcTime) -> Result<(), CycleError> {
        let keys = self.enrolment.receipt_keys(&self.paths, &self.documents)?;
        self.ledger.remove_expired(&keys, now)?;
        baseline::remove_expired(&self.paths.baseline(), now)?;
        Ok(())
    }

    /// Composes, seals and records a report. While an earlier one has no answer, nobody knows what the collector holds:
    /// then the report is full.
    pub(super) fn record(
        &mut self,
        disclosed: &Disclosed<Signed>,
        now: UtcTime,
        random: &dyn SecureRandom,
    ) -> Result<Recorded, CycleError> {
        let settled = self.ledger.pending().next().is_none();
        let baseline = if settled { baseline::load(&self.paths.baseline(), &self.ledger)? } else { None };
        let (refused, told) = self.untold(disclosed.to_tell())?;
        let position = self.ledger.next_position(random)?;
        let composed =
            compose(disclosed, &self.enrolment, position, baseline.as_ref(), refused, random, now)?;
        let recorded = composed.sign(&self.key)?.record(&self.key, now)?;
        self.tell_where_the_ledger_ends(told);
        Ok(recorded)
    }

    /// Has the reader keep where the ledger ends, before anything of it leaves. A reader that cannot be told is told with the next
    /// report; one that knows of other entries has been told of a ledger that is gone, which `candor sent verify` says, and which
    /// is no reason to leave unsent what people can read here.
    fn tell_where_the_ledger_ends(&self, told: Vec<RefusedDocument>) {
        let told = match self.ledger.end() {
            Ok(Some(end)) => self.reader.record_ledger(end, told).map_err(|error| match error {
                ReaderError::Refused(refusal) => refusal.message,
                error => error.to_string(),
            }),
            Ok(None) => Ok(()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = told {
            tracing::warn!(%error, "the reader does not take where the ledger ends");
        }
    }

    /// What the newest report names as absent, and of what is sent at most once a day the newest one for which that was read: any other
    /// says nothing of it.
    fn last_absent(&self, permit: &Permit<Signed>) -> Result<BTreeMap<FieldName, Absence>, CycleError> {
        let mut absent = BTreeMap::new();
        for (position, (number, _)) in self.ledger.entries().rev().enumerate() {
            let recorded = self.ledger.load(number)?;
            let report = recorded.report().document();
            let is_daily =
                |name: &FieldName| name.field().is_some_and(|field| permit.series(field).is_daily());
            let says_of = |name: &FieldName| if is_daily(name) { report.read_daily() } else { position == 0 };
            let said = report.absent.iter().filter(|(name, _)| says_of(name));
            absent.extend(said.map(|(name, why)| (name.clone(), *why)));
            if report.read_daily() || !permit.has_daily() {
                break;
            }
        }
        Ok(absent)
    }

    /// Sends oldest first, each only if a policy is in force when its turn comes and the permit allows what it says: what
    /// waits was recorded under the rules of an earlier day. Without that it is kept, and asked about again once a later one was
    /// taken, and the next time, until its age drops it. A report that is too large for the collector, or for what stands before
    /// it, is kept and does not hold up the later ones; anything else that hinders one would hinder them all.
    pub(super) async fn send_pending(
        &mut self,
        link: &impl CollectorLink,
        permit: &Permit<Signed>,
        clock: &impl Fn() -> UtcTime,
        random: &dyn SecureRandom,
        outcome: &mut CycleOutcome,
    ) -> Result<Sent, CycleError> {
        let absent = self.last_absent(permit)?;
        let mut sent = Sent::default();
        outcome.withheld.clear();
        for number in self.ledger.pending().collect::<Vec<_>>() {
            let turn = self.take_turn(number, link, permit, &absent, clock, random).await?;
            self.note(number, turn, outcome, &mut sent);
        }
        // Where a later report was taken, what an earlier one left as it stood is no longer for that one to say.
        for number in std::mem::take(&mut outcome.withheld) {
            let recorded = self.ledger.load(number)?;
            let turn = if self.ledger.is_followed(&recorded)? {
                self.take_turn(number, link, permit, &absent, clock, random).await?
            } else {
                Turn::Withheld
            };
            self.note(number, turn, outcome, &mut sent);
        }
        Ok(sent)
    }

    /// Sends a report if it may leave, and before it what a restored collector lacks.
    async fn take_turn(
        &mut self,
        number: u64,
        link: &impl CollectorLink,
        permit: &Permit<Signed>,
        absent: &BTreeMap<FieldName, Absence>,
        clock: &impl Fn() -> UtcTime,
        random: &dyn SecureRandom,
    ) -> Result<Turn, CycleError> {
        let turn = self.try_to_send(number, link, permit, absent, clock).await?;
        let Turn::Shipped(Shipped::SendAgain(generation)) = turn else { return Ok(turn) };
        self.send_again(link, permit, absent, clock, random, generation).await?;
        match self.try_to_send(number, link, permit, absent, clock).await? {
            // It asks for another generation than a moment ago.
            Turn::Shipped(Shipped::SendAgain(_)) => Err(CycleError::AskedTooOften { last: clock() }),
            turn => Ok(turn),
        }
    }

    /// Sends a report if it may leave.
    async fn try_to_send(
        &mut self,
        number: u64,
        link: &impl CollectorLink,
        permit: &Permit<Signed>,
        absent: &BTreeMap<FieldName, Absence>,
        clock: &impl Fn() -> UtcTime,
    ) -> Result<Turn, CycleError> {
        let now = clock();
        if let Some(until) = self.ceiling.quiet_until(now) {
            return Ok(Turn::Quiet(until));
        }
        let in_force = self.confined_as_accepted(now)?;
        let recorded = self.ledger.load(number)?;
        let kept_rows = self.paths.baseline();
        let cleared = match self.clear(&recorded, &in_force, permit, absent) {
            Ok(cleared) => cleared,
            Err(NotCleared::Ledger(error)) => return Err(error.into()),
            Err(NotCleared::NoLongerPermitted(reason)) => {
                tracing::warn!(entry = number, %reason, "report is kept and not sent");
                return Ok(Turn::Withheld);
            }
        };
        let receipt_keys = self.enrolment.receipt_keys(&self.paths, &self.documents)?;
        let mut desk = Desk {
            sent_again_for: self.sent_again_for(),
            ledger: &mut self.ledger,
            baseline: &kept_rows,
            key: &self.key,
            receipt_keys: &receipt_keys,
        };
        match ship(link, &cleared, &mut desk, now).await {
            Ok(shipped) => {
                if let Shipped::Receipted { receipted, .. } = &shipped {
                    self.trust.saw(receipted.receipt().received_at, now);
                }
                Ok(Turn::Shipped(shipped))
            }
            Err(error) if error.is_too_large() => {
                tracing::warn!(entry = number, "report is too large for the collector; it is kept");
                Ok(Turn::TooLarge(error))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Clears a report to leave. What was recorded before the device's ceiling named an account is not looked into.
    pub(super) fn clear<'r>(
        &self,
        recorded: &'r Recorded,
        in_force: &AcceptedPolicy,
        permit: &Permit<Signed>,
        absent: &BTreeMap<FieldName, Absence>,
    ) -> Result<Cleared<'r>, NotCleared> {
        if recorded.number() <= self.named_up_to {
            return Err(NoLongerPermitted::Accounts.into());
        }
        let permit = verdict::as_last_read(permit, in_force, absent);
        verdict::clear(recorded, &self.ledger, &self.paths.baseline(), in_force, &permit)
    }

    fn note(&self, number: u64, turn: Turn, outcome: &mut CycleOutcome, sent: &mut Sent) {
        match turn {
            Turn::Shipped(Shipped::Receipted { wire_bytes, .. }) => {
                outcome.receipted.push((number, wire_bytes));
            }
            Turn::Shipped(Shipped::Rejected(kind)) => outcome.rejected.push((number, kind)),
            Turn::Shipped(Shipped::Remake(_)) => sent.remake = number == self.ledger.last(),
            // Answered within the turn.
            Turn::Shipped(Shipped::SendAgain(_)) => {}
            Turn::TooLarge(error) => sent.kept = sent.kept.take().or(Some(error)),
            Turn::Withheld => outcome.withheld.push(number),
            Turn::Quiet(until) => outcome.quiet_until = Some(until),
        }
    }
}

/// What came of a report whose turn it was.
enum Turn {
    Shipped(Shipped),
    /// It is kept: the collector, or what stands before it, takes none of its size.
    TooLarge(ShipError),
    /// It is kept: what is in force now does not permit it.
    Withheld,
    /// It waits for the end of the quiet hours of the device's ceiling, which began meanwhile.
    Quiet(UtcTime),
}

/// The outcome of sending.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// The newest report has to be made again.
    pub(super) remake: bool,
    /// The first report that was kept while later ones were sent, and why.
    pub(super) kept: Option<ShipError>,
}

impl Sent {
    /// What was kept is an error once everything else was sent.
    pub(super) fn complete(self) -> Result<(), CycleError> {
        self.kept.map_or(Ok(()), |error| Err(error.into()))
    }
}
