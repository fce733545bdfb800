//! What enters the digest of rows, so that nobody can guess them by it once they are deleted.

use crate::digest::{hex, unhex};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// 16 random bytes, drawn whenever rows change. They live where the rows live and are deleted with them: a digest that
/// survives, in a head or as the base of a difference, tells nothing about what it is of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Salt([u8; Self::BYTES]);

impl Salt {
    /// How many bytes it has.
    pub const BYTES: usize = 16;

    /// A salt of bytes that were drawn at random.
    pub const fn of(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

/// Hidden: with it the digest of deleted rows can be guessed at.
impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

/// 32 hex digits.
impl Serialize for Salt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for Salt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        unhex(&text)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("not a salt of 32 lower-case hex digits"))
    }
}
