//! Nonces of signed requests, and the memory that lets each be used once.

use super::SignatureError;
use crate::digest::Digest;
use crate::envelope::KeyId;
use crate::time::UtcTime;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;

/// How long a nonce is remembered, in seconds. A signature is taken from 60 s before to 300 s after the receiver's
/// time; ten minutes cover that window with room for a receiver's clock that is set while it runs.
pub const NONCE_SECONDS: i64 = 600;

/// Most nonces remembered for one key. A device signs about one request an hour; it may retry every few seconds
/// for ten minutes before it is told to wait.
pub const MAX_NONCES_PER_KEY: usize = 120;

/// Most nonces remembered in all: about 5 MB. Only requests with a good signature are remembered, so strangers
/// cannot fill it.
pub const MAX_REMEMBERED_NONCES: usize = 50_000;

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

/// Why a request whose signature is good is still refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAdmitted {
    /// The nonce was used before.
    #[error("the request was received before")]
    Replayed,
    /// The key, or all keys together, signed more requests than are remembered. Forgetting early would let a
    /// replay through, so the request waits instead.
    #[error("too many signed requests in the last {NONCE_SECONDS} seconds")]
    Busy,
}

/// The nonces of the last ten minutes by key, bounded.
#[derive(Debug, Default)]
pub struct NonceCache {
    /// Oldest first. Digests keep each entry the same size.
    seen: BTreeMap<KeyId, VecDeque<(UtcTime, Digest)>>,
    /// Sum of the lengths in `seen`.
    remembered: usize,
    /// When everything was last swept.
    swept: Option<UtcTime>,
}

impl NonceCache {
    /// An empty memory.
    pub fn new() -> Self {
        Self::default()
    }

    /// Admits a nonce of this key once. Call it only for a request whose signature [`super::verify`] found good.
    pub fn admit(&mut self, key: &KeyId, nonce: &Nonce, now: UtcTime) -> Result<(), NotAdmitted> {
        self.sweep(now);
        let nonce = Digest::of(nonce.0.as_bytes());
        let of_key = self.seen.get(key);
        if of_key.is_some_and(|seen| seen.iter().any(|(_, before)| *before == nonce)) {
            return Err(NotAdmitted::Replayed);
        }
        if self.remembered >= MAX_REMEMBERED_NONCES || of_key.is_some_and(|s| s.len() >= MAX_NONCES_PER_KEY) {
            return Err(NotAdmitted::Busy);
        }
        self.seen.entry(key.clone()).or_default().push_back((now, nonce));
        self.remembered += 1;
        Ok(())
    }

    /// Nonces remembered at the moment.
    pub fn len(&self) -> usize {
        self.remembered
    }

    /// Whether none is remembered.
    pub fn is_empty(&self) -> bool {
        self.remembered == 0
    }

    /// Forgets what is past its time, at most once a second: a sweep walks every key. A clock set back leaves
    /// entries of the future in place, which is the safe side.
    fn sweep(&mut self, now: UtcTime) {
        if self.swept == Some(now) {
            return;
        }
        self.swept = Some(now);
        for seen in self.seen.values_mut() {
            while seen.front().is_some_and(|(at, _)| now.seconds_since(*at) > NONCE_SECONDS) {
                seen.pop_front();
                self.remembered -= 1;
            }
        }
        self.seen.retain(|_, seen| !seen.is_empty());
    }
}
