//! Who asks.

use std::fmt;

/// Who asks for an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Actor {
    /// Whoever holds the collector's directory, at the command line: the operating system let them in.
    Operator {
        /// Name of the user of the operating system.
        user: String,
    },
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator { user } => write!(f, "operator {user}"),
        }
    }
}
