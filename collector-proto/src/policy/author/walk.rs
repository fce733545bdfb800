//! Typed steps through the parsed TOML. Each step that fails adds its finding and gives nothing, so that the caller
//! goes on with the next key and all findings come out at once.

use super::diagnostic::Code;
use super::nearest::nearest;
use super::report::{At, Diagnosis};
use crate::time::{Span, UtcTime};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and where it stands.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub(super) at: At,
    value: &'a DeValue<'a>,
}

/// A table that is being read. What was never asked for is unknown.
pub(super) struct TableNode<'a> {
    at: At,
    entries: &'a DeTable<'a>,
    known: Vec<&'static str>,
}

impl<'a> Node<'a> {
    /// Text with something in it.
    pub(super) fn text(&self, report: &mut Diagnosis<'_>) -> Option<&'a str> {
        let Some(text) = self.value.as_str() else { return self.wrong_type("text", report) };
        if text.trim().is_empty() {
            report.error(&self.at, Code::BadValue, "is empty");
            return None;
        }
        if text.contains(crate::text::class::garbles) {
            report.error(
                &self.at,
                Code::BadValue,
                "contains control characters, which would garble a notice",
            );
            return None;
        }
        Some(text)
    }

    pub(super) fn boolean(&self, report: &mut Diagnosis<'_>) -> Option<bool> {
        match self.value.as_bool() {
            Some(value) => Some(value),
            None => self.wrong_type("true or false", report),
        }
    }

    /// A whole number within the bounds.
    pub(super) fn integer(
        &self,
        bounds: std::ops::RangeInclusive<u64>,
        report: &mut Diagnosis<'_>,
    ) -> Option<u64> {
        let Some(written) = self.value.as_integer() else { return self.wrong_type("a whole number", report) };
        match u64::from_str_radix(written.as_str(), written.radix()) {
            Ok(number) if bounds.contains(&number) => Some(number),
            Ok(_) | Err(_) => {
                let range = if *bounds.end() == u64::MAX {
                    format!("must be at least {}", bounds.start())
                } else {
                    format!("must be between {} and {}", bounds.start(), bounds.end())
                };
                report.error(&self.at, Code::BadValue, range);
                None
            }
        }
    }

    /// An instant, as text or as a TOML date-time with an offset.
    pub(super) fn instant(&self, report: &mut Diagnosis<'_>) -> Option<UtcTime> {
        let text = match self.value {
            DeValue::Datetime(written) => written.to_string(),
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => {
                return self.wrong_type("an instant such as \"2027-05-31T00:00:00Z\"", report);
            }
        };
        let parsed = UtcTime::parse(&text).map_err(|error| error.to_string());
        self.accept(parsed, report)
    }

    /// A span of at least one second.
    pub(super) fn span(&self, report: &mut Diagnosis<'_>) -> Option<Span> {
        let text = self.text(report)?;
        let parsed = Span::parse(text).map_err(|error| format!("`{text}` is {error}"));
        let span = self.accept(parsed, report)?;
        if span.seconds() == 0 {
            report.error(&self.at, Code::BadValue, "is zero");
            return None;
        }
        Some(span)
    }

    /// The items of a list that is not empty.
    pub(super) fn list(&self, report: &mut Diagnosis<'_>) -> Option<Vec<Node<'a>>> {
        let Some(items) = self.value.as_array() else { return self.wrong_type("a list", report) };
        if items.is_empty() {
            report.error(&self.at, Code::BadValue, "is an empty list");
            return None;
        }
        let nodes = items.iter().enumerate().map(|(index, item)| Node {
            at: At { path: format!("{}[{index}]", self.at.path), offset: item.span().start },
            value: item.get_ref(),
        });
        Some(nodes.collect())
    }

    /// The texts of a list that is not empty, each with its place.
    pub(super) fn texts(&self, report: &mut Diagnosis<'_>) -> Option<Vec<(&'a str, At)>> {
        let items = self.list(report)?;
        Some(items.iter().filter_map(|item| Some((item.text(report)?, item.at.clone()))).collect())
    }

    pub(super) fn table(&self, report: &mut Diagnosis<'_>) -> Option<TableNode<'a>> {
        match self.value.as_table() {
            Some(entries) => Some(TableNode::new(self.at.clone(), entries)),
            None => self.wrong_type("a table", report),
        }
    }

    /// The text when it is one; no finding otherwise, for keys that take several types.
    pub(super) fn as_text(&self) -> Option<&'a str> {
        self.value.as_str()
    }

    /// Whether it is a table, for keys that take several types.
    pub(super) fn is_table(&self) -> bool {
        self.value.is_table()
    }

    pub(super) fn wrong_type<T>(&self, wanted: &str, report: &mut Diagnosis<'_>) -> Option<T> {
        let found = match self.value {
            DeValue::String(_) => "text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number with a fraction",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        report.error(&self.at, Code::WrongType, format!("must be {wanted}, not {found}"));
        None
    }

    fn accept<T>(&self, parsed: Result<T, String>, report: &mut Diagnosis<'_>) -> Option<T> {
        parsed.map_err(|message| report.error(&self.at, Code::BadValue, message)).ok()
    }
}

impl<'a> TableNode<'a> {
    pub(super) fn root(entries: &'a DeTable<'a>) -> Self {
        Self::new(At { path: String::new(), offset: 0 }, entries)
    }

    fn new(at: At, entries: &'a DeTable<'a>) -> Self {
        Self { at, entries, known: Vec::new() }
    }

    /// Where the table starts.
    pub(super) fn at(&self) -> &At {
        &self.at
    }

    /// The value of a key that may be left out.
    pub(super) fn take(&mut self, key: &'static str) -> Option<Node<'a>> {
        self.known.push(key);
        self.entries
            .iter()
            .find(|(name, _)| name.get_ref() == key)
            .map(|(name, value)| self.child(name, value))
    }

    /// The value of a key that must be there. `why` says what it is for.
    pub(super) fn need(
        &mut self,
        key: &'static str,
        why: &str,
        report: &mut Diagnosis<'_>,
    ) -> Option<Node<'a>> {
        let node = self.take(key);
        if node.is_none() {
            let at = At { path: join(&self.at.path, key), offset: self.at.offset };
            report.error(&at, Code::MissingKey, format!("is missing: {why}"));
        }
        node
    }

    /// Every key with its value, for tables whose keys the author chooses.
    pub(super) fn entries(&self) -> Vec<(&'a str, At, Node<'a>)> {
        self.entries
            .iter()
            .map(|(name, value)| {
                let node = self.child(name, value);
                let at = At { path: node.at.path.clone(), offset: name.span().start };
                (name.get_ref().as_ref(), at, node)
            })
            .collect()
    }

    /// Reports every key that was never asked for.
    pub(super) fn finish(self, report: &mut Diagnosis<'_>) {
        for (name, at, _) in self.entries() {
            if self.known.contains(&name) {
                continue;
            }
            let near = nearest(name, self.known.iter().copied());
            let message = if near.is_some() {
                "is not a key of this format".to_owned()
            } else {
                format!("is not a key of this format; the keys here are {}", self.known.join(", "))
            };
            report.error_near(&at, Code::UnknownKey, message, near);
        }
    }

    fn child(&self, name: &Spanned<std::borrow::Cow<'a, str>>, value: &'a Spanned<DeValue<'a>>) -> Node<'a> {
        // A table's own span is its header or its brace; a value inherits the place at which it is written.
        let at = At { path: join(&self.at.path, name.get_ref()), offset: value.span().start };
        Node { at, value: value.get_ref() }
    }
}

/// Most characters of a key in the path of a finding, which repeats it for each finding below the key.
const MAX_SHOWN_KEY: usize = 80;

/// `parent.key`, quoted as TOML would where the key is not bare.
fn join(parent: &str, key: &str) -> String {
    let shortened: String;
    let key = match key.char_indices().nth(MAX_SHOWN_KEY) {
        Some((end, _)) => {
            shortened = format!("{}…", &key[..end]);
            &shortened
        }
        None => key,
    };
    let bare = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let key = if bare { key.to_owned() } else { format!("\"{}\"", key.escape_debug()) };
    if parent.is_empty() { key } else { format!("{parent}.{key}") }
}
