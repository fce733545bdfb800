//! Strict JSON: duplicate names are refused (RFC 7493 §2.3), where serde's maps would keep the last one, and lists are
//! bounded while they are read, where serde's grow as long as there is input.

use crate::limits::MAX_INTEGER;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

/// Whether a number is one that is not written.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
pub(crate) const fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Whether every member of what was said is one of what was understood, at every depth.
pub(crate) fn says_no_more(said: &Value, understood: &Value) -> bool {
    match (said, understood) {
        (Value::Object(said), Value::Object(understood)) => said
            .iter()
            .all(|(name, value)| understood.get(name).is_some_and(|known| says_no_more(value, known))),
        (Value::Array(said), Value::Array(understood)) => {
            said.len() == understood.len()
                && said.iter().zip(understood).all(|(value, known)| says_no_more(value, known))
        }
        // How a value is written is for its type to say.
        (said, understood) => std::mem::discriminant(said) == std::mem::discriminant(understood),
    }
}

/// Reads an object as a map and refuses a name that appears twice.
pub(crate) fn unique_map<'de, D, K, V>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord,
    V: Deserialize<'de>,
{
    unique_map_with(deserializer, |_| Ok(()))
}

/// Reads an object as a map, refuses a name that appears twice, and shows each value to `check` before it reads on.
pub(crate) fn unique_map_with<'de, D, K, V, F>(deserializer: D, check: F) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord,
    V: Deserialize<'de>,
    F: FnMut(&V) -> Result<(), &'static str>,
{
    struct Unique<K, V, F>(F, PhantomData<(K, V)>);
    impl<'de, K, V, F> Visitor<'de> for Unique<K, V, F>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        F: FnMut(&V) -> Result<(), &'static str>,
    {
        type Value = BTreeMap<K, V>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some((name, value)) = entries.next_entry()? {
                self.0(&value).map_err(A::Error::custom)?;
                if map.insert(name, value).is_some() {
                    return Err(A::Error::custom("a name appears twice in one object"));
                }
            }
            Ok(map)
        }
    }
    deserializer.deserialize_map(Unique(check, PhantomData))
}

/// Reads a list and stops at the first item beyond `max`.
pub(crate) fn bounded_list<'de, D, T>(deserializer: D, max: usize) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Bounded<T>(usize, PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Bounded<T> {
        type Value = Vec<T>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Vec<T>, A::Error> {
            bounded_items(items, self.0)
        }
    }
    deserializer.deserialize_seq(Bounded(max, PhantomData))
}

/// The items of a list; stops at the first beyond `max`.
pub(crate) fn bounded_items<'de, A, T>(mut items: A, max: usize) -> Result<Vec<T>, A::Error>
where
    A: SeqAccess<'de>,
    T: Deserialize<'de>,
{
    let mut list = Vec::new();
    while let Some(item) = items.next_element()? {
        if list.len() == max {
            return Err(A::Error::custom(format_args!("a list has more than {max} items")));
        }
        list.push(item);
    }
    Ok(list)
}

/// Whether the bytes are I-JSON in which no object names a member twice, at any depth: what a typed parse skips, because
/// it does not know the member, is held to the same rules.
pub(crate) fn check(bytes: &[u8]) -> Result<(), serde_json::Error> {
    serde_json::from_slice::<Sound>(bytes).map(|_| ())
}

/// Any value that [`check`] lets pass. Nothing of it is kept.
struct Sound;

impl<'de> Deserialize<'de> for Sound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Sound;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON without floats and without integers beyond 2^53")
            }
            fn visit_unit<E>(self) -> Result<Sound, E> {
                Ok(Sound)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Sound, E> {
                Ok(Sound)
            }
            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Sound, E> {
                if (-MAX_INTEGER..=MAX_INTEGER).contains(&value) {
                    Ok(Sound)
                } else {
                    Err(E::custom("whole number beyond 2^53"))
                }
            }
            fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Sound, E> {
                self.visit_i64(i64::try_from(value).unwrap_or(i64::MAX))
            }
            fn visit_str<E>(self, _: &str) -> Result<Sound, E> {
                Ok(Sound)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Sound, A::Error> {
                while items.next_element::<Sound>()?.is_some() {}
                Ok(Sound)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Sound, A::Error> {
                let mut names = BTreeSet::new();
                while let Some((name, Sound)) = members.next_entry::<String, Sound>()? {
                    if !names.insert(name) {
                        return Err(A::Error::custom("a name appears twice in one object"));
                    }
                }
                Ok(Sound)
            }
        }
        deserializer.deserialize_any(Any)
    }
}
