//! Sends a report again that the collector receipted and lost, with the receipt that it had. Nothing in the ledger changes: the report has
//! its receipt, and the dates in it stay.

use super::{CollectorLink, Outbound, ShipError};
use crate::identity::ReceiptKeys;
use crate::ledger::Ledger;
use crate::verdict::Cleared;
use collector_proto::envelope::Envelope;

/// What the collector says to a report that is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answered {
    /// It has it.
    Taken,
    /// It takes it no more.
    Refused,
}

/// Sends a report again that may leave.
pub(crate) async fn send_again(
    link: &impl CollectorLink,
    cleared: &Cleared<'_>,
    receipt: &Envelope,
    ledger: &Ledger,
    keys: &ReceiptKeys,
) -> Result<Answered, ShipError> {
    let entry = cleared.recorded().number();
    let outbound =
        Outbound::again(cleared, receipt).map_err(|source| ShipError::Compress { entry, source })?;
    match link.deliver(&outbound).await {
        Ok(answer) => {
            let about = ledger.check_receipt(cleared.recorded(), &answer, keys);
            about.map_err(|source| ShipError::Receipt { entry, source })?;
            tracing::info!(entry, "report sent again");
            Ok(Answered::Taken)
        }
        Err(source) if source.is_transient() || source.problem_kind().is_none() => {
            Err(ShipError::Later { entry, source })
        }
        Err(error) => {
            tracing::warn!(entry, %error, "the collector does not take a report again that it lost");
            Ok(Answered::Refused)
        }
    }
}
