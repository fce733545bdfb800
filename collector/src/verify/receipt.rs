//! A receipt that comes back: with a report that is sent again after a restore.

use super::Authentic;
use crate::refusal::{Reason, RequestRefusal};
use crate::store::PublishedRoot;
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

/// Verifies a receipt, and that it is about the report that it came with. Its dates hold: they were promised, and no report lives longer
/// for having been lost. The keys are those of the root that was in force when the report was received: a key that was revoked because
/// it was stolen vouches for nothing since. The newest root's keys vouch for any time, because a receipt that did not arrive is signed
/// once more with them.
pub fn own_receipt(
    envelope: &[u8],
    about: &Authentic,
    roots: &[PublishedRoot],
    collector: &str,
    now: UtcTime,
) -> Result<OwnReceipt, RequestRefusal> {
    let refused = |detail| RequestRefusal::new(Reason::Malformed, detail);
    let not_ours = || refused("the receipt is not one that this collector gave for the report");
    let parsed =
        Envelope::parse(envelope, MAX_DOCUMENT_BYTES).map_err(|error| not_ours().caused_by(error))?;
    let verified = roots.iter().enumerate().rev().find_map(|(place, published)| {
        let (keys, threshold) = published.root.document().role(Role::Receipt);
        let receipt = parsed.verify::<Receipt>(&keys, threshold).ok()?.into_document();
        let replaced_at = roots.get(place + 1).map(|next| next.published_at);
        vouches_at(receipt.received_at, published.published_at, replaced_at).then_some(receipt)
    });
    let receipt = verified.ok_or_else(not_ours)?;
    let report = about.report().document();
    let is_about = receipt.report_sha256 == about.report().digest()
        && receipt.device_id == report.device_id
        && receipt.stream == report.stream
        && receipt.seq == report.seq
        && receipt.collector == collector;
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

/// Whether a root's keys vouch for what was received at this instant.
fn vouches_at(received: UtcTime, published_at: UtcTime, replaced_at: Option<UtcTime>) -> bool {
    let Some(replaced_at) = replaced_at else { return true };
    published_at.seconds_since(received) <= CLOCK_TOLERANCE_SECONDS
        && received.seconds_since(replaced_at) <= CLOCK_TOLERANCE_SECONDS
}
