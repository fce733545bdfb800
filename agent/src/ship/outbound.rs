//! A report as it travels.

use crate::ledger::compress;
use crate::verdict::Cleared;
use candor_uplink::Delivery;
use collector_proto::envelope::{DetachedSignature, Envelope};
use collector_proto::messages::sequence;
use std::fmt;
use std::io;

/// A recorded report that may leave, compressed, and its signature. Only a [`Cleared`] report gives one, and the uplink takes
/// nothing else.
pub struct Outbound<'r> {
    compressed: Vec<u8>,
    signature: &'r DetachedSignature,
    receipt: Option<Vec<u8>>,
    sent_again_for: Option<u64>,
}

impl<'r> Outbound<'r> {
    /// Compresses head and parts for their way.
    pub(super) fn of(cleared: &Cleared<'r>, sent_again_for: Option<u64>) -> io::Result<Self> {
        let report = cleared.recorded().report();
        let body = sequence::write(report.body(), cleared.parts().values().map(Vec::as_slice));
        Ok(Self {
            compressed: compress(&body)?,
            signature: report.signature(),
            receipt: None,
            sent_again_for,
        })
    }

    /// The same, with the receipt that it had before the collector lost it.
    pub(super) fn again(cleared: &Cleared<'r>, receipt: &Envelope) -> io::Result<Self> {
        Ok(Self { receipt: Some(receipt.to_json()), ..Self::of(cleared, None)? })
    }
}

// The one implementation: `cargo xtask check-imports` finds any other.
impl Delivery for Outbound<'_> {
    fn compressed(&self) -> &[u8] {
        &self.compressed
    }

    fn signature(&self) -> &DetachedSignature {
        self.signature
    }

    fn receipt(&self) -> Option<&[u8]> {
        self.receipt.as_deref()
    }

    fn sent_again_for(&self) -> Option<u64> {
        self.sent_again_for
    }
}

/// Shows the size alone: the bytes are collected values.
impl fmt::Debug for Outbound<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outbound({} bytes)", self.compressed.len())
    }
}
