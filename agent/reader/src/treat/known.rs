//! Values that were read for one field and stand in the text of another.
//!
//! What has no form that it could be recognised by, such as a person's name or a serial number, is known where it was read for its own field, and
//! must not be told by another one that is treated less strictly: a computer is called `anna-laptop`, and account names are sent as keyed
//! hashes. The catalogue says which fields' values come to stand in which texts. What is denied is not read, and not known here; `policy check` says so.

use super::reading::{Raw, RawRow};
use collector_proto::catalog::{FieldId, FieldSet, Section, fields};
use collector_proto::policy::{Permit, Standing, carried};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Shorter values are looked for as whole words alone.
const SHORTEST_PART: usize = 4;

/// Values of this length say nothing by standing somewhere.
const TOO_SHORT: usize = 1;

/// The parts of a person's name that are looked for by themselves have at least so many bytes.
const SHORTEST_NAME: usize = 3;

/// Fields that hold the same values as another.
const SAME: &[(FieldId, &[FieldId])] = &[(
    fields::USER_NAME,
    &[fields::USER_NAME, fields::USER_HASH, fields::X_SESSION_USER, fields::X_PACKAGE_USER],
)];

/// The values by field, in lower case, of fields that are not sent as read and can stand in texts of others.
#[derive(Default)]
pub(super) struct Known(BTreeMap<FieldId, BTreeSet<String>>);

impl Known {
    pub(super) fn of<S: Standing>(sections: &BTreeMap<Section, Vec<RawRow>>, permit: &Permit<S>) -> Self {
        let as_read = permit.as_read();
        let readable =
            permit.grants().filter(|(field, grant)| carried::is_readable(field.field(), grant.treatment));
        let carried: FieldSet = readable
            .filter_map(|(field, _)| field.field().carries)
            .flat_map(|carries| carries.fields)
            .copied()
            .collect();
        let mut known = BTreeMap::new();
        for field in carried.iter().filter(|field| !as_read.contains(*field)) {
            let mut values = BTreeSet::new();
            // What another field tells of it as it was read is no secret of the texts.
            for source in same_as(field).into_iter().filter(|source| !as_read.contains(*source)) {
                let rows = sections.get(&source.section()).into_iter().flatten();
                let values_of = rows.filter_map(|row| row.value(source)).filter(|_| permit.allows(source));
                values_of.for_each(|raw| values.extend(spellings(field, raw)));
            }
            values.retain(|value| value.len() > TOO_SHORT);
            if !values.is_empty() {
                known.insert(field, values);
            }
        }
        Self(known)
    }

    /// The text without the values that come to stand in texts of the field; `None` where nothing that says anything is left.
    pub(super) fn cut_out_of(&self, field: FieldId, text: String) -> Option<String> {
        if self.0.is_empty() {
            return Some(text);
        }
        let carries = field.field().carries.map_or(&[][..], |carries| carries.fields);
        let values: Vec<&String> = carries.iter().filter_map(|of| self.0.get(of)).flatten().collect();
        if values.is_empty() {
            return Some(text);
        }
        let lower = text.to_ascii_lowercase();
        let mut ranges: Vec<Range<usize>> = values.iter().flat_map(|value| places(&lower, value)).collect();
        if ranges.is_empty() {
            return Some(text);
        }
        ranges.sort_by_key(|range| (range.start, range.end));
        let text = carried::without(&text, ranges);
        text.contains(char::is_alphanumeric).then_some(text)
    }
}

fn same_as(field: FieldId) -> Vec<FieldId> {
    let same = SAME.iter().find(|(of, _)| *of == field);
    same.map_or_else(|| vec![field], |(_, fields)| fields.to_vec())
}

/// How a value may stand in a text.
fn spellings(field: FieldId, raw: &Raw) -> Vec<String> {
    let mut spelled: Vec<String> = raw.texts().iter().map(|text| text.to_ascii_lowercase()).collect();
    if field == fields::HOST_MAC {
        spelled = spelled.iter().map(|text| text.replace('-', "")).collect();
    }
    if field == fields::USER_FULL_NAME {
        let parts = spelled.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
        let parts: Vec<String> =
            parts.filter(|part| part.len() >= SHORTEST_NAME).map(str::to_owned).collect();
        spelled.extend(parts);
    }
    spelled
}

/// Where a value stands in a text.
fn places(text: &str, value: &str) -> Vec<Range<usize>> {
    let is_word = |range: &Range<usize>| {
        let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !joins(text[..range.start].chars().next_back()) && !joins(text[range.end..].chars().next())
    };
    let found = text.match_indices(value).map(|(at, found)| at..at + found.len());
    found.filter(|range| value.len() >= SHORTEST_PART || is_word(range)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(field: FieldId, of: FieldId, value: &str, text: &str) -> Option<String> {
        let raw = if of == fields::HOST_MAC {
            Raw::Mac(collector_proto::keyed_hash::HardwareAddress::parse(value).unwrap())
        } else {
            Raw::Text(value.to_owned())
        };
        let known = Known(BTreeMap::from([(of, spellings(of, &raw).into_iter().collect())]));
        known.cut_out_of(field, text.to_owned())
    }

    #[test]
    fn a_known_value_is_cut_out_of_the_texts_that_can_carry_it() {
        let name = |value, text| cut(fields::HOST_NAME, fields::USER_NAME, value, text);
        assert_eq!(name("anna", "Anna-laptop").as_deref(), Some("…-laptop"));
        assert_eq!(name("anna", "annas-laptop").as_deref(), Some("…s-laptop"));
        assert_eq!(name("jo", "jo-laptop").as_deref(), Some("…-laptop"));
        assert_eq!(name("jo", "joy-laptop").as_deref(), Some("joy-laptop"));
        assert_eq!(name("anna", "ANNA"), None);
        assert_eq!(cut(fields::OS_NAME, fields::USER_NAME, "ubuntu", "Ubuntu").as_deref(), Some("Ubuntu"));
        let full =
            cut(fields::X_PACKAGE_VENDOR, fields::USER_FULL_NAME, "Anna Smith", "Smith, Anna (builds)");
        assert_eq!(full.as_deref(), Some("…, … (builds)"));
        let serial =
            cut(fields::DEVICE_SERIAL_NUMBER, fields::HOST_MAC, "b8:27:eb:12:34:56", "SBC-B827EB123456");
        assert_eq!(serial.as_deref(), Some("SBC-…"));
    }
}
