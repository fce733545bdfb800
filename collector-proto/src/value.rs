//! Values and rows as they travel in a report: JSON that a person can read, with no floats (RFC 7493).
//!
//! A [`Value`] has already been treated; what a probe reads is a `Reading` in candor-reader, which cannot be
//! serialised. `Debug` never prints the content of either.

use crate::catalog::{FieldId, Section};
use crate::digest::Digest;
use crate::limits::{MAX_INTEGER, MAX_LIST};
use crate::messages::Salt;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// One treated value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// `true` or `false`.
    Boolean(bool),
    /// Whole number of magnitude below 2^53.
    Integer(i64),
    /// Text, also the written form of addresses, instants, decimals and keyed hashes.
    Text(String),
    /// Several values of one field in one row.
    List(Vec<String>),
}

impl Value {
    /// What a person reads: lists joined by commas.
    pub fn to_plain(&self) -> String {
        match self {
            Self::Boolean(value) => if *value { "yes" } else { "no" }.to_owned(),
            Self::Integer(value) => value.to_string(),
            Self::Text(text) => text.clone(),
            Self::List(items) => items.join(", "),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> serde::de::Visitor<'de> for Any {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a boolean, a whole number below 2^53, text or a list of texts")
            }
            fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
                Ok(Value::Boolean(value))
            }
            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
                if (-MAX_INTEGER..=MAX_INTEGER).contains(&value) {
                    Ok(Value::Integer(value))
                } else {
                    Err(E::custom("whole number beyond 2^53"))
                }
            }
            fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
                self.visit_i64(i64::try_from(value).unwrap_or(i64::MAX))
            }
            fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Value, E> {
                Err(E::custom("a number with a fraction or exponent; decimals travel as text"))
            }
            fn visit_str<E>(self, value: &str) -> Result<Value, E> {
                Ok(Value::Text(value.to_owned()))
            }
            fn visit_string<E>(self, value: String) -> Result<Value, E> {
                Ok(Value::Text(value))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, items: A) -> Result<Value, A::Error> {
                crate::json::bounded_items(items, MAX_LIST).map(Value::List)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// One row of a section: at most one value a field, written in the order of the field names.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Row(BTreeMap<FieldId, Value>);

impl Row {
    /// An empty row.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field's value.
    pub fn insert(&mut self, field: FieldId, value: Value) {
        self.0.insert(field, value);
    }

    /// A field's value.
    pub fn value(&self, field: FieldId) -> Option<&Value> {
        self.0.get(&field)
    }

    /// Fields and values in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (FieldId, &Value)> {
        self.0.iter().map(|(field, value)| (*field, value))
    }

    /// Whether no field is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What identifies the row in a table: its key fields' texts joined by `:`, with `%` and `:` in them
    /// percent-encoded. A part that the row lacks is empty, and empty parts at the end are left out. `None` when the
    /// section has no key, the row lacks every part, or a part is not text.
    pub fn key(&self, section: Section) -> Option<String> {
        let mut key = String::new();
        for (index, field) in section.key().iter().enumerate() {
            if index > 0 {
                key.push(':');
            }
            match self.value(*field) {
                Some(Value::Text(text)) => key.push_str(&text.replace('%', "%25").replace(':', "%3A")),
                Some(Value::Boolean(_) | Value::Integer(_) | Value::List(_)) => return None,
                None => {}
            }
        }
        key.truncate(key.trim_end_matches(':').len());
        (!key.is_empty()).then_some(key)
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::json::unique_map(deserializer).map(Self)
    }
}

/// The digest of a section's content in a part: SHA-256 over the salt and the rows, sorted, as a JSON array in JCS form
/// (RFC 8785; for this data JCS is serde_json's compact form with names sorted, since there are no floats and names are ASCII).
///
/// Sorts `rows`, so that equal content has one order everywhere.
pub fn section_digest(salt: &Salt, rows: &mut [Row]) -> Digest {
    rows.sort_unstable();
    let mut salted = salt.bytes().to_vec();
    // Rows hold only texts, integers, booleans and lists of texts: serialising them cannot fail.
    salted.extend(serde_json::to_vec(rows).unwrap_or_default());
    Digest::of(&salted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parsing_stops_at_the_first_item_that_no_field_allows() {
        let of = |count| {
            let text = format!("[{}, no JSON", vec!["\"\""; count].join(","));
            serde_json::from_str::<Value>(&text).map_err(|error| error.to_string())
        };
        assert!(of(MAX_LIST).is_err_and(|error| error.contains("expected")));
        assert!(of(MAX_LIST + 1).is_err_and(|error| error.contains("more than")));
    }
}
