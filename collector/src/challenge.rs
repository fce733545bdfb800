//! Enrolment challenges that need no memory until they are used.
//!
//! ```text
//! nonce = base64url( random[16] ‖ expiry as u64 big-endian ‖ HMAC-SHA-256(key, random ‖ expiry) )
//! ```
//!
//! Anybody may ask for a challenge. Since the nonce proves by itself who made it and until when it works, asking costs
//! no storage; only the nonce of an enrolment with a good token is remembered, until it expires.

use crate::clock::{NoRandomness, random_bytes};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use collector_proto::limits::CHALLENGE_SECONDS;
use collector_proto::messages::Challenge;
use collector_proto::time::UtcTime;
use ring::hmac;
use ring::rand::SecureRandom;

/// Bytes of the random part: 128 bits.
const RANDOM: usize = 16;
/// Bytes that the tag covers.
const COVERED: usize = RANDOM + 8;
/// Bytes of the tag: all of it, since ring compares no shorter one.
const TAG: usize = ring::digest::SHA256_OUTPUT_LEN;

/// Makes challenges and recognises them. The key is the store's, so that each process on one store recognises the
/// challenges of all.
pub struct Challenges(hmac::Key);

/// A nonce that is not this collector's or has expired.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadNonce {
    /// It is not base64url.
    #[error("the nonce is not base64url")]
    Encoding(#[source] base64::DecodeError),
    /// It does not have the parts of a nonce.
    #[error("the nonce is not as long as those of collectors")]
    Length,
    /// Its tag is not that of this collector's key.
    #[error("the nonce is not of this collector")]
    Foreign,
    /// Its time is over.
    #[error("the nonce has expired")]
    Expired,
}

impl Challenges {
    /// With the key of the store.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// Makes one.
    pub fn make(&self, random: &dyn SecureRandom, now: UtcTime) -> Result<Challenge, NoRandomness> {
        Ok(self.with(random_bytes(random)?, now))
    }

    /// The challenge with this random part.
    pub(crate) fn with(&self, random: [u8; RANDOM], now: UtcTime) -> Challenge {
        let expires = now.plus_seconds(CHALLENGE_SECONDS);
        let mut nonce = random.to_vec();
        nonce.extend_from_slice(&expires.unix().to_be_bytes());
        let tag = hmac::sign(&self.0, &nonce);
        nonce.extend_from_slice(tag.as_ref());
        Challenge { nonce: URL_SAFE_NO_PAD.encode(nonce), expires }
    }

    /// When a nonce of this collector expires, if it has not.
    pub fn check(&self, nonce: &str, now: UtcTime) -> Result<UtcTime, BadNonce> {
        let bytes = URL_SAFE_NO_PAD.decode(nonce).map_err(BadNonce::Encoding)?;
        if bytes.len() != COVERED + TAG {
            return Err(BadNonce::Length);
        }
        let (covered, tag) = bytes.split_at(COVERED);
        // Ring's error has no content.
        hmac::verify(&self.0, covered, tag).map_err(|_: ring::error::Unspecified| BadNonce::Foreign)?;
        // The length is known to be right: this never fails.
        let expires: [u8; 8] = covered[RANDOM..].try_into().map_err(|_| BadNonce::Length)?;
        let expires = UtcTime::from_unix(i64::from_be_bytes(expires));
        if now < expires { Ok(expires) } else { Err(BadNonce::Expired) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::rand::SystemRandom;

    #[test]
    fn a_challenge_is_recognised_for_five_minutes_by_its_maker_only() {
        let random = SystemRandom::new();
        let (challenges, other) = (Challenges::new(&[1; 32]), Challenges::new(&[2; 32]));
        let now = UtcTime::from_unix(1_800_000_000);
        let challenge = challenges.make(&random, now).unwrap();
        assert_eq!(challenges.check(&challenge.nonce, now), Ok(challenge.expires));
        assert_eq!(challenge.expires, now.plus_seconds(300));
        assert_eq!(challenges.check(&challenge.nonce, challenge.expires), Err(BadNonce::Expired));
        assert_eq!(other.check(&challenge.nonce, now), Err(BadNonce::Foreign));
        assert_eq!(challenges.check(&challenge.nonce[4..], now), Err(BadNonce::Length));
        assert!(matches!(challenges.check("+", now), Err(BadNonce::Encoding(_))));
        assert_ne!(challenges.make(&random, now).unwrap().nonce, challenge.nonce);
    }

    #[test]
    fn no_bit_of_a_nonce_can_be_changed() {
        let random = SystemRandom::new();
        let challenges = Challenges::new(&[1; 32]);
        let now = UtcTime::from_unix(1_800_000_000);
        let nonce = URL_SAFE_NO_PAD.decode(challenges.make(&random, now).unwrap().nonce).unwrap();
        for bit in 0..nonce.len() * 8 {
            let mut changed = nonce.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let changed = URL_SAFE_NO_PAD.encode(changed);
            assert_eq!(challenges.check(&changed, now), Err(BadNonce::Foreign), "bit {bit}");
        }
    }
}
