//! What is about accounts goes no further where the rule of its field does not name accounts.
//!
//! Directories of persons are not read for such a rule at all. But one reading serves several fields, and a database of the machine
//! may say what an account has.

use super::owner::Owner;
use super::reading::{Raw, RawRow};
use collector_proto::catalog::FieldId;
use collector_proto::policy::{Permit, Standing};

impl RawRow {
    /// Leaves out the values that the rules of their fields do not cover.
    pub(super) fn keep_in_scope<S: Standing>(&mut self, permit: &Permit<S>) {
        let is_the_machines = *self.owner() == Owner::Machine;
        let covers_accounts = |field: FieldId| {
            !field.section().takes_accounts() || permit.grant(field).is_some_and(|grant| grant.accounts)
        };
        self.change_values(|field, raw| match raw {
            raw if covers_accounts(field) => Some(raw),
            _ if !is_the_machines => None,
            Raw::TextsOf(mut texts) => {
                texts.retain(|(owner, _)| *owner == Owner::Machine);
                (!texts.is_empty()).then_some(Raw::TextsOf(texts))
            }
            raw => Some(raw),
        });
    }
}
