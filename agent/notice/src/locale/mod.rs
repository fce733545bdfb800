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
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    /// The files of the locales directory by language.
    fn files() -> BTreeMap<String, String> {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../collector-proto/locales");
        let files: BTreeMap<_, _> = std::fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "ftl"))
            .map(|path| {
                let language = path.file_stem().unwrap().to_str().unwrap().to_owned();
                (language, std::fs::read_to_string(path).unwrap())
            })
            .collect();
        assert!(!files.is_empty(), "no locale was examined");
        files
    }

    /// Ids with their attributes and the parameters that each uses.
    fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut messages = BTreeMap::new();
        let mut id = String::new();
        let mut part = String::new();
        for line in source.lines() {
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            if let Some((name, _)) = line.split_once(" =").filter(|(name, _)| !name.contains([' ', '['])) {
                (id, part) = (name.to_owned(), name.to_owned());
            } else if let Some((name, _)) =
                line.trim().strip_prefix('.').and_then(|rest| rest.split_once(" ="))
            {
                part = format!("{id}.{name}");
            }
            let parameters: &mut BTreeSet<String> = messages.entry(part.clone()).or_default();
            for used in line.split('$').skip(1) {
                parameters.insert(used.chars().take_while(char::is_ascii_alphanumeric).collect());
            }
        }
        messages
    }

    #[test]
    fn every_file_is_built_in() {
        let files = files();
        assert_eq!(files.keys().map(String::as_str).collect::<BTreeSet<_>>(), languages().collect());
        for (language, source) in LOCALES {
            assert_eq!(files[*language], *source, "{language}");
            Words::load(language).unwrap();
        }
    }

    #[test]
    fn every_language_has_the_messages_and_parameters_of_english() {
        let files = files();
        let english = messages(&files[DEFAULT_LANGUAGE]);
        assert!(english.len() > 300, "only {} messages were examined", english.len());
        for (language, source) in &files {
            assert_eq!(messages(source), english, "{language} differs from {DEFAULT_LANGUAGE}");
        }
    }

    #[test]
    fn the_environment_chooses() {
        let from = |pairs: &'static [(&str, &str)]| {
            language_of_environment(|name| {
                pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(from(&[]), "en");
        assert_eq!(from(&[("LANG", "C.UTF-8")]), "en");
        assert_eq!(from(&[("LC_ALL", ""), ("LANG", "en_GB.UTF-8")]), "en");
        assert!(find("en-US").is_some() && find("eng").is_none() && find("").is_none());
    }

    #[test]
    fn an_unknown_language_names_the_known_ones() {
        let error = Words::load("tlh").err().unwrap();
        assert!(error.to_string().contains("tlh") && error.to_string().contains("en"), "{error}");
    }

    #[test]
    fn holes_are_errors() {
        let words = Words::parse("en", "a = { $x }\nfield-b = B\n").unwrap();
        assert!(matches!(words.text("a"), Err(LocaleError::Incomplete { .. })));
        assert!(matches!(words.text("c"), Err(LocaleError::NoMessage { .. })));
        assert!(matches!(words.description(Wording::Field, "b", &[]), Err(LocaleError::NoMessage { .. })));
        assert_eq!(words.text_with("a", &[("x", 3.into())]).unwrap(), "3");
    }

    #[test]
    fn spans_and_instants_read_well() {
        let words = Words::load("en").unwrap();
        let span = |text: &str| words.span(Span::parse(text).unwrap()).unwrap();
        assert_eq!(
            [span("90d"), span("24h"), span("6h"), span("90m"), span("61s")].join(", "),
            "90 days, 1 day, 6 hours, 90 minutes, 61 seconds"
        );
        assert_eq!(instant(UtcTime::parse("2026-11-22T08:03:59Z").unwrap()), "2026-11-22 08:03 UTC");
    }
}
