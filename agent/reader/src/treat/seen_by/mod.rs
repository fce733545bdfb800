//! What is about others is left out before anything is treated.
//!
//! | Who looks | Rows and values |
//! |---|---|
//! | everyone: root, a report | all |
//! | an account | the machine's and its own |
//! | nobody: a page that every process can read | the machine's, without values of high sensitivity and without what the operating system keeps from ordinary accounts |
//!
//! So such a page holds no position, no name of a network, no number of a SIM card or modem, no name of a person, nothing
//! typed in at a hand-over, and no serial number that root alone can read.

use super::owner::Viewer;
use super::reading::{Raw, RawRow, Reading};
use collector_proto::catalog::{FieldId, Platform, Privilege, Section, Sensitivity};
use std::collections::BTreeSet;

impl Reading {
    /// The same for this viewer, and the sections in which something was left out.
    pub(crate) fn seen_by(self, viewer: &Viewer) -> (Self, BTreeSet<Section>) {
        let (mut sections, absent, failed) = self.into_parts();
        let mut left_out = BTreeSet::new();
        for (section, rows) in &mut sections {
            let all = rows.len();
            rows.retain(|row| viewer.sees(row.owner()));
            let mut is_whole = rows.len() == all;
            for row in rows {
                is_whole &= row.keep_seen_by(viewer);
            }
            if !is_whole {
                left_out.insert(*section);
            }
        }
        (Self::new((sections, absent, failed)), left_out)
    }
}

impl RawRow {
    /// Leaves out the values that are not for this viewer. Says whether none was left out.
    fn keep_seen_by(&mut self, viewer: &Viewer) -> bool {
        let mut is_whole = true;
        self.change_values(|field, raw| {
            let (kept, is_all) = seen_by(viewer, field, raw);
            is_whole &= is_all;
            kept
        });
        is_whole
    }
}

/// The value as far as it is for this viewer, and whether that is all of it.
fn seen_by(viewer: &Viewer, field: FieldId, raw: Raw) -> (Option<Raw>, bool) {
    if *viewer == Viewer::Nobody && !is_for_everybody(field) {
        return (None, false);
    }
    let Raw::TextsOf(texts) = raw else { return (Some(raw), true) };
    let all = texts.len();
    let texts: Vec<_> = texts.into_iter().filter(|(owner, _)| viewer.sees(owner)).collect();
    let is_all = texts.len() == all;
    ((!texts.is_empty()).then_some(Raw::TextsOf(texts)), is_all)
}

/// Whether every process of the machine may see the field's values.
fn is_for_everybody(field: FieldId) -> bool {
    let field = field.field();
    field.sensitivity != Sensitivity::High && field.source(Platform::current()).privilege == Privilege::None
}

#[cfg(test)]
mod tests;
