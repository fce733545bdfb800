//! A report as it travels.

use crate::ledger::compress;
use crate::verdict::Cleared;
use candor_uplink::Delivery;
use collector_proto::envelope::DetachedSignature;
use collector_proto::messages::sequence;
use std::fmt;
use std::io;

/// A recorded report that may leave, compressed, and its signature. Only a [`Cleared`] report gives one, and the uplink takes
/// nothing else.
pub struct Outbound<'r> {
    compressed: Vec<u8>,
    signature: &'r DetachedSignature,
}

impl<'r> Outbound<'r> {
    /// Compresses head and parts for their way.
    pub(super) fn of(cleared: &Cleared<'r>) -> io::Result<Self> {
        let report = cleared.recorded().report();
        let body = sequence::write(report.body(), cleared.parts().values().map(Vec::as_slice));
        Ok(Self { compressed: compress(&body)?, signature: report.signature() })
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
}

/// Shows the size alone: the bytes are collected values.
impl fmt::Debug for Outbound<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outbound({} bytes)", self.compressed.len())
    }
}
