//! Signed HTTP requests: one fixed profile of HTTP Message Signatures (RFC 9421).
//!
//! ```text
//! Candor-Contract: 1
//! Signature-Input: sig1=("@method" "@authority" "@path" "@query" "candor-contract");created=<unix>;nonce="<base64url>";keyid="<thumbprint>";tag="candor-v1"
//! Signature:       sig1=:<base64>:
//! Content-Digest:  sha-256=:<base64>:                   (RFC 9530; only with content)
//! ```
//!
//! With content, `"content-digest" "content-type"` follow in the list. The RFC leaves all of this to the
//! application (§1.4); here nothing is left open: another label, list, order, tag or parameter is refused. The
//! algorithm comes from the key's record, so an `alg` parameter is refused as well.
//!
//! The signature makes a request authentic for five minutes and once; what must stay provable is signed as a
//! document ([`crate::envelope`]). Nothing here knows a clock, a socket or an HTTP library. Whoever calls
//! [`verify`] joins repeated header lines with `, ` (RFC 9421 §2.1) or refuses them, takes the authority from
//! its own configuration rather than from `X-Forwarded-*`, and takes the nonce of each key once within
//! [`NONCE_SECONDS`].

mod base;
mod content;
mod input;
mod nonce;

pub use content::content_digest;
pub use nonce::{MAX_NONCES_PER_KEY, NONCE_SECONDS, Nonce};

use crate::contract::Contract;
use crate::envelope::{KeyId, PublicKey, SigningKey};
use crate::limits::{REQUEST_MAX_AGE_SECONDS, REQUEST_MAX_AHEAD_SECONDS};
use crate::time::UtcTime;
use input::{Parameters, SignatureInput};
use std::fmt;

/// Name of the header that lists what is signed.
pub const SIGNATURE_INPUT: &str = "signature-input";

/// Name of the header with the signature.
pub const SIGNATURE: &str = "signature";

/// Name of the header with the content's digest.
pub const CONTENT_DIGEST: &str = "content-digest";

/// The `tag` parameter: it separates these signatures from any other use of the same key.
pub const TAG: &str = "candor-v1";

/// The parts of a request that are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestParts<'a> {
    /// Method, as on the wire (`GET`).
    pub method: &'a str,
    /// Host, and the port where it is not 443. Compared in lower case (RFC 9421 §2.2.3).
    pub authority: &'a str,
    /// Absolute path as on the wire: percent-encoding stays. The empty path means `/`.
    pub path: &'a str,
    /// Query as on the wire without the `?`; `None` and the empty query are both signed as `?` (§2.2.7).
    pub query: Option<&'a str>,
    /// What the sender understands: the header `Candor-Contract`.
    pub contract: Contract,
}

/// A request's content and its media type as in `Content-Type`. No content coding may lie over it.
#[derive(Clone, Copy)]
pub struct Content<'a> {
    /// Value of `Content-Type`.
    pub media_type: &'a str,
    /// The bytes.
    pub body: &'a [u8],
}

/// The headers that sign a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHeaders {
    /// Value of `Signature-Input`.
    pub signature_input: String,
    /// Value of `Signature`.
    pub signature: String,
    /// Value of `Content-Digest`, where the request has content.
    pub content_digest: Option<String>,
}

/// The headers of a received request, nothing of them trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceivedHeaders<'a> {
    /// Value of `Signature-Input`.
    pub signature_input: &'a str,
    /// Value of `Signature`.
    pub signature: &'a str,
    /// Value of `Content-Digest`.
    pub content_digest: Option<&'a str>,
}

/// Who signed a request. Only [`verify`] makes one. Before the request is acted on, the nonce has to be
/// found unused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedRequest {
    key_id: KeyId,
    nonce: Nonce,
}

/// Why a request is not signed as it must be. No variant carries text of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// A header is not of the form that the profile fixes.
    #[error("the header {0} is not of the form that signed requests use")]
    Syntax(&'static str),
    /// Another label than `sig1`, or more than one signature.
    #[error("the header {0} must hold one signature, labelled sig1")]
    Label(&'static str),
    /// Other components are signed, or in another order.
    #[error("the signature must cover exactly {}", expected_list(*with_content))]
    Components {
        /// Whether the request has content.
        with_content: bool,
    },
    /// The parameter `alg` is present.
    #[error("the signature names an algorithm; the key's record alone decides it")]
    AlgorithmNamed,
    /// A parameter is missing, foreign, repeated or out of order.
    #[error("the signature must have exactly the parameters created, nonce, keyid and tag, in this order")]
    Parameters,
    /// Made for another purpose.
    #[error("the signature's tag is not {TAG}")]
    Tag,
    /// The nonce is shorter than 128 bits or not base64url.
    #[error("the nonce is not 128 to 384 bits in base64url")]
    Nonce,
    /// Made too long ago.
    #[error(
        "the request was signed {seconds} seconds ago, more than the {REQUEST_MAX_AGE_SECONDS} allowed; check the device's clock"
    )]
    TooOld {
        /// Age in seconds.
        seconds: i64,
    },
    /// Made in the future.
    #[error(
        "the request was signed {seconds} seconds ahead, more than the {REQUEST_MAX_AHEAD_SECONDS} allowed; check the device's clock"
    )]
    TooFarAhead {
        /// Lead in seconds.
        seconds: i64,
    },
    /// The header `Content-Digest` is missing, or present without content.
    #[error("a request has the header content-digest exactly when it has content")]
    DigestPresence,
    /// The content is not what the digest says.
    #[error("the content is not what content-digest says")]
    ContentChanged,
    /// The key is not known here.
    #[error("the request is signed with an unknown key")]
    UnknownKey,
    /// The signature is not the key's over this request.
    #[error("the signature is not good for this request")]
    BadSignature,
    /// A component's value has control characters or is empty where it must not be, and cannot be signed.
    #[error("the request's {0} cannot be signed")]
    Value(&'static str),
}

/// Signs a request; `created` is the time now, `nonce` fresh for every request.
pub fn sign(
    parts: RequestParts<'_>,
    content: Option<Content<'_>>,
    key: &SigningKey,
    created: UtcTime,
    nonce: &Nonce,
) -> Result<SignedHeaders, SignatureError> {
    let parameters = Parameters { created, nonce: nonce.clone(), key_id: key.public().id().clone() };
    let input = SignatureInput::write(content.is_some(), &parameters);
    let content_digest = content.map(|content| content::content_digest(content.body));
    let covered = base::covered(parts, content.map(|c| c.media_type), content_digest.as_deref())?;
    let base = base::signature_base(&covered, &input);
    Ok(SignedHeaders {
        signature_input: format!("{}={input}", input::LABEL),
        signature: input::write_signature(&key.sign_raw(base.as_bytes())),
        content_digest,
    })
}

/// The key that a request claims to be signed with, by which a receiver looks up the record for [`verify`]. Nothing is
/// verified.
pub fn claimed_key(headers: ReceivedHeaders<'_>, with_content: bool) -> Result<KeyId, SignatureError> {
    Ok(SignatureInput::parse(headers.signature_input, with_content)?.parameters.key_id)
}

/// Verifies a request: form, freshness, key, signature, and at last that the content is what was signed.
///
/// `lookup` gives the key that the record of this key id holds, if it may sign at `now`. The content is hashed
/// only after the signature proved good, so strangers cannot make the caller hash.
pub fn verify(
    parts: RequestParts<'_>,
    headers: ReceivedHeaders<'_>,
    content: Option<Content<'_>>,
    lookup: impl FnOnce(&KeyId) -> Option<PublicKey>,
    now: UtcTime,
) -> Result<VerifiedRequest, SignatureError> {
    let input = SignatureInput::parse(headers.signature_input, content.is_some())?;
    let signature = input::parse_signature(headers.signature)?;
    check_freshness(input.parameters.created, now)?;
    if content.is_some() != headers.content_digest.is_some() {
        return Err(SignatureError::DigestPresence);
    }
    let covered = base::covered(parts, content.map(|c| c.media_type), headers.content_digest)?;
    let base = base::signature_base(&covered, &input.text);
    let Parameters { key_id, nonce, .. } = input.parameters;
    let key = lookup(&key_id).filter(|key| *key.id() == key_id).ok_or(SignatureError::UnknownKey)?;
    if !key.verifies(base.as_bytes(), &signature) {
        return Err(SignatureError::BadSignature);
    }
    if let (Some(content), Some(digest)) = (content, headers.content_digest) {
        content::check_digest(digest, content.body)?;
    }
    Ok(VerifiedRequest { key_id, nonce })
}

fn check_freshness(created: UtcTime, now: UtcTime) -> Result<(), SignatureError> {
    let age = now.seconds_since(created);
    if age > REQUEST_MAX_AGE_SECONDS {
        return Err(SignatureError::TooOld { seconds: age });
    }
    if -age > REQUEST_MAX_AHEAD_SECONDS {
        return Err(SignatureError::TooFarAhead { seconds: -age });
    }
    Ok(())
}

fn expected_list(with_content: bool) -> &'static str {
    if with_content { input::WITH_CONTENT } else { input::WITHOUT_CONTENT }
}

impl SignedHeaders {
    /// Name and value of each header to send.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let digest = self.content_digest.as_deref().map(|value| (CONTENT_DIGEST, value));
        [(SIGNATURE_INPUT, &*self.signature_input), (SIGNATURE, &*self.signature)].into_iter().chain(digest)
    }

    /// The headers as their receiver sees them.
    pub fn as_received(&self) -> ReceivedHeaders<'_> {
        ReceivedHeaders {
            signature_input: &self.signature_input,
            signature: &self.signature,
            content_digest: self.content_digest.as_deref(),
        }
    }
}

impl VerifiedRequest {
    /// The key that signed.
    pub fn key_id(&self) -> &KeyId {
        &self.key_id
    }

    /// The nonce, to be admitted once.
    pub fn nonce(&self) -> &Nonce {
        &self.nonce
    }
}

/// Shows the length only: content is nobody's log entry.
impl fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({}, {} bytes)", self.media_type, self.body.len())
    }
}

#[cfg(test)]
mod tests;
