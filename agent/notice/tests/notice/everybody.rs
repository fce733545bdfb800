//! The page that everybody on a device can open: dated, without anybody's doings, and silent where nothing is known.

use crate::fixture::{Case, document, rule, setting, value, words};
use candor_notice::{Audience, Notice, Outcome, Record, Recorded, Rendering, Setting};
use collector_proto::disclosure::{AskedBy, Operation, Reading, RefusalMessage};
use collector_proto::policy::Treatment;

/// A page for everybody, on a device on which an account looked.
fn for_everybody(words: &candor_notice::locale::Words) -> Setting<'_> {
    let setting = setting(words);
    let reading = Reading {
        at: setting.now,
        asked_by: AskedBy::Account("1000".to_owned()),
        operation: Operation::Preview,
        policy: None,
        fields: Vec::new(),
        sources: Some(Vec::new()),
        entry: None,
    };
    let record = Record::Kept(vec![Recorded { reading, outcome: Outcome::Stayed }]);
    Setting { audience: Audience::Everybody, record, ..setting }
}

#[test]
fn it_says_when_it_was_written_and_nothing_of_who_looked() {
    let words = words();
    let policy = document(vec![rule("os.name", Treatment::Keep, &["security"])]);
    let case = Case::signed(&policy, |field, treatment| Ok(value(field, treatment)));
    let refusal =
        RefusalMessage { code: "policy_expired".into(), message: "it expired".into(), not_before: None };
    for notice in [
        Notice::in_force(&case.facts(), &for_everybody(&words)).unwrap(),
        Notice::awaiting_acknowledgement(&case.facts(), &for_everybody(&words)).unwrap(),
        Notice::nothing(&refusal, None, &for_everybody(&words)).unwrap(),
        Notice::not_known("no answer", &for_everybody(&words)).unwrap(),
    ] {
        for rendering in [Rendering::Text { width: 100 }, Rendering::Page, Rendering::Json] {
            let rendered = notice.render(rendering, &words).unwrap();
            let told = rendered.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(told.contains("This page was written at 2026-11-22 08:00 UTC"), "{told}");
            assert!(told.contains("values about people are left out"), "{told}");
            assert!(!told.contains("in the last 24 hours") && !told.contains("last_day"), "{told}");
        }
    }
    let own = case.notice().render(Rendering::Text { width: 100 }, &words).unwrap();
    assert!(!own.contains("This page was written"), "{own}");
}

#[test]
fn where_nothing_is_known_neither_is_claimed() {
    let words = words();
    let notice = Notice::not_known("no \u{1b}answer", &for_everybody(&words)).unwrap();
    let text = notice.render(Rendering::Text { width: 100 }, &words).unwrap();
    assert!(text.starts_with("It is not known whether anything is collected\n"), "{text}");
    assert!(!text.contains("Nothing is collected") && !text.contains("in force"), "{text}");
    assert!(!text.contains("Nobody receives"), "{text}");
    let page = notice.render(Rendering::Page, &words).unwrap();
    assert!(page.contains("<title>It is not known whether anything is collected"), "{page}");
    assert!(page.contains("data-status=\"not-known\"") && !page.contains('\u{1b}'));
    assert!(!notice.can_be_acknowledged() && notice.reason().is_none());
}
