//! Why a question was not handed to a reader. None of these says anything about whether something is collected.

use collector_proto::disclosure::{Answer, DisclosureMessage, RefusalMessage};
use collector_proto::time::UtcTime;
use std::time::Duration;

/// Why a question is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotAnswered {
    /// The account, or all together, asks too much.
    #[error("so many questions are not answered at a time; ask again in a moment")]
    TooMany {
        /// In what time the next one is.
        after: Duration,
    },
    /// It is no question, or did not come in time.
    #[error("what was asked is not understood, or did not arrive in time")]
    NotUnderstood,
    /// The reader did not answer.
    #[error("the reader gave no answer to this question")]
    NoAnswer,
    /// It took too long.
    #[error("the answer to this question took too long and was given up")]
    TooSlow,
}

impl NotAnswered {
    const fn code(self) -> &'static str {
        match self {
            Self::TooMany { .. } => RefusalMessage::TOO_MANY_QUESTIONS,
            Self::NotUnderstood => RefusalMessage::QUESTION_NOT_UNDERSTOOD,
            Self::NoAnswer | Self::TooSlow => RefusalMessage::NO_ANSWER,
        }
    }

    /// The answer's bytes.
    pub(super) fn to_bytes(self, now: UtcTime) -> Vec<u8> {
        let not_before = match self {
            // Instants have whole seconds.
            Self::TooMany { after } => Some(now.plus_seconds(after.as_secs() + 1)),
            Self::NotUnderstood | Self::NoAnswer | Self::TooSlow => None,
        };
        let refusal = RefusalMessage { code: self.code().to_owned(), message: self.to_string(), not_before };
        serde_json::to_vec(&Answer::<DisclosureMessage>::Refused(refusal)).unwrap_or_default()
    }
}
