//! `policy.schema.json`: the signed policy document, with the treatments that the catalogue allows each field.

use super::{
    COUNTRY, DOTTED, INSTANT, MAX_INTEGER, SPAN, digest, list, members, object, open, pattern, requires, set,
    text, words,
};
use crate::r#gen::model::{Catalogue, Field};
use crate::r#gen::vocabulary::{KeyScope, Kind, LegalBasis, Necessity, PURPOSES, RecipientRole, Treatment};
use serde_json::{Map, Value, json};

/// The schema.
pub(crate) fn policy(catalogue: &Catalogue) -> String {
    let mut rules: Vec<Value> = catalogue.fields().into_iter().map(|(_, field)| rule(field)).collect();
    rules.push(foreign_rule(catalogue));
    let mut schema = members(open(object(
        &[
            "v",
            "type",
            "group",
            "version",
            "issued",
            "expires",
            "notice_from",
            "effective_from",
            "max_stale",
            "notice_period",
            "require_acknowledgement",
            "report_every",
            "records",
            "declares",
            "controller",
            "jurisdictions",
            "recipients",
            "transfers",
            "purposes",
            "rules",
        ],
        [
            ("v", json!({ "const": 1 })),
            ("type", json!({ "const": "policy" })),
            ("group", text()),
            ("version", json!({ "type": "integer", "minimum": 1, "maximum": MAX_INTEGER })),
            ("issued", pattern(INSTANT)),
            ("expires", pattern(INSTANT)),
            ("notice_from", pattern(INSTANT)),
            ("effective_from", pattern(INSTANT)),
            ("max_stale", pattern(SPAN)),
            ("notice_period", pattern(SPAN)),
            ("require_acknowledgement", json!({ "type": "boolean" })),
            ("require_sandbox", words(["partial", "full"])),
            ("report_every", pattern(SPAN)),
            ("records", pattern(SPAN)),
            ("declares", declarations()),
            ("controller", controller()),
            ("jurisdictions", list(&pattern(super::JURISDICTION))),
            ("recipients", list(&open(recipient("^.")))),
            ("transfers", list(&transfer())),
            ("purposes", json!({ "type": "object", "additionalProperties": { "$ref": "#/$defs/purpose" } })),
            ("rules", json!({ "type": "array", "items": { "oneOf": rules } })),
            ("requires", requires()),
        ],
    )));
    schema.insert(
        "$defs".to_owned(),
        json!({
            "purpose": open(purpose()),
            "purposes": set(&text(), 1),
            "necessity": words(Necessity::ALL.iter().map(|word| word.name())),
            "filter": open(filter()),
        }),
    );
    super::file("policy", "Candor signed policy", schema)
}

fn declarations() -> Value {
    let members = ["sold", "shared_for_advertising", "automated_decisions"];
    open(object(&members, members.map(|member| (member, json!({ "const": false })))))
}

fn controller() -> Value {
    open(object(
        &["name", "country", "contact", "supervisory_authority"],
        [
            ("name", text()),
            ("country", pattern(COUNTRY)),
            ("contact", text()),
            ("representative", text()),
            ("data_protection_officer", text()),
            ("supervisory_authority", open(authority())),
        ],
    ))
}

/// A supervisory authority.
pub(super) fn authority() -> Value {
    object(&["name", "url"], [("name", text()), ("url", text())])
}

/// Someone who receives the data, with an id of the given form.
pub(super) fn recipient(id: &str) -> Value {
    object(
        &["id", "name", "role", "country", "stored_in"],
        [
            ("id", pattern(id)),
            ("name", text()),
            ("role", words(RecipientRole::ALL.iter().map(|word| word.name()))),
            ("on_behalf_of", pattern(id)),
            ("country", pattern(COUNTRY)),
            ("stored_in", pattern(COUNTRY)),
        ],
    )
}

fn transfer() -> Value {
    open(object(
        &["country", "mechanism", "review"],
        [("country", pattern(COUNTRY)), ("mechanism", text()), ("review", pattern(INSTANT))],
    ))
}

/// A purpose; English words for it are required.
pub(super) fn purpose() -> Value {
    let translations = json!({
        "type": "object",
        "additionalProperties": text(),
        "required": ["en"],
    });
    object(
        &["dpv", "legal_basis", "retention", "recipients", "text"],
        [
            ("dpv", words(PURPOSES.iter().copied())),
            ("legal_basis", words(LegalBasis::ALL.iter().map(|word| word.name()))),
            ("retention", pattern(SPAN)),
            ("interests_weighed", json!({ "type": "boolean" })),
            ("free_to_refuse", json!({ "type": "boolean" })),
            ("recipients", set(&text(), 1)),
            ("text", translations),
        ],
    )
}

/// Patterns over a field's values.
pub(super) fn filter() -> Value {
    object(&[], [("include", list(&text())), ("exclude", list(&text()))])
}

/// The rule of one field, with the treatments that this field allows.
fn rule(field: &Field) -> Value {
    of_field(json!({ "const": field.name() }), json!({ "anyOf": treatments(field) }))
}

/// A rule of a field that this release's catalogue does not have. A program withholds the field.
fn foreign_rule(catalogue: &Catalogue) -> Value {
    let known: Vec<&str> = catalogue.fields().into_iter().map(|(_, field)| field.name()).collect();
    let mut name = pattern("^[a-z0-9_.]{1,64}$");
    name["not"] = words(known);
    of_field(name, json!(true))
}

fn of_field(field: Value, treat: Value) -> Value {
    open(object(
        &["field", "meaning", "treat", "purposes", "necessity"],
        [
            ("field", field),
            ("meaning", digest()),
            ("treat", treat),
            ("purposes", json!({ "$ref": "#/$defs/purposes" })),
            ("necessity", json!({ "$ref": "#/$defs/necessity" })),
            ("accounts", json!({ "type": "boolean" })),
            ("requires", requires()),
            (
                "where",
                json!({
                    "type": "object",
                    "propertyNames": { "pattern": DOTTED },
                    "additionalProperties": { "$ref": "#/$defs/filter" },
                }),
            ),
        ],
    ))
}

/// The written forms of a field's treatments. A dropped field has no rule, so `drop` has no form here.
pub(super) fn treatments(field: &Field) -> Vec<Value> {
    field.treatments.iter().filter_map(|treatment| written(field, *treatment)).collect()
}

fn written(field: &Field, treatment: Treatment) -> Option<Value> {
    let parameters = match treatment {
        Treatment::Drop => return None,
        Treatment::Keep => return Some(json!({ "const": "keep" })),
        Treatment::Truncate if field.kind == Kind::Ip => object(
            &["v4", "v6"],
            [
                ("v4", json!({ "type": "integer", "minimum": 0, "maximum": 32 })),
                ("v6", json!({ "type": "integer", "minimum": 0, "maximum": 128 })),
            ],
        ),
        Treatment::Truncate => {
            object(&["chars"], [("chars", json!({ "type": "integer", "minimum": 1, "maximum": 65535 }))])
        }
        Treatment::Hmac => words(KeyScope::ALL.iter().map(|word| word.name())),
        Treatment::Generalise => words(field.coarse.iter().map(|level| level.name())),
    };
    let mut properties = Map::new();
    properties.insert(treatment.name().to_owned(), parameters);
    Some(object(&[treatment.name()], properties))
}
