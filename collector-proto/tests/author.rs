//! The author's file as its author meets it: golden folders of mistakes, the starter policies, and random damage.
//!
//! A new case of mistakes is a new folder `tests/author/<case>/policy.toml`. `UPDATE_EXPECT=1` writes its
//! `expected.txt`.
#![cfg(feature = "author")]
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

use collector_proto::catalog::{FieldId, FieldSet, Platform, fields};
use collector_proto::policy::author::{Code, Compiled, Severity, compile, compile_bytes};
use collector_proto::policy::{Generalisation, Treatment};
use collector_proto::time::UtcTime;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

fn now() -> UtcTime {
    UtcTime::parse("2026-11-22T08:00:00Z").unwrap()
}

const STARTERS: [(&str, &str); 4] = [
    ("minimal", include_str!("../../packaging/policies/minimal.toml")),
    ("inventory", include_str!("../../packaging/policies/inventory.toml")),
    ("security", include_str!("../../packaging/policies/security.toml")),
    ("full", include_str!("../../packaging/policies/full.toml")),
];

fn starter(name: &str) -> Compiled {
    let (_, source) = STARTERS.iter().find(|(starter, _)| *starter == name).unwrap();
    compile(source, name, now()).unwrap_or_else(|found| panic!("{found}"))
}

/// What a person sees of a case, warnings included.
fn outcome(source: &str) -> String {
    let mut text = String::new();
    match compile(source, "policy.toml", now()) {
        Ok(compiled) => {
            for warning in &compiled.warnings {
                writeln!(text, "{warning}").unwrap();
            }
            writeln!(text, "accepted: {} fields", compiled.policy.rules().count()).unwrap();
        }
        Err(found) => {
            writeln!(text, "{found}").unwrap();
            writeln!(text, "refused: {} errors", found.errors()).unwrap();
        }
    }
    text
}

#[test]
fn a_wildcard_says_what_it_stands_for_and_is_not_signed() {
    let source = STARTERS[0].1.replace("\"os.name\"", "\"os.*\", \"os.name\"");
    let dropped = "[[collect]]\nfields = [\"os.type\", \"host.*\"]\ntreat = \"drop\"\n";
    let compiled = compile(&format!("{source}{dropped}"), "policy.toml", now()).unwrap();
    let patterns: Vec<_> = compiled.wildcards.iter().map(|one| one.pattern.as_str()).collect();
    assert_eq!(patterns, ["os.*", "host.*"]);
    let document = compiled.policy.document();
    let os = &compiled.wildcards[0];
    assert_eq!(os.dropped, [fields::OS_TYPE]);
    assert!(os.collected.contains(&fields::OS_NAME) && os.collected.len() > 2, "{os:?}");
    for field in &os.collected {
        assert_eq!(document.rules.iter().filter(|rule| rule.field == *field).count(), 1, "{field}");
    }
    assert!(compiled.wildcards[1].collected.is_empty() && !compiled.wildcards[1].dropped.is_empty());
    assert!(starter("minimal").wildcards.is_empty());
    for (name, _) in STARTERS {
        let document = serde_json::to_value(starter(name).policy.document()).unwrap();
        let rules = document["rules"].as_array().unwrap();
        assert!(rules.iter().all(|rule| FieldId::parse(rule["field"].as_str().unwrap()).is_some()), "{name}");
    }
}

/// A file whose every byte is a mistake, as somebody may send one to whoever is to judge it.
fn mistaken() -> Vec<(&'static str, String)> {
    let head = "format = 1\n";
    let named = format!("[purposes.\"{}\"]\n", "a".repeat(30_000));
    let keys = (0..4000).fold(String::new(), |text, number| format!("{text}b{number}=1\n"));
    let block = "[[collect]]\nfields = [\"*\"]\npurposes = [\"a\"]\ntreat = { hmac = \"tenant\" }\n";
    let other = "[[collect]]\nfields = [\"*\"]\npurposes = [\"a\"]\n";
    vec![
        ("unknown keys", format!("{head}{keys}")),
        ("unknown keys under a long name", format!("{head}{named}{keys}")),
        ("blocks that contradict each other", format!("{head}{}", format!("{block}{other}").repeat(400))),
        ("warnings before the error", format!("{}\n{other}", other.repeat(1000))),
    ]
}

#[test]
fn what_is_said_of_a_file_has_an_end() {
    for (name, source) in mistaken() {
        let found = compile(&source, "policy.toml", now()).unwrap_err();
        assert!(found.errors() > 0, "{name}");
        assert!(found.iter().count() <= 1001, "{name}: {} findings", found.iter().count());
        assert_eq!(found.iter().last().unwrap().code, Code::TooManyFindings, "{name}");
        let said = found.to_string().len();
        assert!(said < 1 << 20, "{name}: {said} bytes are said of {}", source.len());
        let places: Vec<_> = found.iter().map(|one| (one.line, one.column)).collect();
        assert!(places.is_sorted(), "{name}");
    }
}

#[test]
fn a_finding_is_one_line_whatever_it_quotes() {
    let forged = "\npolicy.toml:1:1: warning[bad_value]: all is well";
    let source = STARTERS[0].1.replace("country = \"DE\"", &format!("country = {forged:?}"));
    let source = format!("{source}{forged:?} = 1\n");
    let found = compile(&source, "policy.toml", now()).unwrap_err();
    assert!(found.iter().count() >= 2, "{found}");
    for one in &found {
        assert!(!one.to_string().contains('\n'), "{one}");
    }
}

#[test]
fn golden_cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/author");
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut cases: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let mut wrong = Vec::new();
    for case in &cases {
        let got = outcome(&std::fs::read_to_string(case.join("policy.toml")).unwrap());
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
    assert!(cases.len() >= 25, "only {} cases were found", cases.len());
    assert!(wrong.is_empty(), "{}\n(UPDATE_EXPECT=1 rewrites them)", wrong.join("\n"));
}

/// Every code that a file can provoke is provoked by some case, so that none is unreachable or undocumented.
#[test]
fn every_code_has_a_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/author");
    let mut seen: BTreeSet<Code> = BTreeSet::new();
    for case in std::fs::read_dir(&folder).unwrap() {
        let expected = std::fs::read_to_string(case.unwrap().path().join("expected.txt")).unwrap();
        seen.extend(Code::ALL.iter().copied().filter(|code| expected.contains(&format!("[{code}]"))));
    }
    // `not_acceptable` is the safety net behind all others; that nothing reaches it is tested over random damage.
    // `too_large` and `too_many_findings` have tests instead of files of their size.
    seen.extend([Code::NotAcceptable, Code::TooLarge, Code::TooManyFindings]);
    let missing: Vec<_> = Code::ALL.iter().filter(|code| !seen.contains(code)).collect();
    assert!(missing.is_empty(), "no case provokes {missing:?}");
}

#[test]
fn starter_policies_have_no_errors_and_no_warning_but_of_names_of_computers() {
    for (name, _) in STARTERS {
        let warnings: Vec<_> = starter(name).warnings.iter().map(ToString::to_string).collect();
        let is_of_host_name = |warning: &String| {
            warning.contains("warning[shows_other]") && warning.contains("`host.name` can show")
        };
        let expected = usize::from(name == "inventory");
        assert_eq!(warnings.iter().filter(|warning| is_of_host_name(warning)).count(), expected, "{name}");
        assert_eq!(warnings.len(), expected, "{name}: {warnings:?}");
    }
}

#[test]
fn minimal_is_what_the_catalogue_calls_minimal() {
    let declared: FieldSet = FieldId::all().filter(|field| field.field().minimal).collect();
    assert_eq!(starter("minimal").policy.fields(), declared);
}

#[test]
fn full_has_every_field_with_a_source() {
    let sourced: FieldSet = FieldId::all()
        .filter(|id| Platform::ALL.iter().any(|os| !id.field().source(*os).touches.is_empty()))
        .collect();
    let full = starter("full").policy;
    assert_eq!(full.fields(), sourced);
    assert_eq!(
        full.rule(fields::GEO_LOCATION_LAT).unwrap().treat,
        Treatment::Generalise(Generalisation::TenthDegree)
    );
}

#[test]
fn the_starters_lie_within_each_other_and_name_no_person() {
    let full = starter("full").policy.fields();
    for name in ["minimal", "inventory", "security"] {
        let policy = starter(name).policy;
        assert!(policy.fields().is_subset(&full), "{name}");
        let personal: Vec<_> = policy
            .rules()
            .filter(|rule| rule.field.field().sensitivity == collector_proto::catalog::Sensitivity::High)
            .map(|rule| rule.field)
            .collect();
        assert!(personal.is_empty(), "{name} collects {personal:?}");
    }
    let inventory = starter("inventory").policy;
    assert!(
        inventory.rule(fields::PACKAGE_NAME).is_some() && inventory.rule(fields::PACKAGE_VERSION).is_some()
    );
}

#[test]
fn drop_wins_and_blocks_unite_their_purposes() {
    let (_, full) = STARTERS[3];
    let more = format!(
        "{full}\n[[collect]]\nfields = [\"host.*\"]\ntreat = \"drop\"\n\n\
         [[collect]]\nfields = [\"os.name\"]\npurposes = [\"custody\"]\n"
    );
    let policy = compile(&more, "p", now()).unwrap_or_else(|found| panic!("{found}")).policy;
    assert!(policy.rules().all(|rule| !rule.field.name().starts_with("host.")));
    let purposes: Vec<_> = policy.rule(fields::OS_NAME).unwrap().purposes.iter().cloned().collect();
    assert_eq!(purposes, ["custody", "inventory", "security"]);
}

#[test]
fn dates_default_to_now_and_valid_for_counts_from_it() {
    let document = starter("minimal").policy.document().clone();
    assert_eq!([document.issued, document.notice_from, document.effective_from], [now(); 3]);
    assert_eq!(document.expires, now().plus_seconds(365 * 86_400));
    assert_eq!(document.group, "default");
}

#[test]
fn a_policy_that_devices_would_refuse_for_its_size_is_refused() {
    let (_, minimal) = STARTERS[0];
    let long = minimal.replace("Know which", &"Know which ".repeat(20_000));
    let found = compile(&long, "p", now()).unwrap_err();
    assert_eq!(found.iter().map(|one| one.code).collect::<Vec<_>>(), [Code::TooLarge]);
}

#[test]
fn a_byte_that_is_no_utf_8_is_named_with_its_place() {
    let (_, minimal) = STARTERS[0];
    let mut latin: Vec<u8> = "# ü\nä = \"M".bytes().collect();
    latin.extend(b"\xFCller\"\n");
    let found = compile_bytes(&latin, "policy.toml", now()).unwrap_err();
    assert_eq!(
        found.to_string(),
        "policy.toml:2:7: error[syntax]: the byte 0xFC is not UTF-8, in which TOML is written; save the file as UTF-8"
    );
    assert!(compile_bytes(minimal.as_bytes(), "policy.toml", now()).is_ok());
}

#[test]
fn a_compiled_policy_survives_its_own_json() {
    for (name, _) in STARTERS {
        let document = starter(name).policy.document().clone();
        let json = serde_json::to_vec(&document).unwrap();
        let again: collector_proto::policy::PolicyDocument = serde_json::from_slice(&json).unwrap();
        assert_eq!(again, document, "{name}");
        collector_proto::policy::Policy::check(again).unwrap();
    }
}

/// Cuts, doubles, replaces and swaps pieces of a starter policy, as a tired author might.
fn damaged() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "",
        "\"",
        "[",
        "]",
        "{",
        "}",
        "=",
        ".",
        "\n",
        "'''",
        "\"\"\"",
        "0",
        "-1",
        "1e9",
        "true",
        "é",
        "\u{0}",
        "\u{202E}",
        "\n[[collect]]\n",
        "\n[collect]\n",
        "\n[purposes]\n",
        "[purposes.x]",
        "fields",
        "treat",
        "drop",
        "keep",
        "hmac",
        "v4 = 99",
        "*",
        "os.*",
        "where = {}",
        "999999999999999999999",
        "1979-05-27T07:32:00",
        "# ",
        "\r",
        ", ",
    ]);
    let edit = (any::<prop::sample::Index>(), 0_usize..40, piece);
    (0..STARTERS.len(), prop::collection::vec(edit, 1..6)).prop_map(|(which, edits)| {
        let mut text: Vec<char> = STARTERS[which].1.chars().collect();
        for (at, cut, piece) in edits {
            let start = at.index(text.len().max(1)).min(text.len());
            let end = (start + cut).min(text.len());
            text.splice(start..end, piece.chars());
        }
        text.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damage_never_panics_and_every_finding_has_a_place(source in damaged()) {
        let lines = source.split('\n').count();
        match compile(&source, "policy.toml", now()) {
            Ok(compiled) => prop_assert!(compiled.warnings.iter().all(|w| w.severity == Severity::Warning)),
            Err(found) => {
                prop_assert!(found.errors() > 0, "refused without an error");
                for one in &found {
                    prop_assert!(one.line >= 1 && one.line <= lines && one.column >= 1, "{one}");
                    // Every mistake has its own message; the safety net behind them stays unused.
                    prop_assert!(one.code != Code::NotAcceptable, "{one}\n{source}");
                }
            }
        }
    }

    #[test]
    fn noise_never_panics(source in "[ -~\n]{0,200}") {
        let _ = compile(&source, "policy.toml", now());
    }
}
