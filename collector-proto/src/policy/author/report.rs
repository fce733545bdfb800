//! Gathers findings and turns byte offsets into lines and columns.

use super::diagnostic::{Code, Diagnostic, Severity};
use crate::text::plain;
use std::collections::BTreeSet;

/// Most findings of one file. Nobody reads more at once, and one block with `"*"` in it can have one for each field of the catalogue.
const MAX_FINDINGS: usize = 1000;

/// A place in the file: the path of a key and the byte at which it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct At {
    pub(super) path: String,
    pub(super) offset: usize,
}

/// The findings of one file so far.
pub(super) struct Diagnosis<'a> {
    file: &'a str,
    source: &'a str,
    found: Vec<Diagnostic>,
    has_errors: bool,
    /// Whether there is more to be said than is kept.
    is_cut: bool,
}

impl<'a> Diagnosis<'a> {
    pub(super) fn new(file: &'a str, source: &'a str) -> Self {
        Self { file, source, found: Vec::new(), has_errors: false, is_cut: false }
    }

    pub(super) fn error(&mut self, at: &At, code: Code, message: impl Into<String>) {
        self.add(at, Severity::Error, code, &message.into(), None);
    }

    /// An error with the nearest known name, when one is near.
    pub(super) fn error_near(
        &mut self,
        at: &At,
        code: Code,
        message: impl Into<String>,
        suggestion: Option<String>,
    ) {
        self.add(at, Severity::Error, code, &message.into(), suggestion);
    }

    pub(super) fn warn(&mut self, at: &At, code: Code, message: impl Into<String>) {
        self.add(at, Severity::Warning, code, &message.into(), None);
    }

    /// A finding of the TOML parser, which recovers and goes on.
    pub(super) fn syntax(&mut self, error: &toml::de::Error) {
        let span = error.span().unwrap_or(0..0);
        let twice = error.message().starts_with("duplicate key");
        let (code, message, path) = if twice {
            let key = self.source.get(span.clone()).unwrap_or_default().to_owned();
            (Code::DuplicateKey, "is defined twice".to_owned(), key)
        } else {
            (Code::Syntax, error.message().to_owned(), String::new())
        };
        self.error(&At { path, offset: span.start }, code, message);
    }

    pub(super) fn has_errors(&self) -> bool {
        self.has_errors
    }

    /// The findings in the order of the file.
    ///
    /// After a syntax error the parser may have left parts out. Findings that such a gap explains are dropped: they
    /// would send the author after mistakes that are not there.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        let broken: BTreeSet<usize> =
            self.found.iter().filter(|f| f.code == Code::Syntax).map(|f| f.line).collect();
        if !broken.is_empty() {
            self.found.retain(|found| {
                found.code == Code::Syntax
                    || !(broken.contains(&found.line) || needs_the_whole_file(found.code))
            });
        }
        self.found.sort_by(|a, b| {
            (a.line, a.column, &a.key, &a.message).cmp(&(b.line, b.column, &b.key, &b.message))
        });
        // One slip makes the parser stumble several times on its line; the first time is the slip.
        self.found.dedup_by(|b, a| {
            a == b || (a.code == Code::Syntax && b.code == Code::Syntax && a.line == b.line)
        });
        if self.is_cut {
            self.say_that_there_is_more();
        }
        self.found
    }

    /// Behind what is kept, so that the order of the file stays. It is an error where one was, which may be among what is not kept.
    fn say_that_there_is_more(&mut self) {
        let severity = if self.has_errors { Severity::Error } else { Severity::Warning };
        let message =
            format!("has more findings than the {MAX_FINDINGS} that are told at once; begin with these");
        let (line, column) = position(self.source, self.source.len());
        let (file, key) = (self.file.to_owned(), String::new());
        let more = Diagnostic {
            file,
            line,
            column,
            severity,
            code: Code::TooManyFindings,
            key,
            message,
            suggestion: None,
        };
        self.found.push(more);
    }

    fn add(&mut self, at: &At, severity: Severity, code: Code, message: &str, suggestion: Option<String>) {
        self.has_errors |= severity == Severity::Error;
        if self.found.len() == MAX_FINDINGS {
            self.is_cut = true;
            return;
        }
        let (line, column) = position(self.source, at.offset);
        self.found.push(Diagnostic {
            file: self.file.to_owned(),
            line,
            column,
            severity,
            code,
            // What is quoted of the file may have lines of its own, which would pass for findings.
            key: plain(&at.path).into_owned(),
            message: plain(message).into_owned(),
            suggestion: suggestion.map(|name| plain(&name).into_owned()),
        });
    }
}

/// Whether the finding says that something is not there.
fn needs_the_whole_file(code: Code) -> bool {
    matches!(
        code,
        Code::MissingKey
            | Code::UnknownPurpose
            | Code::UnknownRecipient
            | Code::BadFilter
            | Code::NotAcceptable
            | Code::UnusedPurpose
            | Code::UnusedRecipient
            | Code::UnusedTransfer
            | Code::TransferMissing
            | Code::MacInIpv6
            | Code::NoOfficer
            | Code::CollectsNothing
    )
}

/// Line and column of a byte, both from 1, the column in characters.
fn position(source: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(source.len());
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    let before = &source[..end];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::position;

    #[test]
    fn positions_count_characters() {
        let text = "a = 1\nü = \"é\" x";
        assert_eq!(position(text, 0), (1, 1));
        assert_eq!(position(text, 6), (2, 1));
        assert_eq!(position(text, text.len() - 1), (2, 9));
        assert_eq!(position(text, 7), (2, 1), "inside a character counts as its start");
        assert_eq!(position(text, 999), (2, 10));
        assert_eq!(position("", 5), (1, 1));
    }
}
