use super::read::read_knowing;
use super::*;
use crate::messages::Challenge;
use serde_json::{Value, json};

/// A program two contracts on.
const LATER: Names = Names(&[("hold", 2), ("split", 3)]);

fn contract(number: u16) -> Contract {
    Contract::new(number).unwrap()
}

fn challenge() -> Value {
    json!({"nonce": "AAECAwQFBgcICQoLDA0ODw", "expires": "2026-11-22T08:05:00Z"})
}

fn with(edit: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value = challenge();
    edit(&mut value);
    serde_json::to_vec(&value).unwrap()
}

#[test]
fn a_contract_works_with_its_neighbours() {
    for (ours, theirs, good) in
        [(1, 1, true), (1, 2, true), (2, 1, true), (1, 3, false), (3, 1, false), (9, 8, true)]
    {
        assert_eq!(contract(ours).works_with(contract(theirs)).is_ok(), good, "{ours} and {theirs}");
    }
    let older = contract(5).works_with(contract(3)).unwrap_err();
    assert_eq!(
        older.to_string(),
        "it speaks contract 3, and this program takes 4 or newer: it has to be upgraded"
    );
    let newer = contract(5).works_with(contract(7)).unwrap_err();
    assert_eq!(
        newer.to_string(),
        "it speaks contract 7, and this program takes at most 6: this program has to be upgraded"
    );
    // The edges of the number's range do not wrap around.
    assert!(contract(u16::MAX).works_with(contract(1)).is_err());
    assert!(contract(1).works_with(contract(u16::MAX)).is_err());
}

#[test]
fn a_header_has_one_writing() {
    assert_eq!(Contract::parse("1"), Some(CONTRACT));
    assert_eq!(Contract::parse("65535"), Contract::new(u16::MAX));
    for bad in ["", "0", "01", "+1", " 1", "1 ", "65536", "1.0", "one"] {
        assert_eq!(Contract::parse(bad), None, "{bad:?}");
    }
    assert!(serde_json::from_str::<Contract>("0").is_err());
    assert_eq!(serde_json::to_string(&CONTRACT).unwrap(), "1");
}

#[test]
fn unknown_members_are_ignored_unless_they_are_required() {
    let read = |bytes: &[u8]| read::<Challenge>(bytes);
    let plain = read(&with(|_| ())).unwrap();
    assert_eq!(read(&with(|json| json["colour"] = json!({"deep": [{"er": null}]}))).unwrap(), plain);
    assert_eq!(read(&with(|json| json["requires"] = json!([]))).unwrap(), plain);
    let refused = read(&with(|json| json["requires"] = json!(["hold"]))).unwrap_err();
    assert_eq!(refused.to_string(), "it requires `hold`, which this program does not understand");
    // `requires` is looked at first: the rest may be of a form that this program cannot read.
    let bytes = with(|json| *json = json!({"requires": ["split", "hold"], "nonce": 5}));
    assert!(
        matches!(read(&bytes), Err(ReadError::NotUnderstood(NotUnderstood::Names(names))) if names.len() == 2)
    );
    let bytes = with(|json| json["v"] = 2.into());
    assert!(matches!(read(&bytes), Err(ReadError::NotUnderstood(NotUnderstood::Version(2)))));
    assert!(matches!(read(&with(|json| json["requires"] = "hold".into())), Err(ReadError::Form(_))));
}

#[test]
fn a_program_that_knows_the_names_reads_on() {
    let bytes = with(|json| json["requires"] = json!(["hold"]));
    assert!(read_knowing::<Challenge>(LATER, &bytes).is_ok());
    let bytes = with(|json| json["requires"] = json!(["hold", "fold"]));
    let Err(ReadError::NotUnderstood(NotUnderstood::Names(names))) = read_knowing::<Challenge>(LATER, &bytes)
    else {
        panic!("`fold` is not known");
    };
    assert_eq!(names.into_iter().collect::<Vec<_>>(), ["fold"]);
}

#[test]
fn what_is_required_says_which_contract_understands_it() {
    let of = |names: Value| {
        let bytes = with(|json| json["requires"] = names);
        LATER.oldest_for(&requires(&bytes).unwrap())
    };
    assert_eq!(of(json!([])), Ok(contract(1)));
    assert_eq!(of(json!(["hold"])), Ok(contract(2)));
    assert_eq!(of(json!(["hold", "split"])), Ok(contract(3)));
    assert!(of(json!(["fold"])).is_err());
    // The table of this program names nothing that is newer than the program.
    for (name, since) in KNOWN.0 {
        assert!(Contract::new(*since).is_some_and(|since| since <= CONTRACT), "{name}");
    }
}

#[test]
fn what_is_ignored_is_held_to_the_rules_of_i_json() {
    for unknown in [
        r#"{"a":1,"a":2}"#,
        r#"[{"b":{"a":1,"a":1}}]"#,
        r#"{"a":1,"\u0061":2}"#,
        "1.5",
        "1e3",
        "9007199254740993",
        "-9007199254740993",
    ] {
        let text = format!(r#"{{"nonce":"n","expires":"2026-11-22T08:05:00Z","later":{unknown}}}"#);
        assert!(matches!(read::<Challenge>(text.as_bytes()), Err(ReadError::Form(_))), "{unknown}");
    }
    for twice in [r#""later":1,"later":1"#, r#""nonce":"n""#, r#""requires":[],"requires":[]"#] {
        let text = format!(r#"{{"nonce":"n","expires":"2026-11-22T08:05:00Z",{twice}}}"#);
        assert!(matches!(read::<Challenge>(text.as_bytes()), Err(ReadError::Form(_))), "{twice}");
    }
}

#[test]
fn required_names_can_stand_in_a_message() {
    let many: Vec<_> = (0..33).map(|number| format!("n{number}")).collect();
    let bad = [
        json!([""]),
        json!(["a b"]),
        json!(["A"]),
        json!(["\u{202e}"]),
        json!(["x".repeat(65)]),
        json!(many),
    ];
    for names in bad {
        let bytes = with(|json| json["requires"] = names.clone());
        assert!(matches!(read::<Challenge>(&bytes), Err(ReadError::Form(_))), "{names}");
    }
}
