//! The schemas of the signed policy and of the author's file say what the types and the compiler say.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files fails")]

use collector_proto::catalog::{FieldId, LegalBasis};
use collector_proto::contract::ReadError;
use collector_proto::envelope::Document as _;
use collector_proto::policy::document_terms::{LANGUAGES, PURPOSES, TRANSFER_MECHANISMS};
use collector_proto::policy::{Generalisation, KeyScope, Necessity, PolicyDocument, Treatment, meaning};
use jsonschema::Validator;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};

fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn validator(name: &str) -> Validator {
    let text = std::fs::read_to_string(directory("schema").join(name)).unwrap();
    let schema: Json = serde_json::from_str(&text).unwrap();
    assert!(jsonschema::meta::is_valid(&schema), "{name} is not a schema of its own dialect");
    jsonschema::draft202012::new(&schema).unwrap()
}

fn meaning_of(field: &str) -> String {
    meaning(FieldId::parse(field).unwrap()).to_string()
}

fn policy() -> Json {
    json!({
        "v": 1,
        "type": "policy",
        "group": "default",
        "version": 3,
        "issued": "2026-11-22T08:00:00Z",
        "expires": "2027-05-31T00:00:00Z",
        "notice_from": "2026-11-22T08:00:00Z",
        "effective_from": "2026-11-29T08:00:00Z",
        "max_stale": "7d",
        "notice_period": "7d",
        "require_acknowledgement": false,
        "report_every": "6h",
        "records": "400d",
        "declares": { "sold": false, "shared_for_advertising": false, "automated_decisions": false },
        "controller": {
            "name": "Example GmbH",
            "country": "DE",
            "contact": "privacy@example.com",
            "data_protection_officer": "dpo@example.com",
            "supervisory_authority": { "name": "BlnBDI", "url": "https://www.datenschutz-berlin.de" },
        },
        "jurisdictions": ["DE", "US-CA"],
        "recipients": [{ "id": "it", "name": "Example IT department", "role": "controller", "country": "DE", "stored_in": "DE" }],
        "transfers": [{ "country": "US", "mechanism": "scc", "review": "2027-01-01T00:00:00Z" }],
        "purposes": {
            "security": {
                "dpv": "EnforceSecurity",
                "legal_basis": "legitimate_interest",
                "interests_weighed": true,
                "retention": "90d",
                "recipients": ["it"],
                "text": { "en": "Find devices that run software with known flaws." },
            },
        },
        "rules": [
            { "field": "os.name", "meaning": meaning_of("os.name"), "treat": "keep", "purposes": ["security"], "necessity": "required" },
            {
                "field": "user.name",
                "meaning": meaning_of("user.name"),
                "treat": { "hmac": "tenant" },
                "purposes": ["security"],
                "necessity": "optional",
                "where": { "user.name": { "exclude": ["root"] } },
            },
        ],
    })
}

fn read(policy: &Json) -> Result<PolicyDocument, ReadError> {
    PolicyDocument::read(&serde_json::to_vec(policy).unwrap())
}

#[test]
fn a_policy_that_the_types_write_is_valid() {
    let typed: PolicyDocument = serde_json::from_value(policy()).unwrap();
    let written = serde_json::to_value(typed).unwrap();
    assert_eq!(written, policy());
    let validator = validator("policy.schema.json");
    let errors: Vec<String> = validator.iter_errors(&written).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn a_damaged_policy_is_neither_valid_nor_read() {
    let validator = validator("policy.schema.json");
    let damages: &[(&str, Json)] = &[
        ("/v", json!(2)),
        ("/type", json!("root")),
        ("/expires", json!("never")),
        ("/max_stale", json!("a week")),
        ("/requires", json!(["Hold"])),
        ("/purposes/security/legal_basis", json!("because")),
        ("/rules/0/field", json!("os colour")),
        ("/rules/0/meaning", json!("abc")),
        ("/rules/0/requires", json!("hold")),
        ("/rules/0/where", json!({ "os.name": { "exclude": "x" } })),
    ];
    for (pointer, value) in damages {
        let mut policy_after = policy();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = policy_after.pointer_mut(parent).unwrap();
        if let Some(items) = parent.as_array_mut() {
            items[name.parse::<usize>().unwrap()] = value.clone();
        } else {
            parent[name] = value.clone();
        }
        assert!(!validator.is_valid(&policy_after), "{pointer} = {value} is valid");
        assert!(read(&policy_after).is_err(), "{pointer} = {value} is read");
    }
    for name in policy().as_object().unwrap().keys() {
        let mut policy_after = policy();
        policy_after.as_object_mut().unwrap().remove(name);
        assert!(!validator.is_valid(&policy_after), "valid without {name}");
        assert!(read(&policy_after).is_err(), "read without {name}");
    }
}

/// What a later contract adds is valid and read; a rule with a word that this release lacks is read and withheld.
#[test]
fn a_newer_policy_is_read() {
    let validator = validator("policy.schema.json");
    let edit = |pointer: &str, value: Json| {
        let mut newer = policy();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        newer.pointer_mut(parent).unwrap()[name] = value;
        newer
    };
    for (pointer, value) in [
        ("/extra", json!(1)),
        ("/controller/extra", json!({ "a": [1] })),
        ("/purposes/security/extra", json!(1)),
        ("/rules/0/extra", json!(1)),
        ("/rules/0/field", json!("os.colour")),
        ("/rules/0/requires", json!(["hold"])),
        ("/rules/0/where", json!({ "os.name": { "like": ["x"] } })),
    ] {
        let newer = edit(pointer, value);
        let errors: Vec<String> = validator.iter_errors(&newer).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{pointer}: {errors:#?}");
        read(&newer).unwrap();
    }
    for (pointer, value) in [
        ("/rules/0/treat", json!("drop")),
        ("/rules/0/treat", json!({ "sha256": true })),
        ("/rules/0/treat", json!({ "truncate": { "v4": 24 } })),
        ("/rules/0/necessity", json!("maybe")),
    ] {
        let newer = edit(pointer, value.clone());
        assert!(!validator.is_valid(&newer), "{pointer} = {value} is a word of this release");
        let policy = read(&newer).unwrap();
        assert!(policy.rules[0].understood().is_err());
        assert_eq!(serde_json::to_value(policy).unwrap(), newer, "a newer word is kept as it is written");
    }
}

/// For every field and every treatment, the schema allows exactly what the catalogue allows.
#[test]
fn treatments_are_those_of_the_catalogue() {
    let validator = validator("policy.schema.json");
    let mut treatments = vec![
        Treatment::Keep,
        Treatment::TruncateIp { v4: 24, v6: 48 },
        Treatment::TruncateIp { v4: 0, v6: 0 },
        Treatment::TruncateIp { v4: 33, v6: 48 },
        Treatment::TruncateIp { v4: 24, v6: 129 },
        Treatment::TruncateText { chars: 8 },
        Treatment::TruncateText { chars: 0 },
    ];
    treatments.extend(KeyScope::ALL.iter().map(|scope| Treatment::Hmac(*scope)));
    treatments.extend(Generalisation::ALL.iter().map(|step| Treatment::Generalise(*step)));
    let (mut allowed, mut refused) = (0, 0);
    for field in FieldId::all() {
        for treatment in &treatments {
            let mut policy = policy();
            policy["rules"] = json!([
                { "field": field, "meaning": meaning(field), "treat": treatment, "purposes": ["security"], "necessity": "required" },
            ]);
            let fits = treatment.unfit_for(field.field()).is_none();
            assert_eq!(validator.is_valid(&policy), fits, "{field} {treatment:?}");
            if fits { allowed += 1 } else { refused += 1 }
        }
    }
    assert!(allowed > 100 && refused > 100, "{allowed} allowed, {refused} refused");
}

/// The words that the generator repeats are those of this crate.
#[test]
fn words_agree() {
    let read = |name: &str| -> Json {
        serde_json::from_str(&std::fs::read_to_string(directory("schema").join(name)).unwrap()).unwrap()
    };
    let (signed, author) = (read("policy.schema.json"), read("author-policy.schema.json"));
    let necessities: Vec<&str> = Necessity::ALL.iter().map(|necessity| necessity.name()).collect();
    let bases: Vec<&str> = LegalBasis::ALL.iter().map(|basis| basis.name()).collect();
    let fields: Vec<FieldId> = FieldId::all().collect();
    let author_purpose = "/properties/purposes/additionalProperties/properties";
    for (schema, pointer, words) in [
        (&signed, "/$defs/necessity/enum".to_owned(), json!(necessities)),
        (&signed, "/$defs/purpose/properties/dpv/enum".to_owned(), json!(PURPOSES)),
        (&signed, "/$defs/purpose/properties/legal_basis/enum".to_owned(), json!(bases)),
        (&author, "/$defs/field/enum".to_owned(), json!(fields)),
        (&author, "/properties/collect/items/properties/necessity/enum".to_owned(), json!(necessities)),
        (&author, format!("{author_purpose}/dpv/enum"), json!(PURPOSES)),
        (&author, format!("{author_purpose}/text/propertyNames/enum"), json!(LANGUAGES)),
        (
            &author,
            "/properties/transfers/items/properties/mechanism/enum".to_owned(),
            json!(TRANSFER_MECHANISMS),
        ),
    ] {
        assert_eq!(schema.pointer(&pointer), Some(&words), "{pointer}");
    }
}

/// An author's file as JSON: TOML's own instants become their text.
fn as_json(value: &toml::Value) -> Json {
    match value {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(value) => json!(value),
        toml::Value::Datetime(instant) => json!(instant.to_string()),
        toml::Value::Array(items) => items.iter().map(as_json).collect(),
        toml::Value::Table(entries) => {
            Json::Object(entries.iter().map(|(name, value)| (name.clone(), as_json(value))).collect())
        }
    }
}

fn parse(path: &Path) -> Option<Json> {
    let text = std::fs::read_to_string(path).unwrap();
    toml::from_str(&text).ok().map(|value: toml::Value| as_json(&value))
}

/// The policies that ship and the golden files that compile are valid for the editor, too.
#[test]
fn author_files_that_compile_are_valid() {
    let validator = validator("author-policy.schema.json");
    let mut files: Vec<PathBuf> = entries(&directory("../packaging/policies"));
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    assert!(files.len() >= 4, "only {} starter policies", files.len());
    let golden = entries(&directory("tests/author")).into_iter().filter(|path| is_accepted(path));
    files.extend(golden.map(|path| path.join("policy.toml")));
    assert!(files.len() >= 7, "only {} files examined", files.len());
    for path in files {
        let json = parse(&path).unwrap();
        let errors: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
    }
}

/// Mistakes of form are seen by the editor before the compiler sees them.
#[test]
fn author_files_of_wrong_form_are_invalid() {
    let validator = validator("author-policy.schema.json");
    for case in [
        "bad_ids",
        "collect_is_no_list",
        "date_without_offset",
        "empty",
        "expires_and_valid_for",
        "field_without_purpose",
        "missing_keys",
        "missing_tables",
        "never_collected",
        "no_expiry",
        "refused_purposes",
        "truncate_bounds",
        "unknown_fields",
        "unknown_format",
        "unknown_keys",
        "unknown_treatments",
        "wrong_types",
    ] {
        let json = parse(&directory("tests/author").join(case).join("policy.toml")).unwrap();
        assert!(!validator.is_valid(&json), "{case} is valid");
    }
}

fn is_accepted(case: &Path) -> bool {
    case.file_name().unwrap().to_str().unwrap().starts_with("ok_")
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
