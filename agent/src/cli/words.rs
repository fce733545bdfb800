//! The language and the width that a verb writes in.

use super::{Exit, Failure};
use candor_notice::locale::{LocaleError, Words, language_of_environment};
use std::io::IsTerminal as _;

/// Width where the output is not a terminal, or is one that does not say how wide it is.
const DEFAULT_WIDTH: usize = 80;

/// The words of the language that was asked for, or else that the environment asks for.
pub(super) fn load(asked: Option<&str>) -> Result<Words, Failure> {
    let language = asked.unwrap_or_else(|| language_of_environment(|name| std::env::var(name).ok()));
    Words::load(language).map_err(Failure::from)
}

/// Columns of a line: `COLUMNS`, else the terminal's width.
pub(super) fn width() -> usize {
    let named =
        std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|width| *width > 0);
    let measured = || {
        let (width, _) = std::io::stdout().is_terminal().then(terminal_size::terminal_size)??;
        Some(usize::from(width.0))
    };
    named.or_else(measured).unwrap_or(DEFAULT_WIDTH)
}

impl From<LocaleError> for Failure {
    fn from(error: LocaleError) -> Self {
        let exit = match &error {
            LocaleError::NoLanguage { .. } => Exit::Usage,
            LocaleError::Unreadable { .. }
            | LocaleError::NoMessage { .. }
            | LocaleError::Incomplete { .. } => Exit::Failed,
        };
        Self::new(exit, error)
    }
}
