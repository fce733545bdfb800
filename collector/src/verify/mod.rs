//! From bytes to a report that is known to be a device's.
//!
//! The order is fixed: coding, signature over the decoded bytes, and only then the parse. Nothing here looks at what a
//! report says beyond whose it is; that is [`crate::admit`]'s part.

mod content;

pub use content::{ContentError, decode_zstd};

use crate::refusal::{Event, Refusal};
use crate::store::{DeviceKey, EventKind, StoreError};
use collector_proto::envelope::{DetachedSignature, KeyId, Verified, VerifyError};
use collector_proto::messages::{ProblemKind, Report};

/// A report signed by a key of the device that it names, parsed from the verified bytes. [`authenticate`] is the only
/// constructor.
#[derive(Debug)]
pub struct Authentic {
    report: Verified<Report>,
    signature: DetachedSignature,
    key: DeviceKey,
}

impl Authentic {
    /// The report.
    pub fn report(&self) -> &Verified<Report> {
        &self.report
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

/// Verifies the signature over the decoded body with the key on record, parses, and checks whose report it is.
pub fn authenticate(
    payload: Vec<u8>,
    signature: Option<&str>,
    lookup: impl FnOnce(&KeyId) -> Result<Option<DeviceKey>, StoreError>,
) -> Result<Authentic, Refusal> {
    let (signature, key) = claimed(signature, lookup)?;
    let report = signature.verify::<Report>(payload, &key.key).map_err(|error| refuse(&error, &key))?;
    let document = report.document();
    let event = |kind| Event { kind, device: key.device_id, report: None };
    if document.device_id != key.device_id {
        let refusal =
            Refusal::new(ProblemKind::BadSignature, "the key is not of the device that the report names");
        return Err(refusal.with_event(event(EventKind::ForeignKey)));
    }
    if key.revoked {
        return Err(Refusal::from(ProblemKind::Revoked).with_event(event(EventKind::RevokedDevice)));
    }
    Ok(Authentic { report, signature, key })
}

/// The signature of the header and the key on record that it names. Nothing is verified yet.
pub fn claimed(
    signature: Option<&str>,
    lookup: impl FnOnce(&KeyId) -> Result<Option<DeviceKey>, StoreError>,
) -> Result<(DetachedSignature, DeviceKey), Refusal> {
    let signature = signature.and_then(|value| DetachedSignature::parse(value).ok()).ok_or_else(|| {
        Refusal::new(ProblemKind::Malformed, "the header DSSE-Signature is missing or cannot be read")
    })?;
    let key = lookup(signature.key_id())?
        .ok_or_else(|| Refusal::new(ProblemKind::BadSignature, "the key is not known here"))?;
    Ok((signature, key))
}

fn refuse(error: &VerifyError, key: &DeviceKey) -> Refusal {
    match error {
        // Signed by the device, but no report: worth a look, since an honest agent writes none such.
        VerifyError::Content(_) => Refusal::new(
            ProblemKind::Invalid,
            "the signed bytes are not a report: a name is unknown, missing or doubled, or a value is of another type",
        )
        .with_event(Event { kind: EventKind::InvalidReport, device: key.device_id, report: None }),
        VerifyError::Type { .. } | VerifyError::Signatures { .. } | VerifyError::Base64 => {
            Refusal::new(ProblemKind::BadSignature, "the signature is not good for these bytes")
        }
    }
}
