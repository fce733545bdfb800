//! One cycle, as a table of contents: permit → read → record → seal → ship.

mod again;
mod outcome;
mod stages;

pub(crate) use outcome::{CycleError, CycleOutcome};

use crate::confine::Confined;
use crate::documents::{self, HeldDocuments};
use crate::identity::{self, Enrolment};
use crate::ledger::{Fate, LedgerWriter, Recorded};
use crate::lock::StateLock;
use crate::named;
use crate::paths::Paths;
use crate::reader_client::ReaderClient;
use crate::ship::{self, CollectorLink};
use crate::verdict;
use candor_uplink::UplinkError;
use collector_proto::envelope::SigningKey;
use collector_proto::messages::Receipt;
use collector_proto::policy::trust::{AcceptedPolicy, Trust};
use collector_proto::policy::{Announcements, Ceiling};
use collector_proto::time::{Span, UtcTime};
use ring::rand::SecureRandom;

/// How many questions a cycle asks the reader at most, so many of which wait for theirs before the process is confined: the device's
/// ceiling; what it makes of what the collector gives, where this program refuses that; what may be reported, or else under what permit
/// what is kept may leave; and where the ledger ends. Where a report is made again in one cycle, the reader is told of it with the next.
pub(crate) const QUESTIONS: usize = 4;

/// How many of them sending what is kept asks: the ceiling, what it makes of what the collector gives, and the permit.
pub(crate) const QUESTIONS_TO_RESEND: usize = 3;

/// Everything that a cycle works with.
pub(crate) struct Pipeline<'lock> {
    paths: Paths,
    enrolment: Enrolment,
    key: SigningKey,
    trust: Trust,
    /// Version of the newest root that is followed from one cycle to the next, also where what the collector gave is lost.
    followed: u64,
    documents: HeldDocuments,
    /// The versions of the policy that stand, as the reader said last.
    announced: Announcements,
    reader: ReaderClient,
    /// The device's ceiling, as the reader said last.
    ceiling: Ceiling,
    /// Up to which entry reports were recorded before the ceiling last named an account.
    named_up_to: u64,
    /// Whether the collector gave these documents just now, and the reader has still to judge them.
    given: bool,
    ledger: LedgerWriter<'lock>,
    confined: Confined,
}

impl<'lock> Pipeline<'lock> {
    /// Loads the identity and opens the ledger, in a process that was confined before: both hold what came over the network. What its last receipt proves of the time, the clock is held to.
    pub(crate) fn open(
        paths: &Paths,
        reader: ReaderClient,
        lock: &'lock StateLock,
        confined: Confined,
    ) -> Result<Self, CycleError> {
        let enrolment = Enrolment::load(paths)?;
        let key = identity::load_key(paths)?;
        let ledger = LedgerWriter::open(&paths.ledger(), &key, lock)?;
        let trust = enrolment.trust(paths)?;
        let documents = documents::load(paths)?;
        let mut pipeline = Self {
            paths: paths.clone(),
            enrolment,
            key,
            followed: trust.root_reference().version,
            trust,
            documents,
            announced: Announcements::default(),
            reader,
            ceiling: Ceiling::Unset,
            named_up_to: 0,
            given: false,
            ledger,
            confined,
        };
        pipeline.learn_time()?;
        Ok(pipeline)
    }

    /// Holds the clock to the newest receipt. Without documents, as after the loss of their file, the roots that followed
    /// the pinned one are not known, and with them the receipt's keys; the collector gives them again.
    fn learn_time(&mut self) -> Result<(), CycleError> {
        if self.documents.timestamp.is_some() {
            let keys = self.enrolment.receipt_keys(&self.paths, &self.documents)?;
            self.ledger.hold_clock(&mut self.trust, &keys)?;
        }
        Ok(())
    }

    /// One cycle: fetch the policy, read what it permits, record it, send what has still to be sent. The clock is looked
    /// at again for each step: sending may take its time.
    pub(crate) async fn cycle(
        &mut self,
        link: &impl CollectorLink,
        clock: &impl Fn() -> UtcTime,
        random: &dyn SecureRandom,
    ) -> Result<CycleOutcome, (CycleOutcome, CycleError)> {
        let mut outcome = CycleOutcome::default();
        match self.run(link, clock, random, &mut outcome).await {
            Ok(()) => Ok(outcome),
            Err(error) => Err((outcome, error)),
        }
    }

    async fn run(
        &mut self,
        link: &impl CollectorLink,
        clock: &impl Fn() -> UtcTime,
        random: &dyn SecureRandom,
        outcome: &mut CycleOutcome,
    ) -> Result<(), CycleError> {
        self.remove_expired(clock())?;
        if self.is_quiet(clock(), outcome)? {
            return Ok(());
        }
        let unreachable = self.fetch_documents(link, clock(), random).await?;
        let now = clock();
        if let Err(error) = self.confined_as_accepted(now) {
            self.have_given_judged();
            self.hand_documents_over();
            return Err(error);
        }
        let given = std::mem::take(&mut self.given);
        let disclosed = match self.reader.disclose(&self.documents, given, &mut self.trust, now) {
            Err(error) if error.quiet_until().is_some() => {
                outcome.quiet_until = error.quiet_until();
                return Ok(());
            }
            Err(error) if error.not_before().is_some() => {
                outcome.not_due = error.not_before();
                return self.send_kept(unreachable, link, clock, random, outcome).await;
            }
            disclosed => disclosed?,
        };
        self.announced = disclosed.announced().clone();
        // What stands by the reader's word may demand more than what the collector gave.
        self.confined_as_accepted(now)?;
        let too_large = match self.record(&disclosed, now, random) {
            Ok(recorded) => {
                outcome.recorded = Some(recorded.number());
                None
            }
            // What was recorded before can still be sent.
            Err(CycleError::Ledger(error)) if error.is_too_large() => Some(error),
            Err(error) => return Err(error),
        };
        if let Some(error) = unreachable {
            return Err(too_large.map_or(CycleError::Unreachable(error), CycleError::Ledger));
        }
        let mut sent = self.send_pending(link, disclosed.permit(), clock, random, outcome).await;
        if let Some(error) = too_large {
            return Err(sent.err().filter(|error| !error.heals()).unwrap_or(error.into()));
        }
        if sent.as_ref().is_ok_and(|sent| sent.remake) {
            outcome.remake = true;
            // With all that it lacks in full.
            let remade = self.record(&disclosed, clock(), random)?.number();
            outcome.recorded = Some(remade);
            sent = self.send_pending(link, disclosed.permit(), clock, random, outcome).await;
            outcome.remake = sent.as_ref().is_ok_and(|sent| sent.remake);
            if outcome.remake {
                return Err(CycleError::Remade { entry: remade });
            }
        }
        sent?.complete()
    }

    /// The policy that is accepted at the instant. Whether its notice was acknowledged, where it asks for that, is held by the
    /// reader: without it there is neither a disclosure nor a permit to send under.
    fn accepted(&mut self, now: UtcTime) -> Result<AcceptedPolicy, CycleError> {
        verdict::accept(&mut self.trust, &self.documents, &mut self.announced, now)
            .map_err(CycleError::NotInForce)
    }

    /// The same, if this process is confined as the policy demands: else nothing is read and nothing leaves.
    fn confined_as_accepted(&mut self, now: UtcTime) -> Result<AcceptedPolicy, CycleError> {
        let accepted = self.accepted(now)?;
        let document = accepted.terms().document();
        self.confined.suffices(document)?;
        self.ledger.keep_records(document.records);
        Ok(accepted)
    }

    /// Sends what earlier cycles recorded, if anything, without reading the machine, and as long as a policy is in
    /// force. The reader is asked again too: limits may have been set since. Where the outcome says that a report has to be made again, a cycle has to follow.
    pub(crate) async fn resend(
        &mut self,
        link: &impl CollectorLink,
        clock: &impl Fn() -> UtcTime,
        random: &dyn SecureRandom,
    ) -> Result<CycleOutcome, (CycleOutcome, CycleError)> {
        let mut outcome = CycleOutcome::default();
        if let Err(error) = self.remove_expired(clock()) {
            return Err((outcome, error));
        }
        if self.ledger.pending().next().is_none() {
            return Ok(outcome);
        }
        let sent = async {
            if self.is_quiet(clock(), &mut outcome)? {
                return Ok(());
            }
            let unreachable = self.fetch_documents(link, clock(), random).await?;
            self.have_given_judged();
            self.send_kept(unreachable, link, clock, random, &mut outcome).await
        };
        match sent.await {
            Ok(()) => Ok(outcome),
            Err(error) => Err((outcome, error)),
        }
    }

    /// Whether the device's ceiling has quiet hours now. Asked before anything is sent, if only a question for documents: that alone
    /// tells the collector that the device is in use.
    fn is_quiet(&mut self, now: UtcTime, outcome: &mut CycleOutcome) -> Result<bool, CycleError> {
        let (ceiling, named_at) = self.reader.ceiling_and_naming()?;
        self.ceiling = ceiling;
        self.named_up_to = named::recorded_before(&self.paths, named_at, self.ledger.last())?;
        outcome.quiet_until = self.ceiling.quiet_until(now);
        Ok(outcome.quiet_until.is_some())
    }

    /// Sends what is kept, if anything, under the permit that the reader gives without reading.
    async fn send_kept(
        &mut self,
        unreachable: Option<UplinkError>,
        link: &impl CollectorLink,
        clock: &impl Fn() -> UtcTime,
        random: &dyn SecureRandom,
        outcome: &mut CycleOutcome,
    ) -> Result<(), CycleError> {
        if let Some(error) = unreachable {
            return Err(CycleError::Unreachable(error));
        }
        if self.ledger.pending().next().is_none() {
            return Ok(());
        }
        self.confined_as_accepted(clock()).inspect_err(|_| self.hand_documents_over())?;
        let status = self.reader.status(&self.documents)?;
        self.announced = status.standing.recall();
        let accepted = self.confined_as_accepted(clock())?;
        let permit = ReaderClient::permit_of(status, &accepted)?;
        let sent = self.send_pending(link, &permit, clock, random, outcome).await?;
        outcome.remake = sent.remake;
        sent.complete()
    }

    /// How often the accepted policy asks for a report.
    pub(crate) fn interval(&mut self, now: UtcTime) -> Result<Span, CycleError> {
        Ok(self.accepted(now)?.terms().document().report_every)
    }

    /// When the newest report was made and how often the policy on this device asks for one; `None` when there is no
    /// report or no policy is accepted. A report that has to be made again does not count; one that the collector will
    /// never take does, or the next one would follow at once and fare no better.
    pub(crate) fn rhythm(&mut self, now: UtcTime) -> Result<Option<(UtcTime, Span)>, CycleError> {
        let Some(newest) = self.newest_that_counts()? else { return Ok(None) };
        let made = self.ledger.load(newest)?.report().document().created;
        Ok(self.accepted(now).ok().map(|accepted| (made, accepted.terms().document().report_every)))
    }

    fn newest_that_counts(&self) -> Result<Option<u64>, CycleError> {
        for (number, fate) in self.ledger.entries().rev() {
            let refusal = if fate == Fate::Refused { self.ledger.refusal(number)? } else { None };
            if !refusal.is_some_and(|note| ship::calls_for_another(note.document().problem.kind())) {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    /// An entry and its verified receipt.
    pub(crate) fn receipted(&self, entry: u64) -> Result<(Recorded, Option<Receipt>), CycleError> {
        let keys = self.enrolment.receipt_keys(&self.paths, &self.documents)?;
        let recorded = self.ledger.load(entry)?;
        let receipt = self.ledger.receipt(&recorded, &keys)?;
        Ok((recorded, receipt))
    }

    /// The ledger.
    pub(crate) fn ledger(&self) -> &LedgerWriter<'lock> {
        &self.ledger
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
