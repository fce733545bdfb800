//! What follows from sending only that there is a value: neither whose it is nor how many there are is told beside it.

use super::owner::Owner;
use super::reading::{Raw, RawRow};
use collector_proto::catalog::{FieldId, Section};
use collector_proto::policy::{Generalisation, Permit, Standing, Treatment};
use collector_proto::value::Row;
use std::collections::BTreeSet;

fn is_existence_alone<S: Standing>(field: FieldId, permit: &Permit<S>) -> bool {
    permit
        .grant(field)
        .is_some_and(|grant| grant.treatment == Treatment::Generalise(Generalisation::Existence))
}

impl RawRow {
    /// Takes the owners off texts of which only the existence is sent: that somebody has a session is about the machine, and in
    /// the part of an account it would say who has one.
    pub(super) fn forget_owners_of_existence<S: Standing>(&mut self, permit: &Permit<S>) {
        self.change_values(|field, raw| match raw {
            Raw::TextsOf(texts) if is_existence_alone(field, permit) => {
                Some(Raw::Texts(texts.into_iter().map(|(_, text)| text).collect()))
            }
            other => Some(other),
        });
    }
}

/// Of rows that have become equal one stays where a field of theirs says only that there is a value: more of them would count
/// what they are about.
pub(super) fn collapse<S: Standing>(section: Section, rows: &mut Vec<(Owner, Row)>, permit: &Permit<S>) {
    if section.fields().any(|field| is_existence_alone(field, permit)) {
        let mut seen = BTreeSet::new();
        rows.retain(|row| seen.insert(row.clone()));
    }
}
