//! What the reader can be asked: one file for each request, and the table of them.
//!
//! ```text
//! question ──contract, caller──► request ──state, trust──► policy ──limits──► Permit ──probe, treat──► answer
//! ```
//!
//! `collect.rs` holds what the three requests that read the machine have in common; it is the one place from a policy to
//! rows.

mod acknowledge;
mod ceiling;
mod collect;
mod custody;
mod disclose;
mod documents;
mod judge_given;
mod pin_root;
mod preview;
mod read_draft;
mod record_ledger;
mod record_shown;
mod refused;
mod sent;
mod set_tenant_key;
mod show_device;
mod show_history;
mod show_readings;
mod show_status;

use crate::caller::Caller;
use crate::host::{Host, LedgerService};
use crate::sandbox::Confinement;
use crate::state::{Pinned, State};
use crate::treat::{Treated, Viewer};
use collector_proto::contract::CONTRACT;
use collector_proto::disclosure::{Answer, Ask, AskedBy, Question, Request, Split};
use collector_proto::time::UtcTime;
use refused::Refused;
use ring::rand::SecureRandom;

/// Everything an answer depends on besides the request.
pub struct Reader<'a> {
    /// The machine.
    pub host: &'a Host,
    /// What is remembered.
    pub state: &'a State,
    /// Where the agent's user answers for its ledger.
    pub ledger: &'a LedgerService,
    /// The clock.
    pub now: UtcTime,
    /// Seconds since the machine was started; none where the system does not say.
    pub running: Option<u64>,
    /// Random numbers for new keys.
    pub random: &'a dyn SecureRandom,
    /// Who asks.
    pub caller: Caller,
    /// The same for the journal of readings.
    pub asked_by: AskedBy,
    /// Who looks at what is read.
    pub viewer: Viewer,
    /// Whether the agent is a user without the reader's rights.
    pub split: Split,
    /// What holds the process to the permit.
    pub confinement: Confinement,
}

/// How the reader answers one kind of request, once its caller may ask for it.
trait Handle: Ask {
    fn handle(self, reader: &Reader<'_>) -> Result<Self::Answer<Treated>, Refused>;
}

impl Reader<'_> {
    /// Answers one question. A refusal is an answer too: then nothing of the machine was read.
    pub fn answer(&self, question: Question) -> Answer<Treated> {
        self.try_answer(question).unwrap_or_else(|refused| {
            tracing::info!(code = refused.code(), "refused");
            Answer::Refused(refused.to_message())
        })
    }

    /// The table of requests.
    fn try_answer(&self, Question { request, contract }: Question) -> Result<Answer<Treated>, Refused> {
        if contract != CONTRACT {
            return Err(Refused::Contract { asked: contract });
        }
        match request {
            Request::PinRoot(request) => self.handle(request),
            Request::Disclose(request) => self.handle(request),
            Request::Preview(request) => self.handle(request),
            Request::PreviewForEverybody(request) => self.handle(request),
            Request::ReadDraft(request) => self.handle(request),
            Request::ShowStatus(request) => self.handle(request),
            Request::RecordCustody(request) => self.handle(request),
            Request::ShowCustody(request) => self.handle(request),
            Request::ShowReadings(request) => self.handle(request),
            Request::RecordLedger(request) => self.handle(request),
            Request::Acknowledge(request) => self.handle(request),
            Request::KeepDocuments(request) => self.handle(request),
            Request::JudgeGiven(request) => self.handle(request),
            Request::RecordShown(request) => self.handle(request),
            Request::ShowHistory(request) => self.handle(request),
            Request::ShowDevice(request) => self.handle(request),
            Request::ListSent(request) => self.handle(request),
            Request::ShowSent(request) => self.handle(request),
            Request::VerifySent(request) => self.handle(request),
            Request::SummariseSent(request) => self.handle(request),
            Request::SetCeiling(request) => self.handle(request),
            Request::ShowCeiling(request) => self.handle(request),
            Request::SetTenantKey(request) => self.handle(request),
        }
    }

    fn handle<Q: Handle>(&self, request: Q) -> Result<Answer<Treated>, Refused> {
        if !self.caller.may(Q::OPERATION) {
            return Err(Refused::Rights);
        }
        Ok(request.handle(self)?.into())
    }

    fn pinned(&self) -> Result<Pinned, Refused> {
        self.state.pinned()?.ok_or(Refused::NotEnrolled)
    }
}
