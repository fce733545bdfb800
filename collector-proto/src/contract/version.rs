//! The `v` of a format.

use serde::{Deserialize, Serialize};

/// The number 1: the only version of these formats. Anything else does not parse.
///
/// A format's version rises only when its frame changes; a member is added without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Version1;

impl TryFrom<u64> for Version1 {
    type Error = &'static str;

    fn try_from(version: u64) -> Result<Self, Self::Error> {
        if version == 1 { Ok(Self) } else { Err("this document format is newer than this program") }
    }
}

impl From<Version1> for u64 {
    fn from(_: Version1) -> Self {
        1
    }
}
