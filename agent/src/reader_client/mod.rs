//! Asks `candor-reader`, the only program that reads the machine, and checks what it answers.
//!
//! One process for each question: a [`Question`](collector_proto::disclosure::Question) as JSON on its standard input, an
//! answer as JSON on its standard output. Where the two are installed as services they are two users, and a socket leads
//! to the reader; elsewhere the reader is started with pipes and has the rights of whoever asks. The reader decides what is read. candor verifies the same documents, derives the
//! same permit from the answer's platform, ceiling and consent, and takes no row that this permit does not allow.

mod error;
mod exchange;
mod process;
pub(crate) mod program;
mod socket;

pub use error::ReaderError;

use collector_proto::catalog::Section;
use collector_proto::digest::Digest;
use collector_proto::disclosure::request::{
    self, Acknowledge, Disclose, JudgeGiven, KeepDocuments, ListSent, Preview, PreviewForEverybody,
    RecordCustody, RecordLedger, RecordShown, SetCeiling, ShowCeiling, ShowCustody, ShowDevice, ShowHistory,
    ShowReadings, ShowSent, ShowStatus, SummariseSent, VerifySent,
};
use collector_proto::disclosure::sent::{SentEntry, SentList, SummarisedSent, VerifiedSent};
use collector_proto::disclosure::{
    Acknowledgement, Ask, CeilingAnswer, Condition, DeviceAnswer, Direction, Disclosure, DisclosureAnswer,
    DisclosureMessage, GivenAnswer, Handover, HistoryAnswer, KeptTenantKey, LedgerEnd, ReaderStatus, Reading,
    RefusalMessage, Sandbox, TenantKeyAnswer,
};
use collector_proto::envelope::Envelope;
use collector_proto::messages::RefusedDocument;
use collector_proto::policy::trust::{AcceptedPolicy, Documents, Refusal, RootRef, Trust};
use collector_proto::policy::{
    Announced, Announcements, Ceiling, Draft, Permit, Policy, PolicyRef, Remembered, Signed, Standing,
};
use collector_proto::time::UtcTime;
use exchange::Reached;
use process::Program;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;
use uuid::Uuid;

/// How long a reader may take. A full collection takes well below a second; a hanging file system may stop one for
/// long, and the agent must outlive it.
const DEFAULT_TIMEOUT: Duration = Duration::from_mins(1);

/// How the reader is asked.
#[derive(Debug)]
pub struct ReaderClient {
    way: Way,
    timeout: Duration,
    by_hand: bool,
    waiting: RefCell<Vec<Result<Reached, ReaderError>>>,
}

/// The way to the reader.
#[derive(Debug, Clone)]
enum Way {
    /// It is started, with the rights of this process.
    Started(Program),
    /// It answers the agent at this socket, as another user.
    Served(PathBuf),
    /// It answers every account at this socket, by the documents that it keeps.
    Asked(PathBuf),
}

/// Where the reader is, for people.
impl fmt::Display for ReaderClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.way {
            Way::Started(program) => program.path.display().fmt(f),
            Way::Served(socket) | Way::Asked(socket) => write!(f, "the reader behind {}", socket.display()),
        }
    }
}

/// What may be sent: treated rows together with the policy and the permit that they were read under. Only
/// [`ReaderClient`] makes one, from an answer that it has checked.
#[derive(Debug)]
pub struct Disclosed<S: Standing = Signed> {
    policy: Policy,
    permit: Permit<S>,
    disclosure: Disclosure<S>,
    left_out: BTreeSet<Section>,
    ceiling: Ceiling,
    read_at: UtcTime,
    sandbox: Sandbox,
    tenant_key: Option<KeptTenantKey>,
    to_tell: Vec<RefusedDocument>,
    fresh_until: Option<UtcTime>,
    announced: Announcements,
    coming: Vec<Announced>,
}

impl ReaderClient {
    /// The program `path`, which is started for each question, keeps its state in `state` and reads the tree under `root`, or
    /// this machine.
    pub fn started(path: PathBuf, state: PathBuf, root: Option<PathBuf>) -> Self {
        Self::by(Way::Started(Program { path, state, root }))
    }

    /// The reader of this machine that answers at a socket.
    pub fn served(socket: PathBuf) -> Self {
        Self::by(Way::Served(socket))
    }

    /// The reader of this machine that answers every account at a socket.
    pub fn asked(socket: PathBuf) -> Self {
        Self::by(Way::Asked(socket))
    }

    fn by(way: Way) -> Self {
        Self { way, timeout: DEFAULT_TIMEOUT, by_hand: false, waiting: RefCell::default() }
    }

    /// Gives it another time limit.
    #[must_use]
    pub fn within(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Has it read for a report whenever a person asks, where this process has the reader's own rights. Behind a socket the agent
    /// is held to the policy's interval, also by hand.
    #[must_use]
    pub fn by_hand(mut self) -> Self {
        self.by_hand = matches!(self.way, Way::Started(_));
        self
    }

    /// Has a reader wait for each of so many questions, for a process that is about to confine itself: it will start no
    /// program and make no local socket, and a reader that it started would inherit the confinement and could read nothing.
    /// So each is started, or connected to, before; the question goes there later. What kept it from that is said when it is
    /// asked. Whoever takes the process over asks no more than that either.
    pub fn prepare(&self, questions: usize) {
        self.waiting.borrow_mut().extend((0..questions).map(|_| self.way.reach()));
    }

    /// Process ids of the readers that were started and wait to be asked.
    pub(crate) fn started_and_waiting(&self) -> Vec<u32> {
        self.waiting.borrow().iter().flatten().filter_map(Reached::process).collect()
    }

    /// Has the reader verify a bundle, pin its root and keep the device's id and the tenant key. Returns the pinned root.
    pub fn trust(
        &self,
        bundle: &Envelope,
        root: Option<Digest>,
        device_id: Uuid,
    ) -> Result<RootRef, ReaderError> {
        Ok(self.ask(request::PinRoot { bundle: bundle.clone(), root, device_id })?.root)
    }

    /// Has the reader take the organisation's next key for keyed hashes out of a bundle.
    pub(crate) fn set_tenant_key(&self, bundle: &Envelope) -> Result<TenantKeyAnswer, ReaderError> {
        self.ask(request::SetTenantKey { bundle: bundle.clone() })
    }

    /// Collects what the documents permit at the instant `now`, and has the reader remember what they prove. Where the collector just gave
    /// them, it judges them first, as by [`Self::judge_given`].
    pub fn disclose(
        &self,
        documents: &Documents,
        given: bool,
        trust: &mut Trust,
        now: UtcTime,
    ) -> Result<Disclosed<Signed>, ReaderError> {
        let question = Disclose { documents: documents.clone(), given, at_once: self.by_hand };
        self.collect(question, documents, trust, now)
    }

    /// As [`Self::disclose`], and the reader remembers nothing.
    pub fn preview(
        &self,
        documents: &Documents,
        trust: &mut Trust,
        now: UtcTime,
    ) -> Result<Disclosed<Signed>, ReaderError> {
        self.collect(Preview { documents: self.brought(documents) }, documents, trust, now)
    }

    /// As [`Self::preview`] by the documents that the reader keeps, without what is not for everybody to see.
    pub fn preview_for_everybody(
        &self,
        kept: &Documents,
        trust: &mut Trust,
        now: UtcTime,
    ) -> Result<Disclosed<Signed>, ReaderError> {
        self.collect(PreviewForEverybody {}, kept, trust, now)
    }

    /// Collects what an unsigned policy would permit. The result is of a type that nothing keeps or sends.
    pub fn draft(&self, policy: &Policy) -> Result<Disclosed<Draft>, ReaderError> {
        let answer = self.ask(request::ReadDraft { policy: policy.document().clone() })?;
        if answer.policy.is_some() {
            return Err(ReaderError::OtherPolicy);
        }
        Disclosed::checked(policy, answer, None, Announcements::default())
    }

    /// Whom the device trusts, who it is, and the documents that the reader keeps.
    pub fn device(&self) -> Result<DeviceAnswer, ReaderError> {
        self.ask(ShowDevice {})
    }

    /// Has the reader keep that the notice of this version was written where every account can open it.
    pub(crate) fn record_shown(&self, policy: PolicyRef) -> Result<Remembered, ReaderError> {
        Ok(self.ask(RecordShown { policy })?.standing)
    }

    /// What happened to the policy of this device.
    pub(crate) fn history(&self) -> Result<HistoryAnswer, ReaderError> {
        self.ask(ShowHistory {})
    }

    /// Whether it is started with the rights of this process: then one user does everything.
    pub(crate) fn is_started(&self) -> bool {
        matches!(self.way, Way::Started(_))
    }

    /// Has the reader keep what the collector gave, where nothing follows that hands it over. What is not genuine, or is older
    /// than what the reader keeps, is left.
    pub(crate) fn keep_documents(&self, documents: &Documents) -> Result<(), ReaderError> {
        self.ask(KeepDocuments { documents: documents.clone() }).map(drop)
    }

    /// Has the reader judge what the collector just gave, or that more came than anybody may give, and keep on record what is refused.
    /// `told` is what reports told of that the collector has confirmed.
    pub(crate) fn judge_given(
        &self,
        documents: Option<&Documents>,
        told: Vec<RefusedDocument>,
    ) -> Result<GivenAnswer, ReaderError> {
        self.ask(JudgeGiven { documents: documents.cloned(), told })
    }

    /// Asks what the reader remembers and what it makes of the documents. Nothing of the machine is read.
    pub fn status(&self, documents: &Documents) -> Result<ReaderStatus, ReaderError> {
        self.ask(ShowStatus { documents: self.brought(documents) })
    }

    /// The same by the documents that the reader keeps.
    pub fn status_as_kept(&self) -> Result<ReaderStatus, ReaderError> {
        self.ask(ShowStatus { documents: None })
    }

    /// Asks who this device is, and what the reader remembers and makes of the documents that it keeps itself. Refused where the
    /// device is not enrolled or its ceiling is lost, and for nothing else: another refusal says nothing about what is collected.
    pub(crate) fn told(&self) -> Result<(DeviceAnswer, ReaderStatus), ReaderError> {
        let status = self.status_as_kept().map_err(|error| match error {
            ReaderError::Refused(refusal)
                if ![RefusalMessage::NOT_ENROLLED, RefusalMessage::CEILING_UNUSABLE]
                    .contains(&&*refusal.code) =>
            {
                ReaderError::NotAnswered(refusal)
            }
            error => error,
        })?;
        let device = status.device.clone().ok_or(ReaderError::OtherAnswer)?;
        Ok((device, status))
    }

    /// The documents that a question brings, if the reader takes any here.
    fn brought(&self, documents: &Documents) -> Option<Documents> {
        match self.way {
            Way::Started(_) | Way::Served(_) => Some(documents.clone()),
            Way::Asked(_) => None,
        }
    }

    /// The permit under which the reader would read now, of what it has said, and from the policy that this program accepted: the
    /// reader has the last word, since it remembers what this program does not.
    pub(crate) fn permit_of(status: ReaderStatus, accepted: &AcceptedPolicy) -> Result<Permit, ReaderError> {
        if let Some(refusal) = status.refused {
            return Err(ReaderError::Refused(refusal));
        }
        if status.policy != Some(accepted.versions()) {
            return Err(ReaderError::OtherPolicy);
        }
        Ok(status.permit_as_answered(accepted))
    }

    /// What was read on this device, oldest first.
    pub fn readings(&self) -> Result<Vec<Reading>, ReaderError> {
        Ok(self.ask(ShowReadings {})?.readings)
    }

    /// What the ledger of another user holds.
    pub(crate) fn sent_list(&self) -> Result<SentList, ReaderError> {
        self.ask_for_ledger(ListSent {})
    }

    /// One report of it.
    pub(crate) fn sent_entry(&self, entry: u64) -> Result<SentEntry, ReaderError> {
        self.ask_for_ledger(ShowSent { entry })
    }

    /// Has it verified, and held to what the reader knows.
    pub(crate) fn verify_sent(&self) -> Result<VerifiedSent, ReaderError> {
        self.ask_for_ledger(VerifySent {})
    }

    /// How many reports it holds.
    pub(crate) fn sent_summary(&self) -> Result<SummarisedSent, ReaderError> {
        self.ask_for_ledger(SummariseSent {})
    }

    fn ask_for_ledger<Q: Ask>(&self, question: Q) -> Result<Q::Answer<DisclosureMessage>, ReaderError> {
        self.ask(question).map_err(|error| match error {
            ReaderError::Refused(refusal) => ReaderError::Ledger(refusal),
            other => other,
        })
    }

    /// The ceiling of this device, as far as this account is told of the accounts in it.
    pub fn ceiling(&self) -> Result<Ceiling, ReaderError> {
        Ok(self.ask(ShowCeiling {})?.ceiling)
    }

    /// The same, and when accounts were last added to it about which nothing is read.
    pub(crate) fn ceiling_and_naming(&self) -> Result<(Ceiling, Option<UtcTime>), ReaderError> {
        let CeilingAnswer { ceiling, named_at } = self.ask(ShowCeiling {})?;
        Ok((ceiling, named_at))
    }

    /// Has the reader keep a ceiling, replacing an earlier one.
    pub(crate) fn set_ceiling(&self, ceiling: Ceiling) -> Result<Ceiling, ReaderError> {
        Ok(self.ask(SetCeiling { ceiling })?.ceiling)
    }

    /// Has the reader keep where the ledger ends, and what the collector was told of refused documents.
    pub fn record_ledger(&self, end: LedgerEnd, told: Vec<RefusedDocument>) -> Result<(), ReaderError> {
        self.ask(RecordLedger { end, told }).map(drop)
    }

    /// Has the reader keep that the notice of this policy was shown in a language as these bytes and acknowledged. Returns the
    /// first acknowledgement of the policy.
    pub fn acknowledge(
        &self,
        documents: &Documents,
        policy: PolicyRef,
        language: &str,
        shown: &[u8],
    ) -> Result<Acknowledgement, ReaderError> {
        let (documents, language) = (self.brought(documents), language.to_owned());
        let request = Acknowledge { documents, policy, language, notice: Digest::of(shown) };
        Ok(self.ask(request)?.acknowledgement)
    }

    /// Has the reader keep a hand-over of the device, replacing an earlier one.
    pub fn record_custody(
        &self,
        direction: Direction,
        condition: Condition,
    ) -> Result<Option<Handover>, ReaderError> {
        Ok(self.ask(RecordCustody { direction, condition })?.handover)
    }

    /// The last hand-over of the device, if there was one. Nothing of the machine is read.
    pub fn custody(&self) -> Result<Option<Handover>, ReaderError> {
        Ok(self.ask(ShowCustody {})?.handover)
    }

    fn collect<Q: Ask<Answer<DisclosureMessage> = DisclosureAnswer>>(
        &self,
        question: Q,
        documents: &Documents,
        trust: &mut Trust,
        now: UtcTime,
    ) -> Result<Disclosed<Signed>, ReaderError> {
        let refused = |refusal: Refusal| ReaderError::Refused((&refusal).into());
        // Before the reader is started: what is refused here is not read either.
        trust.accept(documents, &mut Announcements::default(), now).map_err(refused)?;
        let answer = self.ask(question)?;
        // What stands depends on the instant, to the second: on the one at which the reader looked, which may have been later.
        let mut announced = answer.standing.recall();
        let accepted = trust.accept(documents, &mut announced, now.max(answer.read_at)).map_err(refused)?;
        if answer.policy != Some(accepted.versions()) {
            return Err(ReaderError::OtherPolicy);
        }
        let disclosed = Disclosed::checked(&accepted, answer, Some(accepted.fresh_until()), announced)?;
        // The first is the one that it goes by, in force or not.
        let coming = accepted.standing().iter().skip(1).cloned().collect();
        Ok(Disclosed { coming, ..disclosed })
    }
}

impl<S: Standing> Disclosed<S> {
    /// Derives the permit again and checks the answer against it.
    fn checked(
        policy: &S::Policy,
        answer: DisclosureAnswer,
        fresh_until: Option<UtcTime>,
        announced: Announcements,
    ) -> Result<Self, ReaderError> {
        let permit = answer.permit_as_answered::<S>(policy);
        let DisclosureAnswer { sandbox, tenant_key, to_tell, left_out, ceiling, read_at, .. } = answer;
        let disclosure = answer.disclosure.under(&permit)?;
        let policy = S::checked(policy).clone();
        Ok(Self {
            policy,
            permit,
            disclosure,
            left_out,
            ceiling,
            read_at,
            sandbox,
            tenant_key,
            to_tell,
            fresh_until,
            announced,
            coming: Vec::new(),
        })
    }

    /// The policy it was read under.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What of documents that were refused earlier the report has to tell, unless others told it.
    pub(crate) fn to_tell(&self) -> &[RefusedDocument] {
        &self.to_tell
    }

    /// The versions of the policy that stood then.
    pub fn announced(&self) -> &Announcements {
        &self.announced
    }

    /// Versions that are announced beside the one that it goes by, oldest first.
    pub fn coming(&self) -> &[Announced] {
        &self.coming
    }

    /// The permit it was read under.
    pub fn permit(&self) -> &Permit<S> {
        &self.permit
    }

    /// The treated rows.
    pub fn disclosure(&self) -> &Disclosure<S> {
        &self.disclosure
    }

    /// Sections of which something is not shown to whoever asked.
    pub fn left_out(&self) -> &BTreeSet<Section> {
        &self.left_out
    }

    /// The device's ceiling, as far as whoever asked is told of the accounts in it.
    pub fn ceiling(&self) -> &Ceiling {
        &self.ceiling
    }

    /// When it was read: what an account is shown may be a minute old.
    pub fn read_at(&self) -> UtcTime {
        self.read_at
    }

    /// What kept the reader to the permit while it read.
    pub fn sandbox(&self) -> Sandbox {
        self.sandbox
    }

    /// The organisation's key that values were hashed with, without the key.
    pub fn tenant_key(&self) -> Option<&KeptTenantKey> {
        self.tenant_key.as_ref()
    }

    /// Until when the policy may be used without a fresh timestamp; `None` for a draft.
    pub fn fresh_until(&self) -> Option<UtcTime> {
        self.fresh_until
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
