//! What is not for whoever looks is not shown, and not said to be absent either.

use crate::fixture::{Case, document, rule, setting, value, words};
use candor_notice::{Facts, Notice, Rendering};
use collector_proto::catalog::Section;
use collector_proto::messages::Absence;
use collector_proto::policy::Treatment;
use std::collections::BTreeSet;

#[test]
fn what_is_left_out_is_neither_shown_nor_said_to_be_absent() {
    let rules = ["os.name", "user.name", "package.name", "x.package.user", "host.domain"];
    let rules = rules.map(|name| rule(name, Treatment::Keep, &["security"]));
    let case = Case::signed(&document(rules.to_vec()), |field, treatment| match field.name() {
        "user.name" | "x.package.user" | "host.domain" => Err(Absence::Unavailable),
        _ => Ok(value(field, treatment)),
    });
    let left_out = BTreeSet::from([Section::User, Section::Package]);
    let (words, whole) = (words(), case.notice());
    let notice = Notice::in_force(&Facts { left_out: &left_out, ..case.facts() }, &setting(&words)).unwrap();
    let json: serde_json::Value =
        serde_json::from_str(&notice.render(Rendering::Json, &words).unwrap()).unwrap();
    let fields = json["sections"].as_array().unwrap().iter().flat_map(|s| s["fields"].as_array().unwrap());
    let sent: Vec<_> = fields
        .map(|field| {
            let state = field["sent"].as_object().unwrap().keys().next().unwrap().clone();
            (field["id"].as_str().unwrap().to_owned(), state)
        })
        .collect();
    let expected = [
        ("host.domain", "absent"),
        ("os.name", "value"),
        ("package.name", "in_rows"),
        ("x.package.user", "left_out"),
        ("user.name", "left_out"),
    ];
    assert_eq!(sent, expected.map(|(field, state)| (field.to_owned(), state.to_owned())));
    let summary = &json["summary"];
    assert_eq!(
        (&summary["sent"], &summary["missing"], &summary["left_out"]),
        (&2.into(), &1.into(), &2.into())
    );
    let text = notice.render(Rendering::Text { width: 100 }, &words).unwrap();
    assert!(text.contains("receives at least 2 kinds of values"), "{text}");
    assert_eq!(text.matches("A part of this is left out here").count(), 2, "{text}");
    assert_eq!(text.matches("Not sent").count(), 1, "{text}");
    let page = notice.render(Rendering::Page, &words).unwrap();
    assert_eq!(page.matches("data-state=\"left-out\"").count(), 2, "{page}");
    let whole = whole.render(Rendering::Text { width: 100 }, &words).unwrap();
    assert!(!whole.contains("left out") && whole.contains("receives 2 kinds"), "{whole}");
}
