//! Names of the catalogue and of policies in words.

use super::{LocaleError, Words};
use collector_proto::catalog::Wording;
use collector_proto::policy::Treatment;
use fluent_bundle::FluentValue;
use serde::Serialize;

/// A name with its title and description in the notice's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Term {
    /// The name as it is written in policies and reports.
    pub id: String,
    /// Two or three words.
    pub title: String,
    /// One or two sentences.
    pub description: String,
}

impl Term {
    /// The words for a name of a group.
    pub fn of(group: Wording, name: &str, words: &Words) -> Result<Self, LocaleError> {
        Self::with(group, name, &[], words)
    }

    fn with(
        group: Wording,
        name: &str,
        values: &[(&str, FluentValue<'_>)],
        words: &Words,
    ) -> Result<Self, LocaleError> {
        Ok(Self {
            id: name.to_owned(),
            title: words.title(group, name)?,
            description: words.description(group, name, values)?,
        })
    }
}

/// A treatment in words, its parameters included.
pub fn treatment_words(treatment: Treatment, words: &Words) -> Result<Term, LocaleError> {
    match treatment {
        Treatment::Keep => Term::of(Wording::Treatment, "keep", words),
        Treatment::TruncateIp { v4, v6 } => {
            Term::with(Wording::Treatment, "truncate_ip", &[("v4", v4.into()), ("v6", v6.into())], words)
        }
        Treatment::TruncateText { chars } => {
            Term::with(Wording::Treatment, "truncate_text", &[("chars", chars.into())], words)
        }
        Treatment::Hmac(scope) => Term::of(Wording::Treatment, &format!("hmac_{scope}"), words),
        Treatment::Generalise(level) => Term::of(Wording::Treatment, &format!("generalise_{level}"), words),
    }
}
