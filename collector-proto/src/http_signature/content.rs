//! `Content-Digest` with SHA-256 (RFC 9530 §2): `sha-256=:<base64>:` and nothing beside it.

use super::{CONTENT_DIGEST, SignatureError};
use crate::digest::Digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The header's value for these bytes.
pub fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Digest::of(body).bytes()))
}

/// Compares bytes with the header that came with them.
pub(super) fn check_digest(header: &str, body: &[u8]) -> Result<(), SignatureError> {
    let encoded = header
        .trim()
        .strip_prefix("sha-256=:")
        .and_then(|rest| rest.strip_suffix(':'))
        .ok_or(SignatureError::Syntax(CONTENT_DIGEST))?;
    let said = STANDARD.decode(encoded).map_err(|_| SignatureError::Syntax(CONTENT_DIGEST))?;
    if said == Digest::of(body).bytes() { Ok(()) } else { Err(SignatureError::ContentChanged) }
}
