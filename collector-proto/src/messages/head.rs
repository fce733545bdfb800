//! The head: the collector's signed word on which reports of a device it has, so that a ledger can be compared with it.

use crate::contract::Version1;
use crate::digest::Digest;
use crate::envelope::Document;
use crate::json::bounded_list;
use crate::time::UtcTime;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

/// Most streams that a head names. A device opens another one only when its history forked, as after a restored snapshot.
pub const MAX_HEAD_STREAMS: usize = 16;

/// Which reports of a device the collector has. It answers one request, whose nonce it repeats: an older answer shows as such.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Format version.
    pub v: Version1,
    /// The device that asked.
    pub device_id: Uuid,
    /// Id of the collector.
    pub collector: String,
    /// Nonce of the request that this answers.
    pub nonce: String,
    /// When it was answered.
    pub at: UtcTime,
    /// The newest report of each stream. The stream of the report that came last stands first; of more than
    /// [`MAX_HEAD_STREAMS`] the older ones are left out.
    #[serde(deserialize_with = "most_streams")]
    pub streams: Vec<StreamHead>,
}

/// The newest report of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamHead {
    /// The stream.
    pub stream: String,
    /// The highest number in it.
    pub seq: u64,
    /// Digest of that report's PAE.
    pub report_sha256: Digest,
}

impl Document for Head {
    const PAYLOAD_TYPE: &'static str = "application/vnd.candor.head.v1+json";
}

fn most_streams<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<StreamHead>, D::Error> {
    bounded_list(d, MAX_HEAD_STREAMS)
}
