//! What was read and not yet treated.
//!
//! Probes put raw values in; the files of this folder alone look at them again. The types stand here rather than
//! beside the probes so that the compiler holds that line.

use super::owner::Owner;
use collector_proto::catalog::{FieldId, Section};
use collector_proto::keyed_hash::HardwareAddress;
use collector_proto::messages::{Absence, FailedSources};
use collector_proto::time::UtcTime;
use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

/// Raw values of one collection. Only [`crate::probe::read`] makes one and only [`super::treat`] takes it apart; it
/// cannot be serialised, and `Debug` prints `<hidden>`.
pub struct Reading {
    sections: BTreeMap<Section, Vec<RawRow>>,
    absent: BTreeMap<FieldId, Absence>,
    failed: FailedSources,
}

/// What a [`Reading`] holds: the rows, the reasons for what is absent and for sources that failed.
pub(crate) type Parts = (BTreeMap<Section, Vec<RawRow>>, BTreeMap<FieldId, Absence>, FailedSources);

impl Reading {
    pub(crate) fn new((sections, absent, failed): Parts) -> Self {
        Self { sections, absent, failed }
    }

    /// What it holds, for the treatments.
    pub(super) fn into_parts(self) -> Parts {
        (self.sections, self.absent, self.failed)
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

/// Raw values of one row, in no order. It is the machine's unless it says otherwise.
#[derive(Default, PartialEq, Eq)]
pub(crate) struct RawRow {
    owner: Owner,
    values: Vec<(FieldId, Raw)>,
}

impl RawRow {
    /// An empty row with room for as many values.
    pub(crate) fn with_capacity(values: usize) -> Self {
        Self { owner: Owner::Machine, values: Vec::with_capacity(values) }
    }

    /// Adds a field's value.
    pub(crate) fn push(&mut self, field: FieldId, value: Raw) {
        self.values.push((field, value));
    }

    /// The same as a row of this owner.
    #[must_use]
    pub(crate) fn owned_by(self, owner: Owner) -> Self {
        Self { owner, ..self }
    }

    /// Whose it is.
    pub(super) const fn owner(&self) -> &Owner {
        &self.owner
    }

    /// Puts what `change` makes of each value in its place; what it makes nothing of is left out.
    pub(super) fn change_values(&mut self, mut change: impl FnMut(FieldId, Raw) -> Option<Raw>) {
        let values = std::mem::take(&mut self.values).into_iter();
        self.values = values.filter_map(|(field, raw)| Some((field, change(field, raw)?))).collect();
    }

    /// A field's value.
    pub(super) fn value(&self, field: FieldId) -> Option<&Raw> {
        self.values.iter().find(|(of, _)| *of == field).map(|(_, value)| value)
    }

    /// The row without the texts that are about others than it is, and for each of those a row of these texts and the row's
    /// key.
    pub(super) fn by_owner(self, key: &[FieldId]) -> Vec<Self> {
        let mut of_others: BTreeMap<Owner, Vec<(FieldId, Raw)>> = BTreeMap::new();
        let mut own = Self { owner: self.owner, values: Vec::with_capacity(self.values.len()) };
        for (field, raw) in self.values {
            let Raw::TextsOf(texts) = raw else {
                own.push(field, raw);
                continue;
            };
            let mut by_owner: BTreeMap<Owner, Vec<String>> = BTreeMap::new();
            for (owner, text) in texts {
                by_owner.entry(owner).or_default().push(text);
            }
            for (owner, texts) in by_owner {
                if owner == own.owner {
                    own.push(field, Raw::Texts(texts));
                } else {
                    of_others.entry(owner).or_default().push((field, Raw::Texts(texts)));
                }
            }
        }
        let keys: Vec<_> = own.values.iter().filter(|(field, _)| key.contains(field)).cloned().collect();
        let others = of_others
            .into_iter()
            .map(|(owner, values)| Self { owner, values: keys.iter().cloned().chain(values).collect() });
        let others: Vec<Self> = others.collect();
        std::iter::once(own).chain(others).collect()
    }

    /// Every field with its value.
    pub(super) fn into_values(self) -> impl Iterator<Item = (FieldId, Raw)> {
        self.values.into_iter()
    }
}

/// What tests of the probes look at.
#[cfg(test)]
impl RawRow {
    /// Whether the row and every value in it is the machine's.
    pub(crate) fn is_the_machines(&self) -> bool {
        let is_shared = |(_, raw): &(FieldId, Raw)| matches!(raw, Raw::TextsOf(_));
        self.owner == Owner::Machine && !self.values.iter().any(is_shared)
    }

    /// The texts of a field's value; `None` where the row has none.
    pub(crate) fn texts_of(&self, field: FieldId) -> Option<Vec<String>> {
        self.value(field).map(Raw::texts)
    }
}

impl fmt::Debug for RawRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

/// One raw value in its canonical form.
#[derive(Clone, PartialEq, Eq)]
pub enum Raw {
    /// Text without control characters, never empty ([`collector_proto::text::clean`]).
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
    /// Texts without control characters, none empty, of a field that has many.
    Texts(Vec<String>),
    /// The same with whose each of them is, where one list holds what is about several accounts.
    TextsOf(Vec<(Owner, String)>),
    /// A decimal number as text, such as `-52.5163`.
    Decimal(String),
    /// Addresses, sorted, each once.
    Addresses(Vec<IpAddr>),
    /// A network interface's hardware address.
    Mac(HardwareAddress),
    /// An instant.
    Instant(UtcTime),
}

impl Raw {
    /// The value's texts in canonical form: what patterns match, what is hashed, what is kept.
    pub(super) fn texts(&self) -> Vec<String> {
        match self {
            Self::Text(text) | Self::Decimal(text) => vec![text.clone()],
            Self::Texts(texts) => texts.clone(),
            Self::TextsOf(texts) => texts.iter().map(|(_, text)| text.clone()).collect(),
            Self::Boolean(value) => vec![value.to_string()],
            Self::Integer(number) => vec![number.to_string()],
            // The standard library writes IPv6 in the form of RFC 5952.
            Self::Addresses(addresses) => addresses.iter().map(ToString::to_string).collect(),
            Self::Mac(address) => vec![address.to_string()],
            Self::Instant(instant) => vec![instant.to_string()],
        }
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}
