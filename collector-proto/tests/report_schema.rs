//! `schema/report.schema.json` says what the types say: reports that the types write are valid, what they refuse is not.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files fails")]

use collector_proto::catalog::{Field, FieldId, Section, Shape, TreatmentKind, ValueKind};
use collector_proto::limits::{MAX_INTEGER, MAX_ROWS};
use collector_proto::messages::{Absence, Report};
use collector_proto::policy::{BoundsOf, Generalisation, KeyScope, Treatment, fits};
use collector_proto::value::Value;
use jsonschema::Validator;
use serde_json::{Value as Json, json};
use std::path::Path;

fn schema() -> Json {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/report.schema.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn validator() -> Validator {
    let schema = schema();
    assert!(jsonschema::meta::is_valid(&schema), "not a schema of its own dialect");
    jsonschema::draft202012::new(&schema).unwrap()
}

fn digest(digit: char) -> String {
    format!("sha256:{}", digit.to_string().repeat(64))
}

/// A first report with every form of section.
fn report() -> Json {
    json!({
        "v": 1,
        "aud": "collector-1",
        "device_id": "0191d7a0-7f3b-7c5e-9a6b-3b1f6e0c2d4a",
        "stream": "00112233445566778899aabbccddeeff",
        "seq": 2,
        "prev": digest('a'),
        "created": "2026-11-22T08:00:00Z",
        "policy": { "version": 7, "sha256": digest('b'), "coming": [{ "version": 8, "sha256": digest('d') }] },
        "sections": {
            "os": {
                "digest": digest('c'),
                "rows": [{ "os.type": "linux", "os.name": "Debian GNU/Linux", "os.version": "12" }],
            },
            "host": { "digest": digest('c'), "rows": [] },
            "package": {
                "digest": digest('d'),
                "base": digest('e'),
                "upsert": [{ "package.name": "curl", "package.version": "7.88.1-10" }],
                "remove": ["deb:wget:amd64:1.21.3-1"],
            },
            "network": { "digest": digest('f') },
        },
        "absent": { "device.serial_number": "unavailable", "user.email": "unavailable" },
    })
}

#[track_caller]
fn accepted(report: &Json) {
    let errors: Vec<String> = validator().iter_errors(report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{report:#}");
    let typed: Report = serde_json::from_value(report.clone()).unwrap();
    assert_eq!(&serde_json::to_value(typed).unwrap(), report, "the types write it otherwise");
}

#[test]
fn reports_are_valid() {
    accepted(&report());
    let mut first = report();
    first["seq"] = json!(1);
    first.as_object_mut().unwrap().remove("prev");
    accepted(&first);
    let mut unchanged = report();
    unchanged["sections"] = json!({ "os": { "digest": digest('c') } });
    unchanged["absent"] = json!({});
    accepted(&unchanged);
    let mut newer = report();
    newer["absent"]["host.colour"] = json!("unsupported");
    accepted(&newer);
}

#[test]
fn damaged_reports_are_not() {
    let validator = validator();
    let cases: &[(&str, Json)] = &[
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
        ("/location", json!({})),
        ("/sections/os/rows", Json::Null),
        ("/sections/os/rows", json!([{}])),
        ("/sections/os/rows", json!([{ "os.type": "linux" }, { "os.type": "linux" }])),
        ("/sections/os/rows", json!([{ "os.colour": "blue" }])),
        ("/sections/os/rows", json!([{ "host.name": "in another section" }])),
        ("/sections/os/base", json!(digest('a'))),
        ("/sections/os/digest", json!("c")),
        ("/sections/kernel", json!({ "digest": digest('a') })),
        ("/sections/package/remove", json!([""])),
        ("/sections/package/rows", json!([])),
        ("/absent/host.mac", json!("because")),
        ("/absent/host colour", json!("unavailable")),
    ];
    for (pointer, value) in cases {
        let mut report_after = report();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        report_after.pointer_mut(parent).unwrap()[name] = value.clone();
        assert!(!validator.is_valid(&report_after), "{pointer} = {value} passed");
    }
    for name in report().as_object().unwrap().keys() {
        let mut report_after = report();
        report_after.as_object_mut().unwrap().remove(name);
        assert!(!validator.is_valid(&report_after), "valid without {name}");
    }
    for name in ["digest", "base", "upsert", "remove"] {
        let mut report_after = report();
        report_after["sections"]["package"].as_object_mut().unwrap().remove(name);
        assert!(!validator.is_valid(&report_after), "valid difference without {name}");
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
        json!("hmac-sha256:t1:AAAAAAAAAAAAAAAAAAAAAA"),
        json!(format!("hmac-sha256:{}:{}", "k".repeat(32), "A".repeat(22))),
        json!(true),
        json!(0),
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
    let mut report = report();
    let row = json!({ field.name: value });
    report["sections"] = json!({ field.section.name(): { "digest": digest('a'), "rows": [row] } });
    report
}

/// What some policy could make of a field's value is valid; a keyed hash of a field that only allows that is valid,
/// the raw value is not.
#[test]
fn the_schema_accepts_what_fits() {
    let validator = validator();
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
    let validator = validator();
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
    let schema = schema();
    let reasons: Vec<&str> = Absence::ALL.iter().map(|absence| absence.name()).collect();
    assert_eq!(schema["$defs"]["absence"]["enum"], json!(reasons));
    assert_eq!(schema["properties"]["seq"]["maximum"], json!(MAX_INTEGER));
    let sections = schema["properties"]["sections"]["properties"].as_object().unwrap();
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
