//! The package URL specification's own test cases (collector/tests/purl-spec) against what the collector writes.
//!
//! The collector only writes package URLs, so the cases that begin with a URL are read by the parser below: what it
//! reads is written, and what was written is read again.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use candor_collector::derive::purl::{PackageType, PackageUrl};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::path::Path;

#[test]
fn every_case_of_the_specification_holds() {
    let mut ran = [0; PackageType::ALL.len()];
    let mut failed = Vec::new();
    for (kind, ran) in PackageType::ALL.into_iter().zip(&mut ran) {
        for case in cases(kind) {
            let outcome = run(&case);
            let is_refused = case["expected_failure"].as_bool().unwrap();
            let expected = Some(&case["expected_output"]).filter(|_| !is_refused);
            let is_right = outcome.as_ref() == expected;
            if !is_right {
                failed.push(format!("{case:#} gave {outcome:?}"));
            }
            *ran += 1;
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert_eq!(ran, [9, 6, 22, 19, 10], "cases of alpm, apk, brew, deb, rpm");
}

fn cases(kind: PackageType) -> Vec<Value> {
    let file = format!("tests/purl-spec/{}-test.json", kind.name());
    let text = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    serde_json::from_slice::<Value>(&text).unwrap()["tests"].as_array().unwrap().clone()
}

/// What a case gives; `None` where its input is refused.
fn run(case: &Value) -> Option<Value> {
    let input = &case["input"];
    // Only a recommended case may repair its input.
    let is_strict = case["test_group"] == "required";
    match case["test_type"].as_str().unwrap() {
        "build" => Some(build(input)?.to_string().into()),
        "validate" => Some(build(&parse(input.as_str().unwrap(), is_strict)?)?.to_string().into()),
        "parse" => parse(&build(&parse(input.as_str().unwrap(), is_strict)?)?.to_string(), true),
        other => panic!("a new type of test: {other}"),
    }
}

fn build(components: &Value) -> Option<PackageUrl> {
    let text = |name: &str| components[name].as_str().unwrap_or_default();
    assert!(components["subpath"].is_null(), "the collector has no subpaths");
    let kind = PackageType::parse(text("type"))?;
    let mut url = PackageUrl::new(kind, text("namespace"), text("name"))?.version(text("version"));
    for (key, value) in components["qualifiers"].as_object().unwrap_or(&Map::new()) {
        let known = ["arch", "distro", "epoch", "repository_url"].into_iter().find(|known| known == key);
        url = url.qualifier(known.unwrap(), value.as_str().unwrap());
    }
    Some(url)
}

/// The components as the test cases write them, read from right to left. `is_strict` refuses keys that are not in lower
/// case.
fn parse(url: &str, is_strict: bool) -> Option<Value> {
    let (url, qualifiers) = match url.rsplit_once('?') {
        Some((url, qualifiers)) => (url, Some(qualifiers)),
        None => (url, None),
    };
    let qualifiers = qualifiers.map(|text| {
        text.split('&').map(|pair| parse_qualifier(pair, is_strict)).collect::<Option<Map<_, _>>>()
    });
    let qualifiers = match qualifiers {
        Some(pairs) => Some(pairs?),
        None => None,
    };
    let (kind, path) = url.strip_prefix("pkg:")?.split_once('/')?;
    let (namespace, rest) = match path.rsplit_once('/') {
        Some((namespace, rest)) => (Some(decode(namespace)), rest),
        None => (None, path),
    };
    let (name, version) = match rest.rsplit_once('@') {
        Some((name, version)) => (name, Some(decode(version))),
        None => (rest, None),
    };
    Some(json!({
        "type": kind.to_lowercase(), "namespace": namespace, "name": decode(name), "version": version,
        "qualifiers": qualifiers, "subpath": null,
    }))
}

fn parse_qualifier(pair: &str, is_strict: bool) -> Option<(String, Value)> {
    let (key, value) = pair.split_once('=')?;
    let is_canonical = !key.bytes().any(|b| b.is_ascii_uppercase());
    (is_canonical || !is_strict).then(|| (key.to_lowercase(), decode(value).into()))
}

fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

proptest! {
    /// Whatever a device calls its packages, the URL names that package and no other.
    #[test]
    fn no_value_leaves_its_component(name in "\\PC{1,30}", version in "\\PC{0,30}", arch in "[ -~]{0,30}") {
        let Some(url) = PackageUrl::new(PackageType::Rpm, "fedora", &name) else {
            prop_assert!(name.trim_matches('/').is_empty());
            return Ok(());
        };
        let written = url.version(&version).qualifier("arch", &arch).to_string();
        prop_assert!(written.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/@?=&%".contains(&b)));
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        prop_assert_eq!(parse(&written, true), Some(json!({
            "type": "rpm", "namespace": "fedora", "name": name.trim_matches('/'), "version": some(&version),
            "qualifiers": some(&arch).map(|arch| json!({ "arch": arch })), "subpath": null,
        })));
    }
}
