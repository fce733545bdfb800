//! The JSON Schemas (2020-12) of `collector-proto/schema/`. Objects are closed, so that what is not named is refused, but for
//! those of the signed policy, in which programs ignore members that they do not know.

mod author;
mod catalogue;
mod part;
mod policy;
mod report;

pub(crate) use author::author_policy;
pub(crate) use catalogue::catalogue;
pub(crate) use part::part;
pub(crate) use policy::policy;
pub(crate) use report::report;

use serde_json::{Map, Value, json};

/// Largest integer of I-JSON (RFC 7493 §2.2); `collector_proto::limits::MAX_INTEGER`.
const MAX_INTEGER: i64 = (1 << 53) - 1;

/// Written keyed hash: key id of 1 to 32 characters, 128 bits in base64url.
const HMAC: &str = "^hmac-sha256:[A-Za-z0-9_-]{8}:[A-Za-z0-9_-]{22}$";

/// An instant in UTC to the second.
const INSTANT: &str =
    "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$";

/// An instant in UTC on the minute: report times are kept no finer.
const MINUTE: &str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:00Z$";

/// An instant at the beginning of a day.
const DAY: &str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T00:00:00Z$";

/// The name of a part: holder, retention, and `latest` where it is never a history.
const PART_NAME: &str = "^[0-9a-f]{16}/[1-9][0-9]{0,9}[dhms](/(daily|latest))?$";

/// A span such as `90d`.
const SPAN: &str = "^[0-9]{1,10}[dhms]$";

/// ISO 3166-1 alpha-2.
const COUNTRY: &str = "^[A-Z]{2}$";

/// ISO 3166-1 alpha-2, and ISO 3166-2 for a part of a country.
const JURISDICTION: &str = "^[A-Z]{2}(-[A-Z0-9]{1,3})?$";

/// A schema as a file: readable, with what wrote it.
pub(crate) fn file(name: &str, title: &str, mut schema: Map<String, Value>) -> String {
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("$id".to_owned(), json!(format!("urn:candor:schema:{name}:1")));
    schema.insert(
        "$comment".to_owned(),
        json!("Written by `cargo xtask gen` from collector-proto/catalog/*.toml; change those."),
    );
    schema.insert("title".to_owned(), json!(title));
    format!("{:#}\n", Value::Object(schema))
}

/// A closed object.
fn object(required: &[&str], properties: impl IntoIterator<Item = (impl Into<String>, Value)>) -> Value {
    let properties: Map<String, Value> =
        properties.into_iter().map(|(name, schema)| (name.into(), schema)).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// The same object with room for members of later contracts.
fn open(mut object: Value) -> Value {
    if let Value::Object(members) = &mut object {
        members.remove("additionalProperties");
    }
    object
}

/// The names in `requires`.
fn requires() -> Value {
    json!({
        "type": "array",
        "items": { "type": "string", "pattern": "^[a-z0-9._-]{1,64}$" },
        "maxItems": 32,
        "uniqueItems": true,
    })
}

/// The members of an object, for a schema's top level.
fn members(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(members) => members,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}

fn pattern(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

fn digest() -> Value {
    pattern("^sha256:[0-9a-f]{64}$")
}

/// Text that is not empty.
fn text() -> Value {
    json!({ "type": "string", "minLength": 1 })
}

fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Value {
    json!({ "enum": words.into_iter().collect::<Vec<_>>() })
}

fn list(items: &Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn set(items: &Value, least: u32) -> Value {
    json!({ "type": "array", "items": items, "minItems": least, "uniqueItems": true })
}

/// The form of a DNS-like dotted name of the catalogue.
const DOTTED: &str = "^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)+$";
