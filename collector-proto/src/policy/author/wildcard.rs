//! What the author's patterns stand for.
//!
//! The signed document has a rule for each field, and no pattern: a field that a later catalogue adds is not collected
//! because a pattern of an earlier policy would match it.

use super::collect::{Block, matches_glob};
use crate::catalog::{FieldId, FieldSet};
use serde::Serialize;
use std::collections::BTreeSet;

/// A pattern such as `package.*` in an author's file, and what it stands for in the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wildcard {
    /// As it is written.
    pub pattern: String,
    /// The fields that it matches and that the document has rules for.
    pub collected: Vec<FieldId>,
    /// The fields that it matches and that a block drops.
    pub dropped: Vec<FieldId>,
}

/// Every pattern of the blocks once, in the order of the file; `collected` are the fields with rules.
pub(super) fn expand(blocks: &[Block], collected: &FieldSet) -> Vec<Wildcard> {
    let (mut wildcards, mut known) = (Vec::new(), BTreeSet::new());
    for pattern in blocks.iter().flat_map(|block| &block.wildcards) {
        if !known.insert(pattern) {
            continue;
        }
        let matched = FieldId::all().filter(|field| matches_glob(pattern, field.name()));
        let (collected, dropped) = matched.partition(|field| collected.contains(*field));
        wildcards.push(Wildcard { pattern: pattern.clone(), collected, dropped });
    }
    wildcards
}
