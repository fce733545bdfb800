//! A notice says first whether anything is collected.

use crate::fixture::{Case, document, field, rule, value, words};
use candor_notice::Rendering;
use collector_proto::digest::Digest;
use collector_proto::policy::{FieldName, Treatment};

#[test]
fn a_policy_that_waits_for_an_acknowledgement_says_so_first_and_shows_everything() {
    let mut strict = document(vec![rule("os.name", Treatment::Keep, &["security"])]);
    strict.require_acknowledgement = true;
    let notice = Case::signed(&strict, |field, treatment| Ok(value(field, treatment))).awaiting();
    let text = notice.render(Rendering::Text { width: 80 }, &words()).unwrap();
    assert!(text.starts_with("Nothing is collected until this notice is acknowledged\n"), "{text}");
    let told = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains(&words().text("notice-refused-not-acknowledged").unwrap()), "{text}");
    assert!(told.contains("would receive") && text.contains("[os.name]"), "{text}");
    let json: serde_json::Value =
        serde_json::from_str(&notice.render(Rendering::Json, &words()).unwrap()).unwrap();
    assert_eq!(json["status"]["state"], "awaiting_acknowledgement");
    assert_eq!(json["sections"].as_array().unwrap().len(), 1);
    let explained = notice.explain(field("os.name"), &words(), 80).unwrap().unwrap();
    assert!(explained.starts_with("Nothing is collected until"), "{explained}");
}

#[test]
fn what_this_program_does_not_understand_is_named_as_not_collected() {
    let mut newer = document(vec![
        rule("os.name", Treatment::Keep, &["security"]),
        rule("os.version", Treatment::Keep, &["security"]),
        rule("host.arch", Treatment::Keep, &["security"]),
    ]);
    newer.rules[1].meaning = Digest::of(b"another meaning");
    newer.rules[2].field = FieldName::parse("os.colour").unwrap();
    let case = Case::signed(&newer, |field, treatment| Ok(value(field, treatment)));
    let notice = case.notice();
    let text = notice.render(Rendering::Text { width: 100 }, &words()).unwrap();
    let (collected, not) = text.split_once("Named in the rules and not collected").unwrap();
    assert!(collected.contains("[os.name]"), "{text}");
    assert!(!collected.contains("os.version") && !collected.contains("os.colour"), "{text}");
    assert!(not.contains("(os.version)") && not.contains("- os.colour"), "{text}");
    let json: serde_json::Value =
        serde_json::from_str(&notice.render(Rendering::Json, &words()).unwrap()).unwrap();
    assert_eq!(json["unsupported"][0]["name"], "os.colour");
    assert_eq!(json["unsupported"][1]["name"], "os.version");
    assert!(json["unsupported"][0].get("title").is_none() && json["unsupported"][1]["title"].is_string());
    let page = notice.render(Rendering::Page, &words()).unwrap();
    assert!(page.contains("<code>os.colour</code>"), "{page}");
}
