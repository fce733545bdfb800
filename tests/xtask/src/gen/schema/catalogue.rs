//! `catalogue.schema.json`: the form of `collector-proto/catalog/*.toml`, read as JSON. What goes beyond form, such as
//! unique names, is checked by `cargo xtask gen`.

use super::{DOTTED, list, members, object, pattern, set, text, words};
use crate::r#gen::vocabulary::{
    By, Capability, Ccpa, DPV, Discloser, Generalisation, Kind, LegalBasis, NeverKind, Origin, Privilege,
    SOURCE_KINDS, Sensitivity, Shape, Shows, TextKind, Treatment,
};
use serde_json::{Map, Value, json};

/// Names of groups.
const WORD: &str = "^[a-z][a-z0-9_]*$";

/// The schema.
pub(crate) fn catalogue() -> String {
    let section_file = object(
        &["section", "field"],
        [("section", section()), ("field", filled(&field())), ("derived", list(&derived()))],
    );
    let never_file = object(&["never"], [("never", filled(&never()))]);
    let sources_file = object(&["group"], [("group", filled(&group()))]);
    let mut schema = Map::new();
    schema.insert("oneOf".to_owned(), json!([section_file, never_file, sources_file]));
    schema.insert("$defs".to_owned(), json!({ "source": source(), "dpv": words(DPV.iter().copied()) }));
    super::file("catalogue", "Candor catalogue file", schema)
}

fn section() -> Value {
    object(
        &["name", "order", "shape"],
        [
            ("name", pattern("^[a-z]+$")),
            ("order", json!({ "type": "integer", "minimum": 1 })),
            ("shape", words(Shape::ALL.iter().map(|word| word.name()))),
            ("accounts", json!({ "type": "boolean" })),
            ("key", set(&pattern(DOTTED), 1)),
        ],
    )
}

fn field() -> Value {
    let source = || json!({ "$ref": "#/$defs/source" });
    let least_two = json!({ "type": "integer", "minimum": 2 });
    let mut field = members(object(
        &[
            "id",
            "type",
            "origin",
            "dpv",
            "ccpa",
            "sensitivity",
            "minimal",
            "treatments",
            "linux",
            "windows",
            "macos",
        ],
        [
            ("id", pattern(DOTTED)),
            ("type", words(Kind::ALL.iter().map(|word| word.name()))),
            ("text", words(TextKind::ALL.iter().map(|word| word.name()))),
            ("carries", set(&pattern(DOTTED), 0)),
            ("many", json!({ "type": "boolean" })),
            ("origin", words(Origin::ALL.iter().map(|word| word.name()))),
            ("dpv", set(&json!({ "$ref": "#/$defs/dpv" }), 0)),
            ("no_dpv", text()),
            ("ccpa", set(&words(Ccpa::ALL.iter().map(|word| word.name())), 0)),
            ("sensitivity", words(Sensitivity::ALL.iter().map(|word| word.name()))),
            ("shows", words(Shows::ALL.iter().map(|word| word.name()))),
            ("minimal", json!({ "type": "boolean" })),
            ("treatments", treatments()),
            ("coarse", set(&words(Generalisation::ALL.iter().map(|word| word.name())), 1)),
            ("max_bytes", json!({ "type": "integer", "minimum": 1 })),
            ("max_values", least_two),
            ("legal_bases", set(&words(LegalBasis::ALL.iter().map(|word| word.name())), 1)),
            ("osquery", pattern("^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$")),
            ("glpi", pattern("^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)?$")),
            ("no_source", text()),
            ("linux", source()),
            ("windows", source()),
            ("macos", source()),
        ],
    ));
    field.insert(
        "allOf".to_owned(),
        json!([
            {
                "if": { "properties": { "origin": { "const": "own" } } },
                "then": { "properties": { "id": { "pattern": "^x\\." } } },
                "else": { "properties": { "id": { "not": { "pattern": "^x\\." } } } },
            },
            {
                "if": { "properties": { "type": { "const": "text" } } },
                "then": { "required": ["max_bytes", "text", "carries"] },
                "else": { "properties": { "max_bytes": false, "text": false, "carries": false } },
            },
            {
                "if": { "properties": { "treatments": { "contains": { "const": Treatment::Generalise.name() } } } },
                "then": { "required": ["coarse"] },
                "else": { "properties": { "coarse": false } },
            },
            {
                "if": { "properties": { "many": { "const": true } }, "required": ["many"] },
                "then": { "required": ["max_values"] },
                "else": { "properties": { "max_values": false } },
            },
            {
                "if": { "properties": { "dpv": { "maxItems": 0 } } },
                "then": { "required": ["no_dpv"] },
                "else": { "properties": { "no_dpv": false } },
            },
        ]),
    );
    Value::Object(field)
}

/// Every field can be dropped.
fn treatments() -> Value {
    let mut treatments = set(&words(Treatment::ALL.iter().map(|word| word.name())), 2);
    treatments["contains"] = json!({ "const": Treatment::Drop.name() });
    treatments
}

fn group() -> Value {
    object(&["name", "touches"], [("name", pattern(WORD)), ("touches", set(&touch(), 1))])
}

/// A path pattern, a source of another kind, or a group of sources.
fn touch() -> Value {
    let kinds: Vec<&str> = SOURCE_KINDS.iter().map(|kind| kind.prefix).collect();
    pattern(&format!("^(/[^/]|({}):.|@[a-z])", kinds.join("|")))
}

fn source() -> Value {
    object(
        &["touches"],
        [("touches", set(&touch(), 0)), ("privilege", words(Privilege::ALL.iter().map(|word| word.name())))],
    )
}

fn derived() -> Value {
    object(
        &["id", "by", "from", "dpv", "note"],
        [
            ("id", pattern("^x\\.[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*$")),
            ("by", words(By::ALL.iter().map(|word| word.name()))),
            ("from", set(&pattern(DOTTED), 1)),
            ("dpv", set(&json!({ "$ref": "#/$defs/dpv" }), 0)),
            ("note", text()),
        ],
    )
}

fn never() -> Value {
    let mut never = members(object(
        &["name", "kind", "capability", "dpv", "disclosed_by"],
        [
            ("name", pattern(DOTTED)),
            ("kind", words(NeverKind::ALL.iter().map(|word| word.name()))),
            ("capability", words(Capability::ALL.iter().map(|word| word.name()))),
            ("dpv", set(&json!({ "$ref": "#/$defs/dpv" }), 0)),
            ("disclosed_by", set(&words(Discloser::ALL.iter().map(|word| word.name())), 1)),
        ],
    ));
    never.insert("if".to_owned(), json!({ "properties": { "kind": { "const": "data" } } }));
    never.insert("then".to_owned(), json!({ "properties": { "dpv": { "minItems": 1 } } }));
    never.insert("else".to_owned(), json!({ "properties": { "dpv": { "maxItems": 0 } } }));
    Value::Object(never)
}

fn filled(items: &Value) -> Value {
    let mut items = list(items);
    items["minItems"] = json!(1);
    items
}
