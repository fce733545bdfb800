//! One cycle, as a table of contents: permit → read → record → seal → ship.

use crate::identity::{self, Enrolment, IdentityError};
use crate::ledger::{LedgerError, LedgerWriter, Recorded, baseline};
use crate::lock::StateLock;
use crate::paths::Paths;
use crate::reader_client::{Disclosed, ReaderClient, ReaderError};
use crate::ship::{CollectorLink, Desk, ShipError, Shipped, ship};
use crate::{FileError, documents, seal};
use candor_uplink::UplinkError;
use collector_proto::envelope::SigningKey;
use collector_proto::messages::{Documents, ProblemKind, Receipt};
use collector_proto::policy::Signed;
use collector_proto::policy::trust::Trust;
use collector_proto::time::{Span, UtcTime};
use ring::rand::SecureRandom;

/// Everything that a cycle works with.
pub struct Pipeline<'lock> {
    paths: Paths,
    enrolment: Enrolment,
    key: SigningKey,
    trust: Trust,
    documents: Documents,
    reader: ReaderClient,
    ledger: LedgerWriter<'lock>,
    every: Option<Span>,
}

/// What a cycle did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Entry of the report that was made.
    pub recorded: Option<u64>,
    /// Entries that the collector confirmed, with the bytes that travelled.
    pub receipted: Vec<(u64, usize)>,
    /// Entries that the collector refused for good.
    pub rejected: Vec<(u64, Option<ProblemKind>)>,
}

/// Why a cycle did not end with everything delivered.
#[derive(Debug, thiserror::Error)]
pub enum CycleError {
    /// Nothing may be collected, or the reader failed.
    #[error(transparent)]
    Reader(#[from] ReaderError),
    /// The identity cannot be used.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The ledger cannot be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A file cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// A report was not delivered.
    #[error(transparent)]
    Ship(#[from] ShipError),
    /// The collector refuses this device.
    #[error("the collector does not serve this device")]
    Documents(#[source] UplinkError),
    /// The collector cannot be reached; what was recorded is kept.
    #[error("the collector cannot be reached; what is recorded is kept and will be sent")]
    Unreachable(#[source] UplinkError),
}

impl<'lock> Pipeline<'lock> {
    /// Loads the identity and opens the ledger.
    pub fn open(paths: &Paths, reader: ReaderClient, lock: &'lock StateLock) -> Result<Self, CycleError> {
        let enrolment = Enrolment::load(paths)?;
        let key = identity::load_key(paths)?;
        let ledger = LedgerWriter::open(&paths.ledger(), &key, lock)?;
        let trust = enrolment.trust(paths)?;
        let documents = documents::load(paths)?;
        Ok(Self { paths: paths.clone(), enrolment, key, trust, documents, reader, ledger, every: None })
    }

    /// How often the policy on this device asks for a report; `None` when no policy is accepted.
    pub fn report_every(&self) -> Option<Span> {
        self.every
    }

    /// An entry and its verified receipt.
    pub fn receipted(&self, entry: u64) -> Result<(Recorded, Option<Receipt>), CycleError> {
        let keys = self.enrolment.receipt_keys(&self.paths, &self.documents)?;
        let recorded = self.ledger.load(entry)?;
        let receipt = self.ledger.receipt(&recorded, &keys)?;
        Ok((recorded, receipt))
    }

    /// The ledger.
    pub fn ledger(&self) -> &LedgerWriter<'lock> {
        &self.ledger
    }

    /// One cycle: fetch the policy, read what it permits, record it, send what has still to be sent.
    pub async fn cycle(
        &mut self,
        link: &impl CollectorLink,
        now: UtcTime,
        random: &dyn SecureRandom,
    ) -> Result<(Outcome, Disclosed<Signed>), (Outcome, CycleError)> {
        let mut outcome = Outcome::default();
        match self.run(link, now, random, &mut outcome).await {
            Ok(disclosed) => Ok((outcome, disclosed)),
            Err(error) => Err((outcome, error)),
        }
    }

    async fn run(
        &mut self,
        link: &impl CollectorLink,
        now: UtcTime,
        random: &dyn SecureRandom,
        outcome: &mut Outcome,
    ) -> Result<Disclosed<Signed>, CycleError> {
        let unreachable = self.fetch_documents(link, now, random).await?;
        let disclosed = self.reader.disclose(&self.documents, &mut self.trust, now)?;
        self.every = Some(disclosed.policy().document().report_every);
        outcome.recorded = Some(self.record(&disclosed, now, random)?.number());
        if let Some(error) = unreachable {
            return Err(CycleError::Unreachable(error));
        }
        if self.send_pending(link, now, outcome).await? {
            // The newest report has to be made anew; a full one of a fresh stream cannot be sent back again.
            outcome.recorded = Some(self.record(&disclosed, now, random)?.number());
            self.send_pending(link, now, outcome).await?;
        }
        Ok(disclosed)
    }

    /// Sends what earlier cycles recorded, without reading anything, while the policy still stands.
    pub async fn resend(
        &mut self,
        link: &impl CollectorLink,
        now: UtcTime,
    ) -> Result<Outcome, (Outcome, CycleError)> {
        let mut outcome = Outcome::default();
        let sent = match self.trust.accept(&self.documents, now) {
            Ok(_) => self.send_pending(link, now, &mut outcome).await,
            Err(refusal) => Err(ReaderError::Refused((&refusal).into()).into()),
        };
        match sent {
            Ok(_) => Ok(outcome),
            Err(error) => Err((outcome, error)),
        }
    }

    /// Fetches and keeps the current documents. Without a connection the kept ones serve as long as they are fresh.
    async fn fetch_documents(
        &mut self,
        link: &impl CollectorLink,
        now: UtcTime,
        random: &dyn SecureRandom,
    ) -> Result<Option<UplinkError>, CycleError> {
        match link.documents(&self.key, now, random).await {
            Ok(documents) => {
                documents::store(&self.paths, &documents)?;
                self.documents = documents;
                Ok(None)
            }
            // The collector's own word that it does not serve this device; anything else is on the way to it.
            Err(error @ UplinkError::Problem { .. }) if !error.is_transient() => {
                Err(CycleError::Documents(error))
            }
            Err(error) => Ok(Some(error)),
        }
    }

    /// Composes, seals and records a report. While an earlier one has no answer, nobody knows what the collector holds:
    /// then the report is full.
    fn record(
        &mut self,
        disclosed: &Disclosed<Signed>,
        now: UtcTime,
        random: &dyn SecureRandom,
    ) -> Result<Recorded, CycleError> {
        let settled = self.ledger.pending().next().is_none();
        let baseline = if settled { baseline::load(&self.paths.baseline(), &self.ledger)? } else { None };
        let position = self.ledger.next_position(random)?;
        let composed = seal::compose(disclosed, &self.enrolment, position, baseline.as_ref(), now);
        Ok(self.ledger.record(composed.seal(&self.key)?, &self.key, now)?)
    }

    /// Sends oldest first. Answers whether the newest report has to be made anew.
    async fn send_pending(
        &mut self,
        link: &impl CollectorLink,
        now: UtcTime,
        outcome: &mut Outcome,
    ) -> Result<bool, CycleError> {
        let receipt_keys = self.enrolment.receipt_keys(&self.paths, &self.documents)?;
        let baseline = self.paths.baseline();
        let mut remake = false;
        for number in self.ledger.pending().collect::<Vec<_>>() {
            let recorded = self.ledger.load(number)?;
            let mut desk = Desk {
                ledger: &mut self.ledger,
                baseline: &baseline,
                key: &self.key,
                receipt_keys: &receipt_keys,
            };
            match ship(link, &recorded, &mut desk, now).await? {
                Shipped::Receipted { wire_bytes, .. } => outcome.receipted.push((number, wire_bytes)),
                Shipped::Rejected(kind) => outcome.rejected.push((number, kind)),
                Shipped::Remake(_) => remake = number == self.ledger.last(),
            }
        }
        Ok(remake)
    }
}

#[cfg(all(test, unix))]
mod tests;
