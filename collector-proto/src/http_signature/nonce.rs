//! Nonces of signed requests, and how long each is remembered so that it works once.

use super::SignatureError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt;

/// How long a nonce is remembered, in seconds. A signature is taken from 60 s before to 300 s after the receiver's
/// time; ten minutes cover that window with room for a receiver's clock that is set while it runs.
pub const NONCE_SECONDS: i64 = 600;

/// Most nonces remembered for one key. A device signs about one request an hour; it may retry every few seconds
/// for ten minutes before it is told to wait.
pub const MAX_NONCES_PER_KEY: usize = 120;

/// Shortest nonce: 128 bits.
const MIN_BYTES: usize = 16;

/// Longest nonce: 384 bits, enough for any generator and short enough to keep.
const MAX_BYTES: usize = 48;

/// 128 to 384 bits in base64url without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nonce(String);

impl Nonce {
    /// Draws 128 bits. `None` when the machine has no randomness.
    pub fn generate(random: &dyn ring::rand::SecureRandom) -> Option<Self> {
        let mut bytes = [0; MIN_BYTES];
        random.fill(&mut bytes).ok()?;
        Some(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Takes a nonce as written.
    pub fn parse(text: &str) -> Result<Self, SignatureError> {
        let longest = MAX_BYTES.div_ceil(3) * 4;
        let bytes = if text.len() > longest { None } else { URL_SAFE_NO_PAD.decode(text).ok() };
        match bytes {
            Some(bytes) if (MIN_BYTES..=MAX_BYTES).contains(&bytes.len()) => Ok(Self(text.to_owned())),
            _ => Err(SignatureError::Nonce),
        }
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
