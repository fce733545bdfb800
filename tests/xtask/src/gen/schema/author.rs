//! `author-policy.schema.json`: the author's TOML form of a policy, read as JSON, for editors that complete and check
//! while the author types. `candor-collector policy check` checks more.

use super::policy::{authority, filter, purpose, recipient};
use super::{COUNTRY, MAX_INTEGER, SPAN, list, members, object, pattern, set, text, words};
use crate::r#gen::model::Catalogue;
use crate::r#gen::vocabulary::{
    Generalisation, KeyScope, LANGUAGES, Necessity, SandboxLevel, TRANSFER_MECHANISMS,
};
use serde_json::{Value, json};

/// Short names of groups, recipients and purposes.
const ID: &str = "^[a-z0-9_-]{1,64}$";

/// RFC 3339 in any offset; TOML's own instants have this form too.
const RFC_3339: &str =
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$";

/// Most characters that a truncation may keep; the longest field of the catalogue has fewer.
const MAX_CHARS: u32 = 4096;

/// The schema.
pub(crate) fn author_policy(catalogue: &Catalogue) -> String {
    let names: Vec<&str> = catalogue.fields().into_iter().map(|(_, field)| field.name()).collect();
    let mut schema = members(object(
        &["format", "organisation", "policy", "recipients", "purposes"],
        [
            ("format", json!({ "const": 1 })),
            ("organisation", organisation()),
            ("policy", head()),
            ("recipients", list(&recipient(ID))),
            ("transfers", list(&transfer())),
            ("purposes", purposes()),
            ("collect", list(&collect())),
        ],
    ));
    schema.insert("$defs".to_owned(), json!({ "field": words(names), "filter": at_least_one(filter()) }));
    super::file("author-policy", "Candor policy as its author writes it", schema)
}

fn organisation() -> Value {
    object(
        &["name", "country", "contact", "supervisory_authority"],
        [
            ("name", text()),
            ("country", pattern(COUNTRY)),
            ("contact", text()),
            ("representative", text()),
            ("data_protection_officer", text()),
            ("supervisory_authority", authority()),
        ],
    )
}

fn head() -> Value {
    let mut head = object(
        &[
            "version",
            "max_stale",
            "notice_period",
            "require_acknowledgement",
            "report_every",
            "sold",
            "shared_for_advertising",
            "automated_decisions",
        ],
        [
            ("version", json!({ "type": "integer", "minimum": 1, "maximum": MAX_INTEGER })),
            ("group", pattern(ID)),
            ("issued", pattern(RFC_3339)),
            ("expires", pattern(RFC_3339)),
            ("valid_for", pattern(SPAN)),
            ("notice_from", pattern(RFC_3339)),
            ("effective_from", pattern(RFC_3339)),
            ("max_stale", pattern(SPAN)),
            ("notice_period", pattern(SPAN)),
            ("require_acknowledgement", json!({ "type": "boolean" })),
            ("require_sandbox", words(SandboxLevel::ALL.iter().map(|word| word.name()))),
            ("report_every", pattern(SPAN)),
            ("records", pattern(SPAN)),
            ("sold", json!({ "const": false })),
            ("shared_for_advertising", json!({ "const": false })),
            ("automated_decisions", json!({ "const": false })),
            ("jurisdictions", list(&pattern(super::JURISDICTION))),
        ],
    );
    head["oneOf"] = json!([{ "required": ["expires"] }, { "required": ["valid_for"] }]);
    head
}

fn transfer() -> Value {
    object(
        &["country", "mechanism", "review"],
        [
            ("country", pattern(COUNTRY)),
            ("mechanism", words(TRANSFER_MECHANISMS.iter().copied())),
            ("review", pattern(RFC_3339)),
        ],
    )
}

fn purposes() -> Value {
    let mut purpose = purpose();
    purpose["properties"]["text"]["propertyNames"] = words(LANGUAGES.iter().copied());
    json!({
        "type": "object",
        "propertyNames": pattern(ID),
        "additionalProperties": purpose,
    })
}

/// What is dropped needs no purpose; everything else does.
fn collect() -> Value {
    let field_or_glob =
        json!({ "anyOf": [{ "$ref": "#/$defs/field" }, pattern("^[a-z0-9_.]*\\*[a-z0-9_.*]*$")] });
    let mut block = object(
        &["fields"],
        [
            ("fields", list(&field_or_glob)),
            ("purposes", set(&pattern(ID), 1)),
            ("treat", json!({ "oneOf": treatments() })),
            (
                "where",
                json!({
                    "type": "object",
                    "propertyNames": { "$ref": "#/$defs/field" },
                    "additionalProperties": { "$ref": "#/$defs/filter" },
                }),
            ),
            ("accounts", json!({ "type": "boolean" })),
            ("necessity", words(Necessity::ALL.iter().map(|word| word.name()))),
        ],
    );
    block["if"] = json!({ "properties": { "treat": { "const": "drop" } }, "required": ["treat"] });
    block["else"] = json!({ "required": ["purposes"] });
    block
}

fn treatments() -> Vec<Value> {
    let bits = |most: u32| json!({ "type": "integer", "minimum": 0, "maximum": most });
    let prefixes = object(&["v4", "v6"], [("v4", bits(32)), ("v6", bits(128))]);
    let chars =
        object(&["chars"], [("chars", json!({ "type": "integer", "minimum": 1, "maximum": MAX_CHARS }))]);
    vec![
        words(["keep", "drop"]),
        object(&["truncate"], [("truncate", json!({ "oneOf": [prefixes, chars] }))]),
        object(&["hmac"], [("hmac", words(KeyScope::ALL.iter().map(|word| word.name())))]),
        object(&["generalise"], [("generalise", words(Generalisation::ALL.iter().map(|word| word.name())))]),
    ]
}

fn at_least_one(mut object: Value) -> Value {
    object["minProperties"] = json!(1);
    object
}
