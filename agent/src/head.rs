//! The collector's word on which reports of this device it has.

use crate::identity::{Enrolment, ReceiptKeys};
use collector_proto::envelope::{Envelope, VerifyError};
use collector_proto::http_signature::Nonce;
use collector_proto::messages::Head;

/// Why an answer is not a head that was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotTheHead {
    /// Somebody else signed it.
    #[error("the collector's answer is not signed by its receipt key")]
    Unsigned(#[source] VerifyError),
    /// It answers something else.
    #[error("the collector's answer names another {0} than the one that was asked about")]
    Other(&'static str),
}

/// Takes an answer for the head that was asked for with this nonce, once it is verified.
pub(crate) fn genuine(
    answer: &Envelope,
    keys: &ReceiptKeys,
    enrolment: &Enrolment,
    nonce: &Nonce,
) -> Result<Head, NotTheHead> {
    let head: Head = keys.verify(answer).map_err(NotTheHead::Unsigned)?;
    let asked_about = [
        (head.device_id == enrolment.device_id, "device"),
        (head.collector == enrolment.collector.id, "collector"),
        (head.nonce == nonce.to_string(), "question"),
    ];
    match asked_about.iter().find(|(same, _)| !same) {
        Some((_, what)) => Err(NotTheHead::Other(what)),
        None => Ok(head),
    }
}
