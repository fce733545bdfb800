//! The author's file of a ceiling as its author meets it: golden folders of mistakes.
//!
//! A new case is a new folder `tests/ceiling/<case>/ceiling.toml`. `UPDATE_EXPECT=1` writes its `expected.txt`.
#![cfg(feature = "author")]
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

use collector_proto::policy::author::compile_ceiling;
use collector_proto::policy::ceiling::Zone;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::path::Path;

/// A device in Berlin that knows no other zone.
fn zone(name: Option<&str>) -> Result<Zone, String> {
    match name {
        None | Some("Europe/Berlin") => Ok(Zone::new("Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3").unwrap()),
        Some(name) => Err(format!("`{name}` is not a time zone of this device")),
    }
}

/// What a person sees of a case, and what is kept.
fn outcome(source: &[u8]) -> String {
    let mut text = String::new();
    match compile_ceiling(source, "ceiling.toml", &zone) {
        Ok(compiled) => {
            for warning in &compiled.warnings {
                writeln!(text, "{warning}").unwrap();
            }
            writeln!(text, "accepted: {}", serde_json::to_string_pretty(&compiled.terms).unwrap()).unwrap();
        }
        Err(found) => {
            writeln!(text, "{found}").unwrap();
            writeln!(text, "refused: {} errors", found.errors()).unwrap();
        }
    }
    text
}

#[test]
fn golden_cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ceiling");
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut cases: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let mut wrong = Vec::new();
    for case in &cases {
        let got = outcome(&std::fs::read(case.join("ceiling.toml")).unwrap());
        let expected_file = case.join("expected.txt");
        let mut expected = std::fs::read_to_string(&expected_file).unwrap_or_default();
        if update && got != expected {
            std::fs::write(&expected_file, &got).unwrap();
            expected.clone_from(&got);
        }
        if got != expected {
            wrong.push(format!("--- {}\nexpected:\n{expected}\ngot:\n{got}", case.display()));
        }
    }
    assert!(cases.len() >= 6, "only {} cases were found", cases.len());
    assert!(wrong.is_empty(), "{}\n(UPDATE_EXPECT=1 rewrites them)", wrong.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damage_never_panics(at in any::<prop::sample::Index>(), cut in 0_usize..40, piece in "[ -~\n\u{e9}]{0,12}") {
        let whole = include_str!("ceiling/ok_example/ceiling.toml");
        let mut text: Vec<char> = whole.chars().collect();
        let start = at.index(text.len());
        let end = (start + cut).min(text.len());
        text.splice(start..end, piece.chars());
        let text: String = text.into_iter().collect();
        if let Err(found) = compile_ceiling(text.as_bytes(), "ceiling.toml", &zone) {
            prop_assert!(found.errors() > 0, "refused without an error");
        }
    }
}
