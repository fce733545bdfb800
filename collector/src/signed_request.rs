//! Who signed a request (RFC 9421): a device on record that was not revoked, for the first time with this nonce.

use crate::collector::Collector;
use crate::refusal::{Reason, RequestRefusal};
use crate::store::NonceUse;
use crate::verify::DeviceKey;
use collector_proto::http_signature::{self, NONCE_SECONDS, Nonce, ReceivedHeaders, RequestParts};

/// The device that signed a request. Only [`Collector::asker`] makes one.
pub(crate) struct Asker {
    /// The device and its group.
    pub(crate) device: DeviceKey,
    /// The request's nonce.
    pub(crate) nonce: Nonce,
}

impl Collector {
    /// Verifies who signed the request, and notes what its agent understands.
    pub(crate) async fn asker(
        &self,
        parts: RequestParts<'_>,
        headers: ReceivedHeaders<'_>,
    ) -> Result<Asker, RequestRefusal> {
        let authority = parts.authority.to_ascii_lowercase();
        if !self.authorities.contains(authority.strip_suffix(":443").unwrap_or(&authority)) {
            return Err(RequestRefusal::new(
                Reason::BadSignature,
                "the request is for a host that this collector is not",
            ));
        }
        let now = (self.clock)();
        let claimed = http_signature::claimed_key(headers, false);
        let claimed = claimed.map_err(|error| RequestRefusal::from_signature(&error))?;
        let device = self.store.key(&claimed).await?;
        let lookup = |_: &_| device.as_ref().map(|device| device.key.clone());
        let verified = http_signature::verify(parts, headers, None, lookup, now)
            .map_err(|error| RequestRefusal::from_signature(&error))?;
        let device = device.ok_or(Reason::BadSignature)?;
        let expires = now.plus_seconds(NONCE_SECONDS.unsigned_abs());
        match self.store.use_nonce(verified.key_id(), verified.nonce(), expires, now).await? {
            NonceUse::First => {}
            NonceUse::Again => {
                return Err(RequestRefusal::new(Reason::BadSignature, "the request was received before"));
            }
            NonceUse::TooMany => {
                return Err(RequestRefusal::new(Reason::Busy, "too many signed requests in ten minutes"));
            }
        }
        if device.revoked {
            let refusal = RequestRefusal::from(Reason::Revoked).about(device.device_id, None);
            self.record(&refusal).await;
            return Err(refusal);
        }
        if device.contract != parts.contract {
            self.store.note_contract(device.device_id, parts.contract).await?;
        }
        Ok(Asker { device, nonce: verified.nonce().clone() })
    }
}
