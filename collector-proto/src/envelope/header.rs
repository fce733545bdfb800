//! A detached signature and its header form: `DSSE-Signature: keyid="<id>", sig=:<base64>:`.
//!
//! The header is a dictionary of a string and a byte sequence (RFC 9651), members in this order.

use super::KeyId;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// Name of the header.
pub const DSSE_SIGNATURE: &str = "dsse-signature";

/// A signature over the PAE of bytes that travel beside it.
#[derive(Clone, PartialEq, Eq)]
pub struct DetachedSignature {
    key_id: KeyId,
    bytes: Vec<u8>,
}

/// Text that is no `DSSE-Signature` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a header of the form keyid=\"<id>\", sig=:<base64>:")]
pub struct BadHeader;

impl DetachedSignature {
    /// Puts a key id and signature bytes together.
    pub fn new(key_id: KeyId, bytes: Vec<u8>) -> Self {
        Self { key_id, bytes }
    }

    /// Id of the key that is said to have signed. A hint.
    pub fn key_id(&self) -> &KeyId {
        &self.key_id
    }

    /// The signature.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads the header's value.
    pub fn parse(value: &str) -> Result<Self, BadHeader> {
        let rest = value.trim().strip_prefix("keyid=\"").ok_or(BadHeader)?;
        let (id, rest) = rest.split_once('"').ok_or(BadHeader)?;
        // An id is a thumbprint; anything else could carry text into logs and file names.
        if id.len() > 64 || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            return Err(BadHeader);
        }
        let rest = rest.trim_start().strip_prefix(',').ok_or(BadHeader)?.trim_start();
        let encoded = rest.strip_prefix("sig=:").and_then(|r| r.strip_suffix(':')).ok_or(BadHeader)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| BadHeader)?;
        Ok(Self { key_id: KeyId::from_text(id), bytes })
    }
}

impl fmt::Display for DetachedSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "keyid=\"{}\", sig=:{}:", self.key_id, STANDARD.encode(&self.bytes))
    }
}

impl fmt::Debug for DetachedSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
