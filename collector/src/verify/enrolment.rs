//! From an enrolment request to a device that proved its key.

use crate::challenge::Challenges;
use crate::refusal::{Reason, RequestRefusal};
use collector_proto::contract::{CONTRACT, Contract};
use collector_proto::digest::Digest;
use collector_proto::envelope::{BadKey, Envelope, Jwk, PublicKey};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::messages::EnrolmentRequest;
use collector_proto::time::UtcTime;
use uuid::Uuid;

/// An enrolment as it arrived.
pub struct ArrivedEnrolment {
    /// The body: an envelope.
    pub body: Vec<u8>,
    /// The token of `Authorization: Bearer`.
    pub token: Option<String>,
}

/// A device that asks to be enrolled; its possession of the key is proved, its nonce is authentic and in time.
/// [`enrolment`] is the only constructor.
#[derive(Debug, Clone)]
pub struct NewDevice {
    device_id: Uuid,
    key: PublicKey,
    token: Digest,
    nonce: Digest,
    nonce_expires: UtcTime,
    contract: Contract,
}

impl NewDevice {
    /// The id that it chose.
    pub fn device_id(&self) -> Uuid {
        self.device_id
    }

    /// Its key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// SHA-256 of the token.
    pub fn token(&self) -> Digest {
        self.token
    }

    /// SHA-256 of the nonce.
    pub fn nonce(&self) -> Digest {
        self.nonce
    }

    /// When the nonce stops working.
    pub fn nonce_expires(&self) -> UtcTime {
        self.nonce_expires
    }

    /// What its agent understands.
    pub fn contract(&self) -> Contract {
        self.contract
    }
}

/// Verifies an enrolment for this collector, whose challenges these are.
pub fn enrolment(
    arrived: &ArrivedEnrolment,
    collector: &str,
    challenges: &Challenges,
    now: UtcTime,
) -> Result<NewDevice, RequestRefusal> {
    let refused = |detail| RequestRefusal::new(Reason::EnrolmentRefused, detail);
    let malformed = |detail| RequestRefusal::new(Reason::Malformed, detail);
    let token = arrived.token.as_deref().ok_or_else(|| refused("there is no bearer token"))?;
    let envelope = Envelope::parse(&arrived.body, MAX_DOCUMENT_BYTES)
        .map_err(|error| malformed("the body is not a DSSE envelope").caused_by(error))?;
    let key = claimed_key(&envelope)?;
    let verified = envelope.verify::<EnrolmentRequest>(std::slice::from_ref(&key), 1).map_err(|error| {
        refused("the request is not signed by the key that it brings, or is not an enrolment request")
            .caused_by(error)
    })?;
    let request = verified.into_document();
    let token = Digest::of(token.as_bytes());
    if request.aud != collector {
        return Err(Reason::WrongAudience.into());
    }
    if request.token_sha256 != token {
        return Err(refused("the request was signed for another token"));
    }
    CONTRACT.works_with(request.contract).map_err(RequestRefusal::too_far)?;
    let nonce_expires = challenges.check(&request.nonce, now).map_err(|error| {
        refused("the nonce is not of this collector or has expired; ask for another challenge")
            .caused_by(error)
    })?;
    Ok(NewDevice {
        device_id: request.device_id,
        key,
        token,
        nonce: Digest::of(request.nonce.as_bytes()),
        nonce_expires,
        contract: request.contract,
    })
}

/// The key that an enrolment request brings. Nothing else is read before the signature under that key is found good.
fn claimed_key(envelope: &Envelope) -> Result<PublicKey, RequestRefusal> {
    #[derive(serde::Deserialize)]
    struct OnlyKey {
        jwk: Jwk,
    }
    let malformed =
        || RequestRefusal::new(Reason::Malformed, "the envelope holds no key of the form of a JWK");
    let payload = envelope.unverified_payload().map_err(|error| malformed().caused_by(error))?;
    let only: OnlyKey = serde_json::from_slice(&payload).map_err(|error| malformed().caused_by(error))?;
    PublicKey::from_jwk(&only.jwk).map_err(|error| match error {
        BadKey::Weak => RequestRefusal::new(
            Reason::EnrolmentRefused,
            "the key is a point of small order, under which forged signatures verify",
        ),
        BadKey::Kind | BadKey::Encoding => malformed().caused_by(error),
    })
}
