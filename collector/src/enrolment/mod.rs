//! An enrolment: challenge, proof of possession, one-time token, device record.

use crate::collector::Collector;
use crate::issue;
use crate::refusal::{Reason, RequestRefusal};
use crate::store::{EnrolmentOutcome, SealRecord, StoreError};
use crate::tries::Sender;
use crate::verify::{self, ArrivedEnrolment};
use collector_proto::digest::Digest;
use collector_proto::envelope::Envelope;
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::messages::{Challenge, Documents, EnrolmentAnswer};

/// The same words whatever is wrong with a token.
const TOKEN_REFUSED: &str = "the token is unknown, expired, revoked or used";

impl Collector {
    /// A challenge for an enrolment.
    pub fn challenge(&self) -> Result<Challenge, RequestRefusal> {
        self.challenges.make(self.random.as_ref(), (self.clock)()).map_err(|error| {
            tracing::error!(%error, "a challenge could not be made");
            Reason::Internal.into()
        })
    }

    /// Who has the bearer token, if it is on record, used or not, and was not tried in vain too often: the least that a sender must show
    /// before its body is received.
    pub(crate) async fn check_token(&self, token: Option<&str>) -> Result<Sender, RequestRefusal> {
        let refused = |detail| RequestRefusal::new(Reason::EnrolmentRefused, detail);
        let token = Digest::of(token.ok_or_else(|| refused("there is no bearer token"))?.as_bytes());
        let sender = Sender::Newcomer(token);
        self.tries.check(&sender, (self.clock)())?;
        if self.store.is_token_known(&token).await? { Ok(sender) } else { Err(refused(TOKEN_REFUSED)) }
    }

    /// Enrols a device: proof of possession, nonce, one-time token.
    pub async fn enrol(&self, arrived: ArrivedEnrolment) -> Result<EnrolmentAnswer, RequestRefusal> {
        let token = arrived.token.as_deref().map(|token| Digest::of(token.as_bytes()));
        let answer = self.take_enrolment(arrived).await;
        // Whose token is not on record comes no further than the look for it.
        if let (Err(_), Some(token)) = (&answer, token) {
            self.tries.count(Sender::Newcomer(token), (self.clock)());
        }
        answer
    }

    async fn take_enrolment(&self, arrived: ArrivedEnrolment) -> Result<EnrolmentAnswer, RequestRefusal> {
        let now = (self.clock)();
        let new = verify::enrolment(&arrived, &self.id, &self.challenges, now)?;
        let (key, id) = (self.receipt_key().await?, self.id.clone());
        let contract = new.contract();
        let (device_id, key_id) = (new.device_id(), new.key().id().clone());
        let seal: SealRecord =
            Box::new(move |facts| Ok(issue::device_record(&key, &id, device_id, &key_id, facts.group, now)?));
        match self.store.enrol(new, seal, now).await? {
            EnrolmentOutcome::Yes { record, group } => {
                let device =
                    Envelope::parse(&record, MAX_DOCUMENT_BYTES).map_err(StoreError::corrupt("device"))?;
                // A device that does not understand them is still enrolled, and told when it asks for them.
                let documents = match self.documents(device_id, &group, contract).await {
                    Err(refusal) if refusal.reason() == Reason::NotUnderstood => Documents::default(),
                    documents => documents?,
                };
                Ok(EnrolmentAnswer { device, documents })
            }
            EnrolmentOutcome::TokenRefused => {
                Err(RequestRefusal::new(Reason::EnrolmentRefused, TOKEN_REFUSED))
            }
            EnrolmentOutcome::NonceUsed => Err(RequestRefusal::new(
                Reason::EnrolmentRefused,
                "the nonce was used before; ask for another challenge",
            )),
            EnrolmentOutcome::Known => Err(RequestRefusal::new(
                Reason::EnrolmentConflict,
                "the device id or the key is on record already; enrol with new ones",
            )),
            EnrolmentOutcome::Revoked => Err(Reason::Revoked.into()),
        }
    }
}
