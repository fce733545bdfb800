//! Why the reader gave nothing that can be used.

use super::exchange::MAX_ANSWER_BYTES;
use collector_proto::disclosure::{NotPermitted, RefusalMessage};
use collector_proto::time::UtcTime;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

/// Why the reader gave nothing that can be used.
#[derive(Debug, thiserror::Error)]
pub enum ReaderError {
    /// Nothing may be collected; nothing was read.
    #[error("nothing is collected: {}", .0.message)]
    Refused(RefusalMessage),
    /// The ledger of another user cannot be shown.
    #[error("the ledger cannot be shown: {}", .0.message)]
    Ledger(RefusalMessage),
    /// This question is not answered, which says nothing about whether anything is collected.
    #[error("the reader does not answer this: {}{}", .0.message, again(.0))]
    NotAnswered(RefusalMessage),
    /// Whoever answers every account of this machine cannot be asked.
    #[error(
        "what is collected on this device cannot be told, because nobody answers at {}; `systemctl start candor-people.socket` \
         starts what answers there: ask your administrator",
        .socket.display()
    )]
    People {
        /// The socket.
        socket: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There is no such program, or it cannot be started.
    #[error("the reader {} cannot be started", .program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It ended without an answer.
    #[error("the reader {} ended with {status} and without an answer; its own messages stand above", .program.display())]
    Ended {
        /// The program.
        program: PathBuf,
        /// How it ended.
        status: ExitStatus,
    },
    /// It took too long and was stopped.
    #[error("the reader {} gave no answer within {} s and was stopped", .program.display(), .timeout.as_secs())]
    Timeout {
        /// The program.
        program: PathBuf,
        /// The time it had.
        timeout: Duration,
    },
    /// Nothing that may be trusted answers at the socket.
    #[error(
        "the reader cannot be asked at {}; `candor doctor` says what is missing, and `systemctl status candor-reader.socket` \
         whether it is started",
        .socket.display()
    )]
    Unserved {
        /// The socket.
        socket: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It closed the connection without an answer.
    #[error(
        "the reader behind {} gave no answer; `journalctl -u candor-reader` holds what it said itself",
        .socket.display()
    )]
    HungUp {
        /// The socket.
        socket: PathBuf,
    },
    /// It took too long and was left.
    #[error("the reader behind {} gave no answer within {} s", .socket.display(), .timeout.as_secs())]
    SocketTimeout {
        /// The socket.
        socket: PathBuf,
        /// The time it had.
        timeout: Duration,
    },
    /// Its answer is longer than any answer can be.
    #[error("the reader's answer is longer than {MAX_ANSWER_BYTES} bytes")]
    TooLong,
    /// The pipes to it failed.
    #[error("the reader could not be asked")]
    Pipe(#[source] std::io::Error),
    /// Its answer cannot be read. The position is all that is said: the answer may hold collected values.
    #[error("the reader's answer cannot be read (line {line}, column {column})")]
    Unreadable {
        /// Line of the answer.
        line: usize,
        /// Column of the answer.
        column: usize,
    },
    /// It answered another question.
    #[error("the reader answered another question than the one asked")]
    OtherAnswer,
    /// It names another policy than the one candor verified.
    #[error("the reader read under another policy than the one that this device's documents hold")]
    OtherPolicy,
    /// It disclosed what the permit does not allow.
    #[error("the reader disclosed what the policy does not permit")]
    NotPermitted(#[from] NotPermitted),
}

/// From when on the same may be asked.
fn again(refusal: &RefusalMessage) -> String {
    refusal.not_before.map(|instant| format!(" (from {instant} on)")).unwrap_or_default()
}

impl ReaderError {
    /// From when on the machine may be read again, where the policy's interval is all that keeps it from being read now.
    pub fn not_before(&self) -> Option<UtcTime> {
        if let Self::Refused(refusal) = self { refusal.not_before } else { None }
    }

    /// Until when the device's ceiling has quiet hours, where that is why nothing is read.
    pub fn quiet_until(&self) -> Option<UtcTime> {
        match self {
            Self::Refused(refusal) if refusal.code == RefusalMessage::QUIET_HOURS => refusal.not_before,
            _ => None,
        }
    }

    /// Whether the reader broke the rules it is bound to, so that its answer counts as tampered with.
    pub const fn is_violation(&self) -> bool {
        matches!(self, Self::NotPermitted(_) | Self::OtherPolicy)
    }

    /// Whether the reader found that the ledger is not what was signed, or not the one that it knows.
    pub fn is_about_a_tampered_ledger(&self) -> bool {
        matches!(self, Self::Ledger(refusal) if ["ledger_tampered", "other_ledger"].contains(&&*refusal.code))
    }
}
