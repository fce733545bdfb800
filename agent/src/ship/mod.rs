//! Sends what the ledger holds and files what the collector answers. Takes nothing but recorded reports that the verdict
//! has just cleared.

mod again;
mod outbound;

pub(crate) use again::{Answered, send_again};
pub use outbound::Outbound;

use crate::identity::ReceiptKeys;
use crate::ledger::baseline;
use crate::ledger::{LedgerError, LedgerWriter, Receipted, Recorded};
use crate::verdict::Cleared;
use crate::{FileError, fault};
use candor_uplink::{Delivery, Uplink, UplinkError};
use collector_proto::contract::Contract;
use collector_proto::envelope::{Envelope, SigningKey};
use collector_proto::http_signature::Nonce;
use collector_proto::messages::{Documents, PartName, Problem, ProblemKind};
use collector_proto::time::UtcTime;
use ring::rand::SecureRandom;
use std::collections::BTreeSet;
use std::path::Path;

/// The collector as the pipeline sees it; the tests put faults here.
#[expect(async_fn_in_trait, reason = "used on one thread and inside this workspace only")]
pub trait CollectorLink {
    /// Fetches the current roots, policy and timestamp, and says which root is followed.
    async fn documents(
        &self,
        key: &SigningKey,
        root: Option<u64>,
        now: UtcTime,
        random: &dyn SecureRandom,
    ) -> Result<Documents, UplinkError>;

    /// What the collector understands, by its last answer.
    fn collector_contract(&self) -> Option<Contract>;

    /// Asks which reports of this device the collector has; the answer is a head that nobody has verified.
    async fn head(&self, key: &SigningKey, now: UtcTime, nonce: &Nonce) -> Result<Envelope, UplinkError>;

    /// Delivers a recorded report; the answer is a receipt that nobody has verified.
    async fn deliver(&self, report: &Outbound<'_>) -> Result<Envelope, UplinkError>;
}

impl CollectorLink for Uplink {
    async fn documents(
        &self,
        key: &SigningKey,
        root: Option<u64>,
        now: UtcTime,
        random: &dyn SecureRandom,
    ) -> Result<Documents, UplinkError> {
        Uplink::documents(self, key, root, now, random).await
    }

    fn collector_contract(&self) -> Option<Contract> {
        Uplink::collector_contract(self)
    }

    async fn head(&self, key: &SigningKey, now: UtcTime, nonce: &Nonce) -> Result<Envelope, UplinkError> {
        Uplink::head(self, key, now, nonce).await
    }

    async fn deliver(&self, report: &Outbound<'_>) -> Result<Envelope, UplinkError> {
        Uplink::deliver(self, report).await
    }
}

/// Why a recorded report has no receipt.
#[derive(Debug, thiserror::Error)]
pub enum ShipError {
    /// The collector cannot be reached or cannot take it now; the report stays to be sent.
    #[error("report {entry} was not delivered; it is kept and will be sent again")]
    Later {
        /// Number of the entry.
        entry: u64,
        /// Why.
        source: UplinkError,
    },
    /// The collector refuses this device altogether; the report stays to be sent.
    #[error("report {entry} cannot be delivered until the cause is removed; it is kept")]
    Stopped {
        /// Number of the entry.
        entry: u64,
        /// Why.
        source: UplinkError,
    },
    /// The answer is not a receipt for this report; the report stays to be sent.
    #[error("the collector's receipt for report {entry} does not verify; the report is kept")]
    Receipt {
        /// Number of the entry.
        entry: u64,
        /// What is wrong with it.
        source: LedgerError,
    },
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A file beside it.
    #[error(transparent)]
    File(#[from] FileError),
    /// Compression failed.
    #[error("report {entry} cannot be compressed")]
    Compress {
        /// Number of the entry.
        entry: u64,
        /// Why.
        source: std::io::Error,
    },
}

impl ShipError {
    /// Whether the collector, or what stands before it, takes no report of this size now.
    pub fn is_too_large(&self) -> bool {
        let Self::Later { source, .. } = self else { return false };
        source.problem_kind() == Some(ProblemKind::TooLarge)
            || matches!(source, UplinkError::Status { status: 413, .. })
    }
}

/// What happened to a report.
#[derive(Debug)]
pub enum Shipped {
    /// The collector confirmed it.
    Receipted {
        /// The receipt, filed.
        receipted: Receipted,
        /// Bytes of the body as it travelled.
        wire_bytes: usize,
    },
    /// The collector lacks what the report builds on, or saw another one in its place. What it says has to be recorded
    /// again, in full.
    Remake(ProblemKind),
    /// The collector will never take it.
    Rejected(Option<ProblemKind>),
    /// The collector was restored, and takes it once the reports that it lost were sent again. The generation of its store.
    SendAgain(u64),
}

/// What shipping needs beside the report.
pub struct Desk<'a, 'lock> {
    /// The ledger.
    pub ledger: &'a mut LedgerWriter<'lock>,
    /// Where the rows are kept that the collector holds.
    pub baseline: &'a Path,
    /// The device's key.
    pub key: &'a SigningKey,
    /// Who may sign receipts.
    pub receipt_keys: &'a ReceiptKeys,
    /// The generation of the collector's store for which reports were sent again.
    pub sent_again_for: Option<u64>,
}

/// Sends one recorded report that may leave, and files the answer.
pub async fn ship(
    link: &impl CollectorLink,
    cleared: &Cleared<'_>,
    desk: &mut Desk<'_, '_>,
    now: UtcTime,
) -> Result<Shipped, ShipError> {
    let recorded = cleared.recorded();
    let entry = recorded.number();
    let outbound =
        Outbound::of(cleared, desk.sent_again_for).map_err(|source| ShipError::Compress { entry, source })?;
    let wire_bytes = outbound.compressed().len();
    fault::point("send", "before");
    let answer = link.deliver(&outbound).await;
    fault::point("send", "after");
    match answer {
        Ok(envelope) => {
            let receipted = file_receipt(cleared, &envelope, desk)?;
            tracing::info!(entry, wire_bytes, "report receipted");
            Ok(Shipped::Receipted { receipted, wire_bytes })
        }
        Err(error) => file_refusal(recorded, error, desk, now),
    }
}

fn file_receipt(
    cleared: &Cleared<'_>,
    envelope: &Envelope,
    desk: &mut Desk<'_, '_>,
) -> Result<Receipted, ShipError> {
    let recorded = cleared.recorded();
    let changes_nothing = desk.ledger.is_followed(recorded)?;
    // Read before the receipt is filed: the baseline is believed only where it matches the last confirmed entry.
    let before = baseline::load(desk.baseline, desk.ledger)?;
    let receipted = desk.ledger.attach_receipt(recorded, envelope, desk.receipt_keys).map_err(|error| {
        let entry = recorded.number();
        if error.is_tampering() { ShipError::Receipt { entry, source: error } } else { error.into() }
    })?;
    if !changes_nothing {
        let received_at = receipted.receipt().received_at;
        baseline::advance(desk.baseline, before.as_ref(), recorded, cleared.parts(), received_at)?;
    }
    Ok(receipted)
}

fn file_refusal(
    recorded: &Recorded,
    error: UplinkError,
    desk: &mut Desk<'_, '_>,
    now: UtcTime,
) -> Result<Shipped, ShipError> {
    let entry = recorded.number();
    let kind = error.problem_kind();
    if let UplinkError::Problem { problem, .. } = &error
        && kind == Some(ProblemKind::SendAgain)
        && let Some(generation) = problem.generation.filter(|asked| Some(*asked) != desk.sent_again_for)
    {
        tracing::warn!(entry, generation, "the collector was restored, and asks for reports again");
        return Ok(Shipped::SendAgain(generation));
    }
    match (error, remedy(kind)) {
        (UplinkError::Problem { problem, .. }, Remedy::Remake(kind)) => {
            forget(desk.baseline, kind, &problem)?;
            desk.ledger.refuse(recorded, *problem, desk.key, now)?;
            tracing::warn!(entry, kind = kind.name(), "report has to be made again");
            Ok(Shipped::Remake(kind))
        }
        (UplinkError::Problem { problem, .. }, Remedy::Never) => {
            desk.ledger.refuse(recorded, *problem, desk.key, now)?;
            tracing::error!(entry, kind = kind.map(ProblemKind::name), "report refused for good");
            Ok(Shipped::Rejected(kind))
        }
        (source @ UplinkError::Problem { .. }, _) if !source.is_transient() => {
            Err(ShipError::Stopped { entry, source })
        }
        (source, _) => Err(ShipError::Later { entry, source }),
    }
}

/// Forgets what the collector lacks, so that it is full the next time.
fn forget(baseline: &Path, kind: ProblemKind, problem: &Problem) -> Result<(), FileError> {
    let parts: Result<BTreeSet<PartName>, _> =
        problem.parts.iter().map(|name| PartName::parse(name)).collect();
    match parts {
        Ok(parts) if kind == ProblemKind::Resync && !parts.is_empty() => {
            baseline::forget_parts(baseline, &parts)
        }
        _ => baseline::forget(baseline),
    }
}

/// Whether a report that was refused for this has to be made again.
pub(crate) fn calls_for_another(kind: Option<ProblemKind>) -> bool {
    matches!(remedy(kind), Remedy::Remake(_))
}

enum Remedy {
    /// The report can never be accepted, but what it says can.
    Remake(ProblemKind),
    /// Sending it again cannot help.
    Never,
    /// Nothing is wrong with the report.
    Keep,
}

fn remedy(kind: Option<ProblemKind>) -> Remedy {
    use ProblemKind as Kind;
    match kind {
        Some(kind @ (Kind::Resync | Kind::Equivocation)) => Remedy::Remake(kind),
        Some(
            Kind::Malformed
            | Kind::OverCollection
            | Kind::UnknownPolicy
            | Kind::SupersededPolicy
            | Kind::WrongAudience
            | Kind::Invalid,
        ) => Remedy::Never,
        Some(
            Kind::EnrolmentRefused
            | Kind::BadSignature
            | Kind::Revoked
            | Kind::NotFound
            | Kind::SendAgain
            | Kind::TooLarge
            | Kind::MediaType
            | Kind::Contract
            | Kind::NotUnderstood
            | Kind::Busy
            | Kind::Internal
            | Kind::Unavailable,
        )
        | None => Remedy::Keep,
    }
}
