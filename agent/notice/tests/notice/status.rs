//! A notice says first whether anything is collected.

use crate::fixture::{Case, document, field, rule, value, words};
use candor_notice::Rendering;
use collector_proto::policy::Treatment;

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
