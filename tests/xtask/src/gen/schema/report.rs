//! `report.schema.json`: the JSON of a report's head.

use super::{DAY, MAX_INTEGER, MINUTE, PART_NAME, digest, members, object, pattern, words};
use crate::r#gen::model::Catalogue;
use crate::r#gen::vocabulary::{Absence, Attack, DocumentKind, SourceName};
use serde_json::{Value, json};

/// Most parts of one report; `collector_proto::limits::MAX_REPORT_PARTS`.
const MAX_REPORT_PARTS: u32 = 4096;

/// Most versions that are coming; `collector_proto::policy::MAX_COMING`.
const MAX_COMING: u32 = 16;

/// Most refused documents of one report; `collector_proto::messages::MAX_REFUSED_DOCUMENTS`.
const MAX_REFUSED_DOCUMENTS: u32 = 24;

/// The schema.
pub(crate) fn report(catalogue: &Catalogue) -> String {
    let names: Vec<&str> = catalogue.fields().into_iter().map(|(_, field)| field.name()).collect();
    let absence = || json!({ "$ref": "#/$defs/absence" });
    // A policy may name fields that this release's catalogue does not have.
    let mut absent = object(&[], names.iter().map(|name| ((*name).to_owned(), absence())));
    absent["additionalProperties"] = absence();
    absent["propertyNames"] = pattern("^[a-z0-9_.]{1,64}$");
    let sources = || object(&[], SourceName::ALL.iter().map(|source| (source.name().to_owned(), absence())));
    let failed = catalogue.sections.iter().map(|file| (file.name().to_owned(), sources()));
    let mut schema = members(object(
        &["v", "aud", "device_id", "stream", "seq", "created", "policy", "parts", "standing", "absent"],
        [
            ("v", json!({ "const": 1 })),
            ("aud", super::text()),
            ("device_id", pattern("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")),
            ("stream", pattern("^[0-9a-f]{32}$")),
            ("seq", json!({ "type": "integer", "minimum": 1, "maximum": MAX_INTEGER })),
            ("prev", digest()),
            ("created", pattern(MINUTE)),
            ("policy", versions()),
            ("daily", daily()),
            (
                "parts",
                json!({
                    "type": "object",
                    "propertyNames": pattern(PART_NAME),
                    "additionalProperties": digest(),
                    "maxProperties": MAX_REPORT_PARTS,
                }),
            ),
            (
                "gone",
                json!({
                    "type": "array",
                    "items": pattern(PART_NAME),
                    "minItems": 1,
                    "maxItems": MAX_REPORT_PARTS,
                    "uniqueItems": true,
                }),
            ),
            ("standing", digest()),
            ("absent", absent),
            ("failed", object(&[], failed)),
            (
                "refused",
                json!({ "type": "array", "minItems": 1, "maxItems": MAX_REFUSED_DOCUMENTS, "items": refused() }),
            ),
        ],
    ));
    schema
        .insert("$defs".to_owned(), json!({ "absence": words(Absence::ALL.iter().map(|word| word.name())) }));
    // The first report of a stream has no predecessor, every other one does.
    schema.insert("if".to_owned(), json!({ "properties": { "seq": { "const": 1 } } }));
    schema.insert("then".to_owned(), json!({ "properties": { "prev": false } }));
    schema.insert("else".to_owned(), json!({ "required": ["prev"] }));
    super::file("report", "Head of a Candor report", schema)
}

/// Documents that the device refused.
fn refused() -> Value {
    let named = || {
        let version = json!({ "type": "integer", "minimum": 0, "maximum": MAX_INTEGER });
        object(&[], [("version", version), ("sha256", digest())])
    };
    object(
        &["attack", "document", "first", "last"],
        [
            ("attack", words(Attack::ALL.iter().map(|word| word.name()))),
            ("document", words(DocumentKind::ALL.iter().map(|word| word.name()))),
            ("offered", named()),
            ("held", named()),
            ("first", pattern(DAY)),
            ("last", pattern(DAY)),
        ],
    )
}

/// The reading that what is sent at most once a day is from, and whether it was made for this report.
fn daily() -> Value {
    let forms = ["read", "kept"].map(|word| object(&[word], [(word, pattern(MINUTE))]));
    json!({ "oneOf": forms })
}

/// The version in force and those that are coming.
fn versions() -> Value {
    let reference = || {
        vec![
            // Written of what came under a placement alone: 0 is the group of the enrolment.
            ("placement", json!({ "type": "integer", "minimum": 1, "maximum": MAX_INTEGER })),
            ("version", json!({ "type": "integer", "minimum": 1, "maximum": MAX_INTEGER })),
            ("sha256", digest()),
        ]
    };
    let coming = json!({
        "type": "array", "maxItems": MAX_COMING, "items": object(&["version", "sha256"], reference()),
    });
    let members = reference().into_iter().chain([("coming", coming)]);
    object(&["version", "sha256", "coming"], members)
}
