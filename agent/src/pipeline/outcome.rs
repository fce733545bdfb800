//! How a cycle ends.

use crate::FileError;
use crate::confine::TooWeak;
use crate::head::NotTheHead;
use crate::identity::IdentityError;
use crate::ledger::LedgerError;
use crate::reader_client::ReaderError;
use crate::ship::ShipError;
use candor_uplink::UplinkError;
use collector_proto::messages::ProblemKind;
use collector_proto::policy::trust::Refusal;
use collector_proto::time::UtcTime;

/// What a cycle did.
#[derive(Debug, Default)]
pub(crate) struct CycleOutcome {
    /// From when on the machine may be read again, where it was not because the policy asks for it less often.
    pub(crate) not_due: Option<UtcTime>,
    /// Until when the device's ceiling has quiet hours, where they kept something from being read or sent.
    pub(crate) quiet_until: Option<UtcTime>,
    /// Entry of the report that was made.
    pub(crate) recorded: Option<u64>,
    /// Entries that the collector confirmed, with the bytes that travelled.
    pub(crate) receipted: Vec<(u64, usize)>,
    /// Entries that the collector refused for good.
    pub(crate) rejected: Vec<(u64, Option<ProblemKind>)>,
    /// Entries that are kept and not sent, because what is in force now does not permit what they say.
    pub(crate) withheld: Vec<u64>,
    /// Whether the newest report has to be made again and was not.
    pub(crate) remake: bool,
}

/// Why a cycle did not end with everything delivered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CycleError {
    /// No policy is accepted, so nothing may be collected or sent.
    #[error("nothing is collected")]
    NotInForce(#[source] Refusal),
    /// The policy demands that the kernel holds this process to more than it does.
    #[error("nothing is collected")]
    TooWeak(#[from] TooWeak),
    /// The reader collects nothing or failed.
    #[error(transparent)]
    Reader(#[from] ReaderError),
    /// The identity cannot be used.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The ledger cannot be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A file cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// A report was not delivered.
    #[error(transparent)]
    Ship(#[from] ShipError),
    /// What was made in place of a refused report was refused as well.
    #[error(
        "the collector refused report {entry} as well, which was made in full in place of the one before; the next \
         cycle makes another. Look at the collector: it may have been restored from a backup"
    )]
    Remade {
        /// Number of the newer entry.
        entry: u64,
    },
    /// The collector says again and again that it was restored.
    #[error(
        "the collector asks for reports again that it receipted, and did so on {last} already; it is answered once a day. What is \
         recorded is kept and will be sent"
    )]
    AskedTooOften {
        /// When it asked before.
        last: UtcTime,
    },
    /// What the collector says that it has is not its word.
    #[error(
        "the collector asks for reports again and does not say truly which ones it has; what is recorded is kept"
    )]
    Head(#[source] NotTheHead),
    /// What is in force holds something that this program does not understand.
    #[error("the policy needs a newer Candor; nothing is collected")]
    NeedsNewer(#[source] UplinkError),
    /// The collector refuses this device.
    #[error("the collector does not serve this device")]
    Documents(#[source] UplinkError),
    /// The collector cannot be reached; what was recorded is kept.
    #[error("the collector cannot be reached; what is recorded is kept and will be sent")]
    Unreachable(#[source] UplinkError),
}

impl CycleError {
    /// What the collector, or the way to it, had to do with it.
    pub(crate) fn uplink(&self) -> Option<&UplinkError> {
        match self {
            Self::Unreachable(error)
            | Self::NeedsNewer(error)
            | Self::Documents(error)
            | Self::Ship(ShipError::Later { source: error, .. } | ShipError::Stopped { source: error, .. }) => {
                Some(error)
            }
            Self::NotInForce(_)
            | Self::TooWeak(_)
            | Self::Reader(_)
            | Self::Identity(_)
            | Self::Ledger(_)
            | Self::File(_)
            | Self::Remade { .. }
            | Self::AskedTooOften { .. }
            | Self::Head(_)
            | Self::Ship(_) => None,
        }
    }

    /// Whether it is that the notice of no version was shown on this device yet.
    pub(crate) fn is_not_shown(&self) -> bool {
        matches!(self, Self::Reader(ReaderError::Refused(refusal)) if refusal.code == "policy_not_shown")
    }

    /// Whether the same may succeed later while the agent keeps running.
    pub(crate) fn heals(&self) -> bool {
        match self {
            Self::Reader(error) => !error.is_violation(),
            Self::Ledger(error) | Self::Ship(ShipError::Ledger(error)) => !error.is_tampering(),
            Self::Identity(_) => false,
            Self::NotInForce(_)
            | Self::TooWeak(_)
            | Self::Unreachable(_)
            | Self::NeedsNewer(_)
            | Self::Documents(_)
            | Self::Ship(_)
            | Self::File(_)
            | Self::AskedTooOften { .. }
            | Self::Head(_)
            | Self::Remade { .. } => {
                self.uplink().and_then(UplinkError::problem_kind) != Some(ProblemKind::Revoked)
            }
        }
    }
}
