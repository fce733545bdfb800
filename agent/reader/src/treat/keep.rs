//! `keep`: sent as read, within the catalogue's bounds.

use super::Made;
use super::reading::Raw;
use collector_proto::catalog::{Field, ValueKind};

/// Numbers stay numbers; text is cut to the bound at a character boundary; other kinds have a form of fixed length.
pub(super) fn keep(field: &Field, raw: Raw) -> Made {
    match raw {
        Raw::Integer(number) => Made::Integer(number),
        Raw::Boolean(value) => Made::Boolean(value),
        Raw::Texts(texts) if field.kind == ValueKind::Text => {
            Made::Texts(texts.into_iter().map(|text| cut(text, field.bounds.max_bytes as usize)).collect())
        }
        Raw::Text(text) if field.kind == ValueKind::Text => {
            Made::Texts(vec![cut(text, field.bounds.max_bytes as usize)])
        }
        other => Made::Texts(other.texts()),
    }
}

/// At most `max` bytes of the text.
pub(super) fn cut(mut text: String, max: usize) -> String {
    text.truncate(text.floor_char_boundary(max));
    text
}
