//! What texts carry of other fields is cut out of them: what has the form of such a value
//! ([`collector_proto::policy::carried`]), and what was read for another field that is not sent as read (`known.rs`).

use super::known::Known;
use super::leak::ShownAddresses;
use super::owner::Owner;
use super::reading::{Raw, RawRow};
use collector_proto::catalog::{FieldId, FieldSet, Section};
use collector_proto::messages::Absence;
use collector_proto::policy::{Permit, Standing, carried};
use std::collections::BTreeMap;

/// What may stand in the texts of a reading.
pub(super) struct Texts {
    as_read: FieldSet,
    addresses: ShownAddresses,
    known: Known,
}

/// The same for the rows of an owner.
pub(super) struct TextsOf<'a> {
    texts: &'a Texts,
    is_machines: bool,
}

impl Texts {
    pub(super) fn of<S: Standing>(
        sections: &BTreeMap<Section, Vec<RawRow>>,
        absent: &BTreeMap<FieldId, Absence>,
        permit: &Permit<S>,
    ) -> Self {
        Self {
            as_read: permit.as_read(),
            addresses: ShownAddresses::of(sections, absent, permit),
            known: Known::of(sections, permit),
        }
    }

    pub(super) fn of_owner(&self, owner: &Owner) -> TextsOf<'_> {
        TextsOf { texts: self, is_machines: *owner == Owner::Machine }
    }
}

impl TextsOf<'_> {
    /// The hardware addresses that are shown.
    pub(super) const fn addresses(&self) -> &ShownAddresses {
        &self.texts.addresses
    }

    /// The fields of which a text may carry a value.
    pub(super) const fn as_read(&self) -> &FieldSet {
        &self.texts.as_read
    }

    /// The raw value without what its texts carry. An error where nothing is left that says anything.
    pub(super) fn shortened(&self, field: FieldId, raw: Raw) -> Result<Raw, Absence> {
        let short = |text: String| {
            let text = carried::shortened(field, text, self.as_read(), |spelled| {
                self.addresses().is_shown(spelled)
            })?;
            self.without_known(field, text)
        };
        match raw {
            Raw::Text(text) => short(text).map(Raw::Text),
            Raw::Texts(texts) => {
                let texts: Vec<String> = texts.into_iter().filter_map(short).collect();
                (!texts.is_empty()).then_some(Raw::Texts(texts))
            }
            other => Some(other),
        }
        // The rule needs a field that may not be shown, as a filter does.
        .ok_or(Absence::Filter)
    }

    /// Names of programs that the machine has are words of their makers, and accounts are called by such words: `ubuntu`, `steam`.
    fn without_known(&self, field: FieldId, text: String) -> Option<String> {
        if field.section().takes_accounts() && self.is_machines {
            return Some(text);
        }
        self.texts.known.cut_out_of(field, text)
    }
}

#[cfg(test)]
impl Texts {
    /// Where these fields are sent as read, and these hardware addresses.
    pub(super) fn beside(as_read: FieldSet, addresses: ShownAddresses) -> Self {
        Self { as_read, addresses, known: Known::default() }
    }
}

#[cfg(test)]
mod tests;
