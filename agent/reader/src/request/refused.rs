//! Why a request is refused.

use crate::host::Unreadable;
use crate::state::{PinError, StateError, TenantKeyError};
use collector_proto::catalog::SandboxLevel;
use collector_proto::contract::{CONTRACT, Contract};
use collector_proto::disclosure::{NotPermitted, OtherLedger, RefusalMessage};
use collector_proto::policy::trust::{BadBundle, Refusal};
use collector_proto::policy::{NotInForce, PolicyFault};
use collector_proto::text::chain;
use collector_proto::time::UtcTime;
use std::path::PathBuf;

/// Why a request is refused. Nothing of the machine was read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error("this device is not enrolled")]
    NotEnrolled,
    #[error("only root or the reader's own user may ask for this")]
    Rights,
    #[error(
        "candor speaks contract {asked} and its reader {CONTRACT}: they come from different releases; \
         install both from one package"
    )]
    Contract { asked: Contract },
    #[error(transparent)]
    Trust(#[from] Refusal),
    #[error(transparent)]
    NotInForce(#[from] NotInForce),
    #[error("the policy asks for a report less often; the next reading is possible from {next} on")]
    NotDue { next: UtcTime },
    #[error(
        "the quiet hours of this device's ceiling last until {until}; nothing is read for a report or sent before"
    )]
    QuietHours { until: UtcTime },
    #[error(
        "the accounts of this machine cannot be looked up, and this device's ceiling names some about which nothing may be read"
    )]
    Accounts(#[source] Unreadable),
    #[error("less may leave than when the machine was last read; it has to be read again first")]
    ReadAgain,
    #[error(transparent)]
    Ledger(#[from] OtherLedger),
    #[error("what is told of the ledger is not the end of one")]
    LedgerEnd,
    #[error(
        "the agent's user does not answer for its ledger at {}; `systemctl status candor-ledger.socket` says whether it is started, \
         and `journalctl -u candor-ledger` what it said itself",
        .socket.display()
    )]
    LedgerUnanswered {
        socket: PathBuf,
        #[source]
        why: Unreadable,
    },
    #[error("what the agent's user says of its ledger is not an answer to what was asked")]
    LedgerReply,
    #[error("{message}")]
    LedgerFault { tampered: bool, message: String },
    #[error("the notice is not written in this language")]
    Language,
    #[error("another policy is in force than the one that was shown; read its notice")]
    OtherPolicyShown,
    #[error("the draft cannot be accepted: {}", join(.0))]
    Draft(Vec<PolicyFault>),
    #[error(
        "the policy demands the sandbox level `{demanded}`, and this system reaches `{reached}`; \
         `candor status` says what is missing"
    )]
    Sandbox { demanded: SandboxLevel, reached: SandboxLevel },
    #[error(transparent)]
    Pin(#[from] PinError),
    #[error(transparent)]
    TenantKey(#[from] TenantKeyError),
    #[error(transparent)]
    State(#[from] StateError),
    #[error("the documents that the reader keeps cannot be read, so it is not known here what is collected")]
    KeptDocuments(#[source] StateError),
    #[error("the reader made something that the policy does not permit; this is a fault of the program")]
    NotPermitted(#[from] NotPermitted),
}

impl Refused {
    /// The stable word.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NotEnrolled => "not_enrolled",
            Self::Rights => "no_rights",
            Self::Contract { .. } => "contract_not_understood",
            Self::Trust(refusal) | Self::Pin(PinError::Bundle(BadBundle::Root(refusal))) => refusal.code(),
            Self::NotInForce(refused) => refused.code(),
            Self::NotDue { .. } => "not_due",
            Self::QuietHours { .. } => RefusalMessage::QUIET_HOURS,
            Self::Accounts(_) => "accounts_unreadable",
            Self::ReadAgain => "read_again",
            Self::Ledger(_) => "other_ledger",
            Self::LedgerEnd => "ledger_malformed",
            Self::LedgerUnanswered { .. } => "ledger_unanswered",
            Self::LedgerReply => "ledger_reply_malformed",
            Self::LedgerFault { tampered: true, .. } => "ledger_tampered",
            Self::LedgerFault { tampered: false, .. } => "ledger_unusable",
            Self::Language => "language_unknown",
            Self::OtherPolicyShown => "other_policy_shown",
            Self::Draft(_) => "policy_not_acceptable",
            Self::Sandbox { .. } => "sandbox_too_weak",
            Self::Pin(PinError::OtherRoot(_)) => "other_root_pinned",
            Self::Pin(PinError::NoEnrolment) => "no_enrolment",
            Self::Pin(PinError::Bundle(why)) => bundle_code(why),
            Self::TenantKey(error) | Self::Pin(PinError::TenantKey(error)) => tenant_key_code(error),
            Self::State(error) if error.is_about_the_ceiling() => RefusalMessage::CEILING_UNUSABLE,
            Self::Pin(PinError::State(_)) | Self::State(_) => STATE_UNUSABLE,
            Self::KeptDocuments(_) => "documents_unreadable",
            Self::NotPermitted(_) => "not_permitted",
        }
    }

    /// The stable word and the whole chain of causes in one sentence.
    pub(super) fn to_message(&self) -> RefusalMessage {
        let not_before = match self {
            Self::NotDue { next: instant } | Self::QuietHours { until: instant } => Some(*instant),
            _ => None,
        };
        RefusalMessage { code: self.code().to_owned(), message: chain(self), not_before }
    }
}

/// The reader cannot go by what it remembers.
const STATE_UNUSABLE: &str = "state_unusable";

fn tenant_key_code(error: &TenantKeyError) -> &'static str {
    match error {
        TenantKeyError::Bundle { source, .. } => bundle_code(source),
        TenantKeyError::NoKey => "no_tenant_key",
        TenantKeyError::NotNewer { .. } => "tenant_key_not_newer",
        TenantKeyError::State(_) => STATE_UNUSABLE,
    }
}

fn bundle_code(why: &BadBundle) -> &'static str {
    match why {
        BadBundle::Signatures { .. } => "bundle_not_signed",
        BadBundle::OtherCollector { .. } => "bundle_of_other_collector",
        BadBundle::OtherRoot { .. } => "bundle_with_other_root",
        BadBundle::TenantKey(_) => "tenant_key_invalid",
        BadBundle::NotUnderstood(_) => "bundle_not_understood",
        BadBundle::Envelope(_) | BadBundle::Type | BadBundle::Form { .. } | BadBundle::Root(_) => {
            "bundle_malformed"
        }
    }
}

fn join(faults: &[PolicyFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
