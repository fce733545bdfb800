//! The words of one language: Fluent messages from `collector-proto/locales/<language>.ftl`, built into the program.
//!
//! A message that is missing or lacks a parameter is an error, never a blank: a notice with a hole is not a notice.

mod term;

pub use term::{Term, treatment_words};

use collector_proto::catalog::Wording;
use collector_proto::time::{Span, UtcTime};
use fluent_bundle::{FluentArgs, FluentBundle, FluentError, FluentResource, FluentValue};
use unic_langid::{LanguageIdentifier, LanguageIdentifierError};

/// Every language there is, by its code, with its messages. A test compares the list with the directory.
const LOCALES: &[(&str, &str)] = &[("en", include_str!("../../../../collector-proto/locales/en.ftl"))];

/// The language that every other one is complete against, and that is used where nothing else is asked for.
pub const DEFAULT_LANGUAGE: &str = "en";

/// The messages of one language.
pub struct Words {
    language: &'static str,
    bundle: FluentBundle<FluentResource>,
}

/// Why there are no words.
#[derive(Debug, thiserror::Error)]
pub enum LocaleError {
    /// No such language is built in.
    #[error("there is no language `{asked}` here; choose one of: {}", languages().collect::<Vec<_>>().join(", "))]
    NoLanguage {
        /// What was asked for.
        asked: String,
    },
    /// The built-in file cannot be used.
    #[error("the words of the language `{language}` cannot be read")]
    Unreadable {
        /// The language.
        language: &'static str,
        /// Why.
        source: UnreadableError,
    },
    /// A message is missing.
    #[error("the language `{language}` has no message `{id}`")]
    NoMessage {
        /// The language.
        language: &'static str,
        /// Id of the message.
        id: String,
    },
    /// A message asks for something that it is not given.
    #[error("the message `{id}` of the language `{language}` cannot be put together")]
    Incomplete {
        /// The language.
        language: &'static str,
        /// Id of the message.
        id: String,
        /// What the message lacks, where Fluent says so.
        source: Option<FluentError>,
    },
}

/// What is wrong with a built-in file of words.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableError {
    /// Its name is not the code of a language.
    #[error("its code is not a language")]
    Code(#[source] LanguageIdentifierError),
    /// It is not written in Fluent.
    #[error("it is not a Fluent file")]
    Syntax(#[source] Option<FluentError>),
    /// Two messages have one id.
    #[error("a message appears twice")]
    Repeated(#[source] Option<FluentError>),
}

/// The codes of the languages that are built in.
pub fn languages() -> impl Iterator<Item = &'static str> {
    LOCALES.iter().map(|(language, _)| *language)
}

/// The language that the environment asks for, from the values of `LC_ALL`, `LC_MESSAGES` and `LANG` in this order.
/// A value like `de_AT.UTF-8` asks for `de`. Falls back to [`DEFAULT_LANGUAGE`].
pub fn language_of_environment(variable: impl Fn(&str) -> Option<String>) -> &'static str {
    // POSIX: the first of these that is set and not empty decides.
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()))
        .and_then(|value| find(&value))
        .map_or(DEFAULT_LANGUAGE, |(language, _)| language)
}

/// Finds the language of a tag such as `de`, `de-AT` or `de_AT.UTF-8`.
fn find(tag: &str) -> Option<(&'static str, &'static str)> {
    let primary = tag.split(['-', '_', '.', '@']).next().unwrap_or(tag);
    LOCALES.iter().find(|(language, _)| language.eq_ignore_ascii_case(primary)).copied()
}

impl Words {
    /// Loads a language by its code; `de-AT` is served by `de`.
    pub fn load(asked: &str) -> Result<Self, LocaleError> {
        let (language, source) = find(asked).ok_or_else(|| LocaleError::NoLanguage {
            asked: collector_proto::text::plain(asked).into_owned(),
        })?;
        Self::parse(language, source)
    }

    fn parse(language: &'static str, source: &str) -> Result<Self, LocaleError> {
        let unreadable = |source| LocaleError::Unreadable { language, source };
        let identifier: LanguageIdentifier =
            language.parse().map_err(|error| unreadable(UnreadableError::Code(error)))?;
        let resource = FluentResource::try_new(source.to_owned()).map_err(|(_, errors)| {
            unreadable(UnreadableError::Syntax(errors.into_iter().next().map(FluentError::ParserError)))
        })?;
        let mut bundle = FluentBundle::new(vec![identifier]);
        // What is inserted has been through `plain`, pages isolate it with <bdi>; isolation marks would be invisible
        // characters in text that people copy.
        bundle.set_use_isolating(false);
        bundle
            .add_resource(resource)
            .map_err(|errors| unreadable(UnreadableError::Repeated(errors.into_iter().next())))?;
        Ok(Self { language, bundle })
    }

    /// The language's code.
    pub fn language(&self) -> &'static str {
        self.language
    }

    /// The text of a message without parameters.
    pub fn text(&self, id: &str) -> Result<String, LocaleError> {
        self.format(id, None, &[])
    }

    /// The text of a message with parameters.
    pub fn text_with(&self, id: &str, values: &[(&str, FluentValue<'_>)]) -> Result<String, LocaleError> {
        self.format(id, None, values)
    }

    /// The title of a term.
    pub fn title(&self, group: Wording, term: &str) -> Result<String, LocaleError> {
        self.format(&group.message_id(term), None, &[])
    }

    /// The description of a term, with its parameters.
    pub fn description(
        &self,
        group: Wording,
        term: &str,
        values: &[(&str, FluentValue<'_>)],
    ) -> Result<String, LocaleError> {
        self.format(&group.message_id(term), Some("description"), values)
    }

    /// Whether there is such a message.
    pub fn has(&self, id: &str) -> bool {
        self.bundle.has_message(id)
    }

    /// A span in words, such as “90 days”, in the largest unit that divides it.
    pub fn span(&self, span: Span) -> Result<String, LocaleError> {
        let seconds = span.seconds();
        let (unit, length) = [("days", 86_400), ("hours", 3_600), ("minutes", 60)]
            .into_iter()
            .find(|(_, length)| seconds > 0 && seconds.is_multiple_of(*length))
            .unwrap_or(("seconds", 1));
        self.text_with(&format!("notice-span-{unit}"), &[("n", (seconds / length).into())])
    }

    /// A country's name, or its code where there is no name.
    pub fn country(&self, code: &str) -> Result<String, LocaleError> {
        let id = format!("notice-country-{code}");
        if self.has(&id) { self.text(&id) } else { Ok(collector_proto::text::plain(code).into_owned()) }
    }

    fn format(
        &self,
        id: &str,
        attribute: Option<&str>,
        values: &[(&str, FluentValue<'_>)],
    ) -> Result<String, LocaleError> {
        let name = || attribute.map_or_else(|| id.to_owned(), |attribute| format!("{id}.{attribute}"));
        let missing = || LocaleError::NoMessage { language: self.language, id: name() };
        let message = self.bundle.get_message(id).ok_or_else(missing)?;
        let pattern = match attribute {
            None => message.value(),
            Some(attribute) => message.get_attribute(attribute).map(|attribute| attribute.value()),
        };
        let mut arguments = FluentArgs::with_capacity(values.len());
        for (parameter, value) in values {
            arguments.set(*parameter, value.clone());
        }
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern.ok_or_else(missing)?, Some(&arguments), &mut errors);
        if errors.is_empty() {
            Ok(text.into_owned())
        } else {
            let source = errors.into_iter().next();
            Err(LocaleError::Incomplete { language: self.language, id: name(), source })
        }
    }
}

/// An instant as people read it: `2026-11-22 08:00 UTC`.
pub fn instant(time: UtcTime) -> String {
    let written = time.to_string();
    let (date, clock) = written.split_once('T').unwrap_or((&written, ""));
    format!("{date} {} UTC", clock.get(..5).unwrap_or(clock))
}

#[cfg(test)]
mod tests;
