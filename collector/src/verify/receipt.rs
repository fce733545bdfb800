//! A receipt that comes back: with a report that is sent again after a restore.

use super::{Authentic, TrustRoot};
use crate::refusal::{Reason, RequestRefusal};
use collector_proto::envelope::Envelope;
use collector_proto::limits::{CLOCK_TOLERANCE_SECONDS, MAX_DOCUMENT_BYTES};
use collector_proto::messages::Receipt;
use collector_proto::policy::trust::Role;
use collector_proto::time::UtcTime;

/// A receipt that this collector gave for a report. [`own_receipt`] is the only constructor.
#[derive(Debug, Clone)]
pub struct OwnReceipt {
    receipt: Receipt,
    envelope: Vec<u8>,
}

impl OwnReceipt {
    /// What it says.
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }

    /// Its envelope.
    pub fn envelope(&self) -> &[u8] {
        &self.envelope
    }
}

/// Verifies a receipt by the receipt keys of every root there was, and that it is about the report that it came with. Its dates hold:
/// they were promised, and no report lives longer for having been lost.
pub fn own_receipt(
    envelope: &[u8],
    about: &Authentic,
    roots: &[TrustRoot],
    collector: &str,
    now: UtcTime,
) -> Result<OwnReceipt, RequestRefusal> {
    let refused = |detail| RequestRefusal::new(Reason::Malformed, detail);
    let not_ours = || refused("the receipt is not one that this collector gave for the report");
    let parsed =
        Envelope::parse(envelope, MAX_DOCUMENT_BYTES).map_err(|error| not_ours().caused_by(error))?;
    let verified = roots.iter().rev().find_map(|root| {
        let (keys, threshold) = root.document().role(Role::Receipt);
        parsed.verify::<Receipt>(&keys, threshold).ok()
    });
    let receipt = verified.ok_or_else(not_ours)?.into_document();
    let report = about.report().document();
    let is_about = receipt.report_sha256 == about.report().digest()
        && receipt.device_id == report.device_id
        && receipt.stream == report.stream
        && receipt.seq == report.seq
        && receipt.collector == collector;
    // Whoever has a receipt key of long ago could date it as they like.
    let is_of_its_time = receipt.received_at.seconds_since(now) <= CLOCK_TOLERANCE_SECONDS
        && report.created.seconds_since(receipt.received_at) <= CLOCK_TOLERANCE_SECONDS
        && receipt
            .values_until
            .iter()
            .all(|(retention, until)| *until <= receipt.received_at.plus_seconds(retention.seconds()));
    if is_about && is_of_its_time {
        Ok(OwnReceipt { receipt, envelope: envelope.to_vec() })
    } else {
        Err(not_ours())
    }
}
