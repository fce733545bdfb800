//! `schema/report.schema.json` and `schema/part.schema.json` say what the types say: what the types write is valid, what they
//! refuse is not.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files fails")]

use collector_proto::catalog::{Field, FieldId, Section, Shape, TreatmentKind, ValueKind};
use collector_proto::limits::{MAX_INTEGER, MAX_REPORT_PARTS, MAX_ROWS};
use collector_proto::messages::{Absence, MAX_REFUSED_DOCUMENTS, Part, Report};
use collector_proto::policy::{BoundsOf, Generalisation, KeyScope, Treatment, fits};
use collector_proto::value::Value;
use jsonschema::Validator;
use serde_json::{Value as Json, json};
use std::path::Path;

fn schema(of: &str) -> Json {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schema/{of}.schema.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn validator(of: &str) -> Validator {
    let schema = schema(of);
    assert!(jsonschema::meta::is_valid(&schema), "not a schema of its own dialect");
    jsonschema::draft202012::new(&schema).unwrap()
}

fn digest(digit: char) -> String {
    format!("sha256:{}", digit.to_string().repeat(64))
}

const MACHINE: &str = "0123456789abcdef/90d";
const ACCOUNT: &str = "fedcba9876543210/30d/latest";

/// A head with every member.
fn report() -> Json {
    json!({
        "v": 1,
        "aud": "collector-1",
        "device_id": "0191d7a0-7f3b-7c5e-9a6b-3b1f6e0c2d4a",
        "stream": "00112233445566778899aabbccddeeff",
        "seq": 2,
        "prev": digest('a'),
        "created": "2026-11-22T08:00:00Z",
        "policy": { "version": 7, "sha256": digest('b'), "coming": [{ "version": 8, "sha256": digest('c') }] },
        "parts": { MACHINE: digest('c'), ACCOUNT: digest('d') },
        "gone": ["0123456789abcdef/1d"],
        "standing": digest('e'),
        "absent": { "device.serial_number": "unavailable", "user.email": "unavailable" },
        "failed": { "package": { "rpm": "malformed" } },
        "refused": [{
            "attack": "rollback",
            "document": "policy",
            "offered": { "version": 6, "sha256": digest('f') },
            "held": { "version": 7, "sha256": digest('b') },
            "first": "2026-11-20T00:00:00Z",
            "last": "2026-11-21T00:00:00Z",
        }],
    })
}

/// A part with every form of section.
fn part() -> Json {
    json!({
        "v": 1,
        "part": MACHINE,
        "sections": {
            "os": {
                "salt": salt(),
                "rows": [{ "os.type": "linux", "os.name": "Debian GNU/Linux", "os.version": "12" }],
            },
            "host": { "salt": salt(), "rows": [] },
            "package": {
                "salt": salt(),
                "base": digest('e'),
                "digest": digest('d'),
                "upsert": [{ "package.name": "curl", "package.version": "7.88.1-10" }],
                "remove": ["deb:wget:amd64:1.21.3-1"],
            },
            "network": { "digest": digest('f') },
        },
    })
}

fn salt() -> String {
    "5a".repeat(16)
}

#[track_caller]
fn accepted<T: serde::de::DeserializeOwned + serde::Serialize>(schema: &str, document: &Json) {
    let errors: Vec<String> =
        validator(schema).iter_errors(document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{document:#}");
    let typed: T = serde_json::from_value(document.clone()).unwrap();
    assert_eq!(&serde_json::to_value(typed).unwrap(), document, "the types write it otherwise");
}

#[test]
fn heads_and_parts_are_valid() {
    accepted::<Report>("report", &report());
    let mut first = report();
    first["seq"] = json!(1);
    first.as_object_mut().unwrap().remove("prev");
    accepted::<Report>("report", &first);
    let mut unchanged = report();
    unchanged["parts"] = json!({});
    unchanged["absent"] = json!({});
    for left_out in ["gone", "failed", "refused"] {
        unchanged.as_object_mut().unwrap().remove(left_out);
    }
    accepted::<Report>("report", &unchanged);
    let mut newer = report();
    newer["absent"]["host.colour"] = json!("unsupported");
    accepted::<Report>("report", &newer);
    accepted::<Part>("part", &part());
}

/// None of these is valid, nor is the document without any of its members but those.
#[track_caller]
fn refused(schema: &str, good: &Json, cases: &[(&str, Json)], optional: &[&str]) {
    let validator = validator(schema);
    for (pointer, value) in cases {
        let mut changed = good.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap()[name] = value.clone();
        assert!(!validator.is_valid(&changed), "{pointer} = {value} passed");
    }
    for name in good.as_object().unwrap().keys() {
        let mut changed = good.clone();
        changed.as_object_mut().unwrap().remove(name);
        assert_eq!(validator.is_valid(&changed), optional.contains(&name.as_str()), "without {name}");
    }
}

#[test]
fn damaged_heads_and_parts_are_not() {
    let too_many: serde_json::Map<String, Json> =
        (0..=MAX_REPORT_PARTS).map(|n| (format!("{n:016x}/1d"), json!(digest('a')))).collect();
    let heads = [
        ("/v", json!(2)),
        ("/aud", json!("")),
        ("/device_id", json!("my laptop")),
        ("/stream", json!("0011")),
        ("/seq", json!(0)),
        ("/seq", json!(1)),
        ("/seq", json!(1.5)),
        ("/prev", json!("sha256:abc")),
        ("/created", json!("2026-11-22T08:00:07Z")),
        ("/created", json!("2026-11-22T09:00:00+01:00")),
        ("/policy/version", json!("7")),
        ("/policy/extra", json!(1)),
        ("/policy/coming", Json::Null),
        ("/policy/coming", json!([{ "version": 8 }])),
        ("/policy/coming", json!(vec![json!({ "version": 8, "sha256": digest('d') }); 17])),
        ("/policy/coming", Json::Null),
        ("/policy/coming", json!([{ "version": 8 }])),
        ("/policy/coming", json!(vec![json!({ "version": 8, "sha256": digest('d') }); 17])),
        ("/location", json!({})),
        ("/sections", json!({})),
        ("/parts", json!({ "machine/90d": digest('a') })),
        ("/parts", json!({ "0123456789abcdef/90d/newest": digest('a') })),
        ("/parts", json!({ MACHINE: { "sha256": digest('a') } })),
        ("/parts", Json::Object(too_many)),
        ("/gone", json!([])),
        ("/gone", json!([MACHINE, MACHINE])),
        ("/gone", json!(["security"])),
        ("/standing", json!("e")),
        ("/absent/host.mac", json!("because")),
        ("/absent/host colour", json!("unavailable")),
        ("/refused", json!([])),
        ("/refused", json!(vec![report()["refused"][0].clone(); MAX_REFUSED_DOCUMENTS + 1])),
        ("/refused/0/attack", json!("bad luck")),
        ("/refused/0/last", json!("2026-11-21T08:00:00Z")),
        ("/refused/0/count", json!(3)),
        ("/refused/0/offered/text", json!("hello")),
    ];
    refused("report", &report(), &heads, &["gone", "failed", "refused"]);
    let parts = [
        ("/v", json!(2)),
        ("/part", json!("0123456789abcdef")),
        ("/purpose", json!("security")),
        ("/sections/os/rows", Json::Null),
        ("/sections/os/rows", json!([{}])),
        ("/sections/os/rows", json!([{ "os.type": "linux" }, { "os.type": "linux" }])),
        ("/sections/os/rows", json!([{ "os.colour": "blue" }])),
        ("/sections/os/rows", json!([{ "host.name": "in another section" }])),
        ("/sections/os/base", json!(digest('a'))),
        ("/sections/os/salt", json!("5a")),
        ("/sections/kernel", json!({ "digest": digest('a') })),
        ("/sections/package/remove", json!([""])),
        ("/sections/package/rows", json!([])),
    ];
    refused("part", &part(), &parts, &[]);
    for name in ["salt", "base", "digest", "upsert", "remove"] {
        let mut changed = part();
        changed["sections"]["package"].as_object_mut().unwrap().remove(name);
        assert!(!validator("part").is_valid(&changed), "valid difference without {name}");
    }
}

/// Every treatment with some parameters.
fn treatments() -> Vec<Treatment> {
    let mut treatments = vec![
        Treatment::Keep,
        Treatment::TruncateIp { v4: 24, v6: 48 },
        Treatment::TruncateIp { v4: 32, v6: 128 },
        Treatment::TruncateText { chars: 4 },
    ];
    treatments.extend(KeyScope::ALL.iter().map(|scope| Treatment::Hmac(*scope)));
    treatments.extend(Generalisation::ALL.iter().map(|step| Treatment::Generalise(*step)));
    treatments
}

/// Values of every kind and form, longest and strangest ones included.
fn values() -> Vec<Json> {
    let mut values = vec![
        json!("Debian"),
        json!(""),
        json!("12"),
        json!("12.5"),
        json!("x".repeat(512)),
        json!("é".repeat(20)),
        json!("192.0.2.7"),
        json!("2001:db8::1"),
        json!("::ffff:192.0.2.7"),
        json!("192.0.2.0/24"),
        json!("2001:db8::/48"),
        json!("192.0.2.7/32"),
        json!("AC-DE-48-23-45-67"),
        json!("AC-DE-48-FF-FE-23-45-67"),
        json!("AC-DE-48"),
        json!(vec!["AC"; 20].join("-")),
        json!("2026-11-22T08:00:07Z"),
        json!("2026-11-22"),
        json!("2026-11"),
        json!("52.5"),
        json!("-180"),
        json!("52.52"),
        json!("any"),
        json!("Europe"),
        json!("North America"),
        json!("Europe/Berlin"),
        json!("2"),
        json!("DE"),
        json!("hmac-sha256:dGVuYW50:AAAAAAAAAAAAAAAAAAAAAA"),
        json!(format!("hmac-sha256:{}:{}", "k".repeat(9), "A".repeat(22))),
        json!(true),
        json!(0),
        json!(1),
        json!(86_400),
        json!(604_800),
        json!(2020),
        json!(MAX_INTEGER),
        json!(-MAX_INTEGER),
    ];
    let lists: Vec<Json> =
        values.iter().filter(|value| value.is_string()).map(|value| json!([value, value])).collect();
    values.extend(lists);
    values.push(json!([]));
    values.push(json!(vec!["12"; 64]));
    values
}

fn with(field: &Field, value: &Json) -> Json {
    let mut part = part();
    let row = json!({ field.name: value });
    part["sections"] = json!({ field.section.name(): { "salt": salt(), "rows": [row] } });
    part
}

/// What some policy could make of a field's value is valid; a keyed hash of a field that only allows that is valid,
/// the raw value is not.
#[test]
fn the_schema_accepts_what_fits() {
    let validator = validator("part");
    let (mut fitting, mut refused) = (0, 0);
    for field in FieldId::all().map(FieldId::field) {
        let mut fits_somehow = false;
        for value in values() {
            let typed: Value = serde_json::from_value(value.clone()).unwrap();
            let allowed = treatments().into_iter().filter(|treatment| treatment.unfit_for(field).is_none());
            let is_valid = validator.is_valid(&with(field, &value));
            if allowed.into_iter().any(|treatment| fits(field, treatment, &typed, BoundsOf::Catalogue)) {
                assert!(is_valid, "{}: {value} fits but is invalid", field.name);
                (fitting, fits_somehow) = (fitting + 1, true);
            } else if !is_valid {
                refused += 1;
            }
        }
        assert!(fits_somehow, "no sample fits {}", field.name);
    }
    assert!(fitting > 1000 && refused > 1000, "{fitting} fitting, {refused} refused");
}

#[test]
fn values_of_another_type_or_treatment_are_invalid() {
    let validator = validator("part");
    for field in FieldId::all().map(FieldId::field) {
        let is_list = field.many;
        let mut wrong = vec![Json::Null, json!(1.5), json!({}), json!([[]]), json!([1])];
        wrong.push(if is_list { json!("one") } else { json!(["one"]) });
        match field.kind {
            ValueKind::Integer => wrong.extend([json!("1"), json!(true), json!(MAX_INTEGER + 1)]),
            ValueKind::Boolean => wrong.extend([json!("yes"), json!(1)]),
            ValueKind::Text | ValueKind::Ip | ValueKind::Mac | ValueKind::Timestamp | ValueKind::Decimal => {
                wrong.extend([json!(1), json!(true)]);
            }
        }
        if field.kind == ValueKind::Text {
            let long = "x".repeat(field.bounds.max_bytes as usize + 1);
            wrong.push(if is_list { json!([long]) } else { json!(long) });
        } else {
            wrong.push(if is_list { json!(["raw text"]) } else { json!("raw text") });
        }
        if is_list {
            wrong.push(json!(vec!["12"; field.bounds.max_values as usize + 1]));
        }
        if !field.allows(TreatmentKind::Keep) && field.kind == ValueKind::Text {
            wrong.push(json!("6f5902ac237024bdd0c176cb93063dc4"));
        }
        for value in wrong {
            assert!(!validator.is_valid(&with(field, &value)), "{}: {value} passed", field.name);
        }
    }
    // Location is never finer than a tenth of a degree.
    let lat = FieldId::parse("geo.location.lat").unwrap().field();
    assert!(validator.is_valid(&with(lat, &json!("52.5"))));
    assert!(!validator.is_valid(&with(lat, &json!("52.52"))));
}

/// The words and bounds that the generator repeats are those of this crate.
#[test]
fn words_and_bounds_agree() {
    let (schema, part) = (schema("report"), schema("part"));
    let reasons: Vec<&str> = Absence::ALL.iter().map(|absence| absence.name()).collect();
    assert_eq!(schema["$defs"]["absence"]["enum"], json!(reasons));
    assert_eq!(schema["properties"]["seq"]["maximum"], json!(MAX_INTEGER));
    let sections = part["properties"]["sections"]["properties"].as_object().unwrap();
    assert_eq!(sections.len(), Section::ALL.len());
    for section in Section::ALL.iter().copied() {
        let forms = sections[section.name()]["oneOf"].as_array().unwrap();
        let rows = &forms[0]["properties"]["rows"];
        let most = if section.shape() == Shape::Single { 1 } else { MAX_ROWS };
        assert_eq!(rows["maxItems"], json!(most), "{}", section.name());
        let named: Vec<&String> = rows["items"]["properties"].as_object().unwrap().keys().collect();
        let declared: Vec<&str> = section.fields().map(FieldId::name).collect();
        assert_eq!(named, declared);
    }
    let absent: Vec<&String> =
        schema["properties"]["absent"]["properties"].as_object().unwrap().keys().collect();
    assert_eq!(absent, FieldId::all().map(FieldId::name).collect::<Vec<_>>());
}
