//! `part.schema.json`: the JSON of a part of a report, with exactly the catalogue's fields.
//!
//! A value is accepted in every form that some policy could give it; which form one report must have depends on its
//! policy, and that is checked by the programs.

use super::{HMAC, INSTANT, MAX_INTEGER, PART_NAME, digest, members, object, pattern, words};
use crate::r#gen::model::{Catalogue, Field, SectionFile};
use crate::r#gen::vocabulary::{Continent, EXISTS, Generalisation, Kind, Shape, TimeZoneArea, Treatment};
use serde_json::{Value, json};

/// Most rows of one section; `collector_proto::limits::MAX_ROWS`.
const MAX_ROWS: u32 = 100_000;

/// The schema.
pub(crate) fn part(catalogue: &Catalogue) -> String {
    let sections = catalogue.sections.iter().map(|file| (file.name().to_owned(), section(file)));
    let schema = members(object(
        &["v", "part", "sections"],
        [("v", json!({ "const": 1 })), ("part", pattern(PART_NAME)), ("sections", object(&[], sections))],
    ));
    super::file("part", "Part of a Candor report", schema)
}

/// All rows, the difference from known rows, or only their digest.
fn section(file: &SectionFile) -> Value {
    let properties = file.fields.iter().map(|field| (field.name(), value(field)));
    let mut row = object(&[], properties);
    row["minProperties"] = json!(1);
    let rows = |most: u32| json!({ "type": "array", "items": row, "maxItems": most });
    let salt = || pattern("^[0-9a-f]{32}$");
    let full = |most| object(&["salt", "rows"], [("salt", salt()), ("rows", rows(most))]);
    let unchanged = object(&["digest"], [("digest", digest())]);
    match file.section.shape {
        // A row without a key cannot be named in a difference.
        Shape::Single => json!({ "oneOf": [full(1), unchanged] }),
        Shape::Table => {
            let difference = object(
                &["salt", "base", "digest", "upsert", "remove"],
                [
                    ("salt", salt()),
                    ("base", digest()),
                    ("digest", digest()),
                    ("upsert", rows(MAX_ROWS)),
                    ("remove", json!({ "type": "array", "items": super::text(), "maxItems": MAX_ROWS })),
                ],
            );
            json!({ "oneOf": [full(MAX_ROWS), difference, unchanged] })
        }
    }
}

/// One value, or for a list an array of them.
fn value(field: &Field) -> Value {
    let mut forms: Vec<Value> =
        field.treatments.iter().flat_map(|treatment| forms(field, *treatment)).collect();
    forms.dedup();
    let single = if forms.len() == 1 { forms.swap_remove(0) } else { json!({ "anyOf": forms }) };
    if field.many {
        json!({ "type": "array", "items": single, "maxItems": field.max_values() })
    } else {
        single
    }
}

/// The forms that a treatment gives. `maxLength` counts characters, of which there are at most as many as bytes.
fn forms(field: &Field, treatment: Treatment) -> Vec<Value> {
    let text = || json!({ "type": "string", "maxLength": field.max_bytes() });
    match (treatment, field.kind) {
        (Treatment::Keep, Kind::Integer) => {
            vec![json!({ "type": "integer", "minimum": -MAX_INTEGER, "maximum": MAX_INTEGER })]
        }
        (Treatment::Keep, Kind::Boolean) => vec![json!({ "type": "boolean" })],
        (Treatment::Keep, Kind::Ip) => vec![pattern("^[0-9a-f:.]{2,45}$")],
        (Treatment::Truncate, Kind::Ip) => vec![pattern("^[0-9a-f:.]{2,45}/[0-9]{1,3}$")],
        // EUI-48, EUI-64 and InfiniBand's 20 bytes.
        (Treatment::Keep, Kind::Mac) => {
            vec![pattern("^[0-9A-F]{2}((-[0-9A-F]{2}){5}|(-[0-9A-F]{2}){7}|(-[0-9A-F]{2}){19})$")]
        }
        (Treatment::Keep, Kind::Timestamp) => vec![pattern(INSTANT)],
        (Treatment::Keep, Kind::Decimal) => vec![pattern("^-?[0-9]{1,12}(\\.[0-9]{1,12})?$")],
        (Treatment::Keep | Treatment::Truncate, Kind::Text) => vec![text()],
        (Treatment::Generalise, _) => field.coarse.iter().map(|level| coarse(*level)).collect(),
        (Treatment::Hmac, _) => vec![pattern(HMAC)],
        (Treatment::Drop, _)
        | (
            Treatment::Truncate,
            Kind::Integer | Kind::Boolean | Kind::Mac | Kind::Timestamp | Kind::Decimal,
        ) => Vec::new(),
    }
}

/// The form of a coarse value.
fn coarse(level: Generalisation) -> Value {
    match level {
        Generalisation::Oui => pattern("^[0-9A-F]{2}(-[0-9A-F]{2}){2}$"),
        Generalisation::Major => pattern("^[0-9]{1,20}$"),
        Generalisation::MajorMinor => pattern("^[0-9]{1,20}(\\.[0-9]{1,20})?$"),
        Generalisation::Day => pattern("^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"),
        Generalisation::Month => pattern("^[0-9]{4}-(0[1-9]|1[0-2])$"),
        Generalisation::TenthDegree => pattern("^-?[0-9]{1,12}(\\.[0-9])?$"),
        Generalisation::Degree => pattern("^-?[0-9]{1,12}$"),
        Generalisation::Days | Generalisation::Weeks | Generalisation::Decade => json!({
            "type": "integer", "minimum": -MAX_INTEGER, "maximum": MAX_INTEGER, "multipleOf": level.step(),
        }),
        Generalisation::Area => words(TimeZoneArea::ALL.iter().map(|area| area.name())),
        Generalisation::Region => pattern("^[0-9]$"),
        Generalisation::Continent => words(Continent::ALL.iter().map(|continent| continent.name())),
        Generalisation::Existence => json!({ "const": EXISTS }),
    }
}
