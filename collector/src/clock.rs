//! The clock and the randomness, as they are passed in.

use collector_proto::time::UtcTime;
use ring::rand::SecureRandom;
use std::sync::Arc;

/// Tells the time. Only the command line makes one from the system's clock.
pub type Clock = Arc<dyn Fn() -> UtcTime + Send + Sync>;

/// A source of secrets and nonces.
pub type Random = Arc<dyn SecureRandom + Send + Sync>;

/// The machine has no randomness to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoRandomness;

/// Draws `N` random bytes.
pub fn random_bytes<const N: usize>(random: &dyn SecureRandom) -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    // Ring's error has no content.
    random.fill(&mut bytes).map_err(|_: ring::error::Unspecified| NoRandomness)?;
    Ok(bytes)
}
