//! A report's body: its head and the parts that are there, as a JSON text sequence (RFC 7464).
//!
//! ```text
//! 0x1E {"v":1,"aud":…} 0x0A   the head, signed as these bytes
//! 0x1E {"v":1,"part":…} 0x0A  each part that is there, in the order of the names
//! ```
//!
//! A text is taken byte for byte: signatures and digests are of these bytes. 0x1E cannot stand in JSON, so texts are found
//! without being parsed.

use crate::limits::MAX_REPORT_PARTS;

/// Begins a text.
const RECORD_SEPARATOR: u8 = 0x1e;

/// Ends a text; one without it was cut off.
const LINE_FEED: u8 = b'\n';

/// The texts of a body.
#[derive(Clone, PartialEq, Eq)]
pub struct Texts<'b> {
    /// The head.
    pub head: &'b [u8],
    /// The parts that are there.
    pub parts: Vec<&'b [u8]>,
}

/// Why bytes are not a report's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotASequence {
    /// It does not begin with a record separator, so there is no head.
    #[error("the body is not a JSON text sequence (RFC 7464)")]
    NoHead,
    /// A text does not end with a line feed.
    #[error("a text of the body is cut off")]
    CutOff,
    /// It has more texts than a report can have parts.
    #[error("the body has more than {MAX_REPORT_PARTS} parts")]
    TooMany,
}

/// Writes a body.
pub fn write<'b>(head: &'b [u8], parts: impl IntoIterator<Item = &'b [u8]>) -> Vec<u8> {
    let mut body = Vec::with_capacity(head.len() + 2);
    for text in std::iter::once(head).chain(parts) {
        body.push(RECORD_SEPARATOR);
        body.extend_from_slice(text);
        body.push(LINE_FEED);
    }
    body
}

/// Finds the texts of a body.
pub fn read(body: &[u8]) -> Result<Texts<'_>, NotASequence> {
    let body = body.strip_prefix(&[RECORD_SEPARATOR]).ok_or(NotASequence::NoHead)?;
    let mut texts = body
        .split(|byte| *byte == RECORD_SEPARATOR)
        .map(|text| text.strip_suffix(&[LINE_FEED]).ok_or(NotASequence::CutOff));
    let head = texts.next().ok_or(NotASequence::NoHead)??;
    let mut parts = Vec::new();
    for text in texts {
        if parts.len() == MAX_REPORT_PARTS {
            return Err(NotASequence::TooMany);
        }
        parts.push(text?);
    }
    Ok(Texts { head, parts })
}

/// Whether a JSON text has no white space between its tokens (RFC 8259 §2). With it eight megabytes of nothing would be a report, and
/// travel as a few hundred bytes.
pub fn is_compact(text: &[u8]) -> bool {
    let (mut in_string, mut is_escaped) = (false, false);
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = in_string,
            b'"' => in_string = !in_string,
            b' ' | b'\t' | b'\n' | b'\r' if !in_string => return false,
            _ => {}
        }
    }
    true
}

/// The sizes alone: the bytes are collected values.
impl std::fmt::Debug for Texts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Texts({} bytes and {} parts)", self.head.len(), self.parts.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_again_byte_for_byte() {
        let (head, parts): (&[u8], [&[u8]; 2]) = (br#"{"v":1}"#, [br#"{"a":"\u001e\n"}"#, b"[1,\n2]"]);
        let body = write(head, parts);
        assert_eq!(body, b"\x1e{\"v\":1}\n\x1e{\"a\":\"\\u001e\\n\"}\n\x1e[1,\n2]\n");
        assert_eq!(read(&body), Ok(Texts { head, parts: parts.to_vec() }));
        assert_eq!(read(&write(head, [])), Ok(Texts { head, parts: vec![] }));
    }

    #[test]
    fn what_is_cut_off_or_has_too_many_texts_is_refused() {
        for none in [&b""[..], b"{}", b"{}\n\x1e{}\n"] {
            assert_eq!(read(none), Err(NotASequence::NoHead));
        }
        for cut in [&b"\x1e"[..], b"\x1e{}", b"\x1e{}\n\x1e{}", b"\x1e{}\x1e{}\n"] {
            assert_eq!(read(cut), Err(NotASequence::CutOff));
        }
        let of = |count| {
            read(&write(b"{}", std::iter::repeat_n(&b"{}"[..], count))).map(|texts| texts.parts.len())
        };
        assert_eq!(of(MAX_REPORT_PARTS), Ok(MAX_REPORT_PARTS));
        assert_eq!(of(MAX_REPORT_PARTS + 1), Err(NotASequence::TooMany));
    }

    #[test]
    fn white_space_counts_between_tokens_alone() {
        for compact in [r#"{"a b":"\" \\"}"#, "[]", "", r#"["\\"]"#] {
            assert!(is_compact(compact.as_bytes()), "{compact}");
        }
        for padded in ["{ }", "[1,\n2]", "\t[]", "[]\r", r#"{"a\\" :1}"#, r#"{"a": "b"}"#] {
            assert!(!is_compact(padded.as_bytes()), "{padded}");
        }
    }
}
