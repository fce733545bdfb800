//! The parts that came with a report: each is the bytes whose digest the signed head names.

use crate::refusal::{Reason, RequestRefusal};
use collector_proto::digest::Digest;
use collector_proto::limits::MAX_REPORT_ROWS;
use collector_proto::messages::{Part, Report, sequence};
use std::collections::BTreeSet;

/// A part whose bytes a signed head names. [`found`] alone makes one.
#[derive(Clone)]
pub struct AuthenticPart {
    bytes: Vec<u8>,
    digest: Digest,
    part: Part,
}

impl AuthenticPart {
    /// The bytes that the head names.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Their digest.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What they say.
    pub fn part(&self) -> &Part {
        &self.part
    }
}

/// Its place alone: the bytes are collected values.
impl std::fmt::Debug for AuthenticPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AuthenticPart({}, {} bytes)", self.part.part, self.bytes.len())
    }
}

/// Looks for each text's digest among those that the head names, and only then parses it. A part that the head names need
/// not be there.
pub(super) fn found(report: &Report, texts: &[&[u8]]) -> Result<Vec<AuthenticPart>, RequestRefusal> {
    let invalid = |detail| RequestRefusal::new(Reason::Invalid, detail);
    let named: BTreeSet<&Digest> = report.parts.values().collect();
    let mut parts: Vec<AuthenticPart> = Vec::new();
    let mut rows = 0;
    for text in texts {
        let digest = Digest::of(text);
        if !named.contains(&digest) {
            return Err(invalid("a part came that the head does not name"));
        }
        if !sequence::is_compact(text) {
            return Err(invalid(super::PADDED));
        }
        // The error is not kept as the cause: it quotes values.
        let part = Part::read(text).map_err(|_| {
            invalid(
                "a part cannot be read: a name is unknown, missing or doubled, or a value is of another type",
            )
        })?;
        if report.parts.get(&part.part) != Some(&digest) {
            return Err(invalid("a part has another name than the head gives it"));
        }
        if parts.last().is_some_and(|last| last.part.part >= part.part) {
            return Err(invalid("the parts do not stand in the order of their names, or one came twice"));
        }
        rows += part.rows().count();
        if rows > MAX_REPORT_ROWS {
            return Err(invalid("the parts have more rows than any report may have"));
        }
        parts.push(AuthenticPart { bytes: text.to_vec(), digest, part });
    }
    Ok(parts)
}
