//! From bytes to something that is known to be somebody's: a device's report, its enrolment, a policy under the root.
//!
//! The order is fixed: coding, signature over the head's bytes, and only then the parse; of a part the digest that the head
//! names, and only then the parse. Nothing here looks at what a
//! report says beyond whose it is; that is [`crate::admit`]'s part. Nothing here reads the store either: what is on
//! record is handed in.

mod content;
mod enrolment;
mod parts;
mod placement;
mod policy;
mod receipt;

pub(crate) use content::decode_bounded;
pub use content::{ContentError, Decoded, decode_zstd};
pub use enrolment::{ArrivedEnrolment, NewDevice, enrolment};
pub use parts::AuthenticPart;
pub use placement::{PlacementRefused, VerifiedPlacement};
pub use policy::{BadRoot, PolicyRefused, TrustRoot, VerifiedPolicy};
pub use receipt::{OwnReceipt, own_receipt};

use crate::refusal::{Reason, RequestRefusal};
use collector_proto::contract::Contract;
use collector_proto::envelope::{DetachedSignature, KeyId, PublicKey, Verified, VerifyError};
use collector_proto::messages::{Report, sequence};
use uuid::Uuid;

/// A key on record and the device that owns it. Only a store makes one.
#[derive(Debug, Clone)]
pub struct DeviceKey {
    /// The key.
    pub(crate) key: PublicKey,
    /// Its device.
    pub(crate) device_id: Uuid,
    /// The device's group.
    pub(crate) group: String,
    /// Number of the placement that brought it there, 0 where that was its enrolment.
    pub(crate) placement: u64,
    /// What its agent understood when it was last heard.
    pub(crate) contract: Contract,
    /// The newest root that it said it follows; 0 before it said so.
    pub(crate) root: u64,
    /// Whether the device was revoked.
    pub(crate) revoked: bool,
}

/// The signature that came with a report and the key on record that it names. Nothing is verified yet.
#[derive(Debug)]
pub struct Claim {
    signature: DetachedSignature,
    key: DeviceKey,
}

impl Claim {
    /// The least that a sender must show: a key on record that was not revoked.
    pub fn new(signature: DetachedSignature, on_record: Option<DeviceKey>) -> Result<Self, RequestRefusal> {
        match on_record.filter(|found| found.key.id() == signature.key_id()) {
            // No event: that it is the device which says so is not known, and it is told so with its signed question as well.
            Some(key) if key.revoked => Err(Reason::Revoked.into()),
            Some(key) => Ok(Self { signature, key }),
            None => Err(RequestRefusal::new(Reason::BadSignature, "the key is not known here")),
        }
    }
}

/// Reads the header with the signature.
pub fn signature(header: Option<&str>) -> Result<DetachedSignature, RequestRefusal> {
    let malformed =
        || RequestRefusal::new(Reason::Malformed, "the header DSSE-Signature is missing or cannot be read");
    DetachedSignature::parse(header.ok_or_else(malformed)?).map_err(|error| malformed().caused_by(error))
}

impl Claim {
    /// The key that it names.
    pub fn key_id(&self) -> &KeyId {
        self.signature.key_id()
    }
}

/// A report's head signed by a key of the device that it names, with the parts that came, parsed from the verified bytes.
/// [`report`] is the only constructor.
#[derive(Debug)]
pub struct Authentic {
    report: Verified<Report>,
    parts: Vec<AuthenticPart>,
    signature: DetachedSignature,
    key: DeviceKey,
}

impl Authentic {
    /// The report's head.
    pub fn report(&self) -> &Verified<Report> {
        &self.report
    }

    /// The parts that came, in the order of their names.
    pub fn parts(&self) -> &[AuthenticPart] {
        &self.parts
    }

    /// The signature as it came.
    pub fn signature(&self) -> &DetachedSignature {
        &self.signature
    }

    /// The device's key and group.
    pub fn key(&self) -> &DeviceKey {
        &self.key
    }
}

/// Why a text with white space in it is refused.
const PADDED: &str = "the head or a part has white space between its tokens, which nothing needs";

/// Decodes a report's body.
pub fn decoded(body: &[u8]) -> Result<Decoded, RequestRefusal> {
    decode_zstd(body).map_err(|error| match error {
        ContentError::TooLarge => {
            RequestRefusal::new(Reason::TooLarge, "the decoded report is larger than 8 MiB")
        }
        ContentError::NotZstd(cause) => {
            RequestRefusal::new(Reason::Malformed, "the body is not zstd data with a window of at most 8 MiB")
                .caused_by(cause)
        }
    })
}

/// Verifies the signature over a report's head, parses it, checks whose report it is, and finds the parts that it names.
pub fn report(payload: &Decoded, claim: Claim) -> Result<Authentic, RequestRefusal> {
    let Claim { signature, key } = claim;
    let texts = sequence::read(payload.bytes()).map_err(|error| {
        let detail = "the body is not a head and its parts as a JSON text sequence";
        RequestRefusal::new(Reason::Malformed, detail).caused_by(error)
    })?;
    let report = signature
        .verify::<Report>(texts.head.to_vec(), &key.key)
        .map_err(|error| refuse(error).about(key.device_id, None))?;
    if report.document().device_id != key.device_id {
        let refusal =
            RequestRefusal::new(Reason::ForeignKey, "the key is not of the device that the report names");
        return Err(refusal.about(key.device_id, None));
    }
    if !sequence::is_compact(texts.head) {
        return Err(RequestRefusal::new(Reason::Invalid, PADDED).about(key.device_id, None));
    }
    let parts = parts::found(report.document(), &texts.parts)
        .map_err(|refusal| refusal.about(key.device_id, None))?;
    Ok(Authentic { report, parts, signature, key })
}

fn refuse(error: VerifyError) -> RequestRefusal {
    match error {
        // Signed by the device, but not a report: worth a look, since no honest agent writes such bytes. The error is not
        // kept as the cause: it quotes values.
        VerifyError::Content(_) | VerifyError::NotUnderstood(_) => RequestRefusal::new(
            Reason::Invalid,
            "the signed bytes are not a report: a name is unknown, missing or doubled, or a value is of another type",
        ),
        VerifyError::Type { .. } | VerifyError::Signatures { .. } | VerifyError::Base64 => {
            RequestRefusal::new(Reason::BadSignature, "the signature is not good for these bytes")
                .caused_by(error)
        }
    }
}
