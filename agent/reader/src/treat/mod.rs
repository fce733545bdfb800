//! Reading → Disclosure: every value goes through the treatment of its grant, or it does not leave.
//!
//! Pure: the same reading, permit and keys give the same disclosure. Filters look at raw values first; then what
//! would give away what is denied is taken out of addresses (`leak.rs`) and texts (`texts`, `known.rs`); then each value is treated by one of
//! the files here and must have the shape that [`fits`] demands of the treatment.

mod existence;
mod filter;
mod generalise;
mod hmac;
mod keep;
mod known;
mod leak;
mod owner;
pub(crate) mod reading;
mod scope;
mod seen_by;
mod texts;
mod truncate;

pub(crate) use filter::matches;
pub use hmac::HashKeys;
pub use owner::{Owner, Viewer};
pub use reading::Reading;

use crate::part;
use collector_proto::catalog::{FieldId, FieldSet, Section};
use collector_proto::disclosure::{NotPermitted, TreatedRows};
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::{Absence, DailyReading};
use collector_proto::policy::{BoundsOf, Grant, Permit, Standing, Treatment, carried, fits};
use collector_proto::value::{Row, Value};
use filter::Filters;
use reading::{Raw, RawRow};
use serde::Serialize;
use std::collections::BTreeMap;
use texts::{Texts, TextsOf};

/// What the treatments made of a reading, and the permit allows. Only [`treat`] makes one, and the reader answers no other
/// rows. It is written as candor reads a `DisclosureMessage`.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Treated(TreatedRows);

impl Treated {
    /// The rows, to look at.
    pub fn rows(&self) -> &TreatedRows {
        &self.0
    }
}

/// Treats a reading under the permit that it was made under. `daily` says which reading what is sent at most once a day is from.
pub fn treat<S: Standing>(
    reading: Reading,
    permit: &Permit<S>,
    keys: &HashKeys,
    daily: Option<DailyReading>,
) -> Result<Treated, NotPermitted> {
    let (sections, mut absent, failed) = reading.into_parts();
    let texts = Texts::of(&sections, &absent, permit);
    let mut treated = BTreeMap::new();
    for (section, mut rows) in sections {
        for row in &mut rows {
            row.keep_in_scope(permit);
            row.forget_owners_of_existence(permit);
        }
        if rows.len() > MAX_ROWS {
            permit.fields().iter().filter(|f| f.section() == section).for_each(|field| {
                absent.insert(field, Absence::TooLarge);
            });
            continue;
        }
        treated.insert(section, treat_section(section, rows, permit, keys, &texts, &mut absent));
    }
    let parts = part::split(treated, permit, keys);
    TreatedRows { daily, parts, absent, failed }.within(permit).map(Treated)
}

fn treat_section<S: Standing>(
    section: Section,
    rows: Vec<RawRow>,
    permit: &Permit<S>,
    keys: &HashKeys,
    texts: &Texts,
    absent: &mut BTreeMap<FieldId, Absence>,
) -> Vec<(Owner, Row)> {
    let filters = Filters::of(section, permit, absent);
    for field in filters.blind().iter() {
        absent.insert(field, Absence::Filter);
    }
    let left_out: Vec<FieldSet> = rows.iter().map(|row| filters.left_out(row)).collect();
    let mut out = Vec::with_capacity(rows.len());
    // Filters have looked at whole rows; from here on each is about one owner.
    let rows = rows.into_iter().zip(left_out);
    let rows = rows
        .flat_map(|(row, left_out)| row.by_owner(section.key()).into_iter().map(move |row| (row, left_out)));
    for (row, left_out) in rows {
        let owner = row.owner().clone();
        let mut treated = Row::new();
        for (field, raw) in row.into_values() {
            let Some(grant) = permit.grant(field) else { continue };
            // A value that is there and not sent must not be called unavailable; the reason stands where no row has one.
            let treated_value = if left_out.contains(field) {
                Err(Absence::Filter)
            } else {
                treat_value(field, raw, grant, keys, &texts.of_owner(&owner))
            };
            match treated_value {
                Ok(value) => treated.insert(field, value),
                Err(reason) => {
                    tracing::debug!(field = field.name(), reason = reason.name(), "value left out");
                    absent.entry(field).or_insert(reason);
                }
            }
        }
        if !treated.is_empty() {
            out.push((owner, treated));
        }
    }
    existence::collapse(section, &mut out, permit);
    out
}

fn treat_value(
    field: FieldId,
    raw: Raw,
    grant: &Grant,
    keys: &HashKeys,
    texts: &TextsOf<'_>,
) -> Result<Value, Absence> {
    let raw = match raw {
        Raw::Addresses(addresses) => Raw::Addresses(texts.addresses().retain(addresses, grant.treatment)?),
        raw if carried::is_readable(field.field(), grant.treatment) => texts.shortened(field, raw)?,
        other => other,
    };
    let value = match grant.treatment {
        Treatment::Keep => Some(keep::keep(field.field(), raw)),
        Treatment::TruncateIp { v4, v6 } => truncate::addresses(&raw, v4, v6),
        Treatment::TruncateText { chars } => truncate::text(field.field(), &raw, chars),
        Treatment::Hmac(scope) => {
            let key = keys.of_scope(scope).ok_or(Absence::Unavailable)?;
            Some(hmac::keyed_hash(field, &raw, key))
        }
        Treatment::Generalise(level) => generalise::generalise(&raw, level),
    };
    let value = value.map(|value| shape(field, value)).ok_or(Absence::Malformed)?;
    // What a treatment cuts off may have kept a form from being one.
    if carried::gives_away(field, grant.treatment, &value, texts.as_read()) {
        return Err(Absence::Filter);
    }
    // The last word: what does not have the form that the treatment gives stays here.
    if fits(field.field(), grant.treatment, &value, BoundsOf::Catalogue) {
        Ok(value)
    } else {
        Err(Absence::Malformed)
    }
}

/// What one treatment makes of one value: its texts, a number, or yes or no.
enum Made {
    Texts(Vec<String>),
    Integer(i64),
    Boolean(bool),
}

/// One value or a list, as the catalogue says; a list holds each value once and at most as many as the bound.
fn shape(field: FieldId, made: Made) -> Value {
    match made {
        Made::Integer(number) => Value::Integer(number),
        Made::Boolean(value) => Value::Boolean(value),
        Made::Texts(texts) if field.field().many => {
            let mut list: Vec<String> = Vec::with_capacity(texts.len());
            for text in texts {
                if list.len() < field.field().bounds.max_values as usize && !list.contains(&text) {
                    list.push(text);
                }
            }
            Value::List(list)
        }
        Made::Texts(texts) => Value::Text(texts.into_iter().next().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests;
