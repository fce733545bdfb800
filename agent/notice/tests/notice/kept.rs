//! Until when each value is kept: the real time, and the dates that follow from it.

use crate::fixture::{Case, confirmed, document, now, rule, setting, value, words};
use candor_notice::{Notice, Rendering, Setting};
use collector_proto::messages::Absence;
use collector_proto::policy::{Consent, Necessity, PolicyDocument, Treatment};
use collector_proto::time::{Span, UtcTime};
use serde_json::{Value, json};

/// A key of packages that is kept for 30 days, and the rest for 90.
fn policy() -> PolicyDocument {
    let mut zone = rule("x.host.timezone", Treatment::Keep, &["extras"]);
    zone.necessity = Necessity::Optional;
    document(vec![
        zone,
        rule("package.name", Treatment::Keep, &["duty"]),
        rule("package.version", Treatment::Keep, &["security"]),
        rule("x.package.vendor", Treatment::Keep, &["security"]),
        rule("os.name", Treatment::Keep, &["security", "duty"]),
        rule("network.carrier.name", Treatment::Keep, &["security"]),
    ])
}

fn json_of(notice: &Notice) -> Value {
    serde_json::from_str(&notice.render(Rendering::Json, &words()).unwrap()).unwrap()
}

fn kept<'a>(notice: &'a Value, field: &str) -> &'a Value {
    let sections = notice["sections"].as_array().unwrap().iter();
    let mut fields = sections.flat_map(|section| section["fields"].as_array().unwrap());
    &fields.find(|candidate| candidate["id"] == field).unwrap()["kept"]
}

fn after(start: UtcTime, span: &str) -> Value {
    json!(start.plus_seconds(Span::parse(span).unwrap().seconds()))
}

#[test]
fn what_really_holds_is_told_and_not_what_the_purposes_would_allow() {
    let case = Case::signed(&policy(), |field, treatment| match field.name() {
        "x.package.vendor" => Err(Absence::Unavailable),
        _ => Ok(value(field, treatment)),
    });
    let words = words();
    let confirmed = confirmed(&["30d"]);
    let received = confirmed.last.received_at;
    let setting = Setting { confirmed: Some(confirmed), ..setting(&words) };
    let notice = Notice::in_force(&case.facts(), &setting).unwrap();
    let told = json_of(&notice);
    // Its purpose says 90 days, and a key of its rows goes after 30.
    let version = kept(&told, "package.version");
    assert_eq!(version["span"], "30d");
    assert_eq!(version["if_sent_now"], after(now().to_minute(), "30d"));
    assert_eq!(version["already_sent"], after(received, "30d"));
    // No value of it: no date either.
    let vendor = kept(&told, "x.package.vendor");
    assert_eq!((&vendor["span"], &vendor["if_sent_now"]), (&json!("30d"), &Value::Null));
    // Nothing that is kept for 90 days was sent yet.
    let name = kept(&told, "os.name");
    assert_eq!((&name["span"], &name["already_sent"]), (&json!("90d"), &Value::Null));
    // Consent was not given: as long as the rule says, and no date.
    let zone = kept(&told, "x.host.timezone");
    assert_eq!((&zone["span"], &zone["if_sent_now"]), (&json!("30d"), &Value::Null));
    for rendering in [Rendering::Text { width: 100 }, Rendering::Page] {
        let text = notice.render(rendering, &words).unwrap();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in
            ["30 days after the last report with it", "If a report left now: until 2026-12-22 08:00 UTC."]
        {
            assert!(text.contains(part), "{rendering:?} does not say: {part}");
        }
        assert!(text.contains("By the last receipt: until 2026-12-22 07:00 UTC."), "{rendering:?}");
    }
}

#[test]
fn what_was_sent_before_has_its_dates_where_nothing_is_collected_any_more() {
    let words = words();
    let refusal = collector_proto::disclosure::RefusalMessage {
        code: "policy_expired".into(),
        message: "the policy expired".into(),
        not_before: None,
    };
    let told = |confirmed| {
        let setting = Setting { confirmed, ..setting(&words) };
        let notice = Notice::nothing(&refusal, None, &setting).unwrap();
        [Rendering::Text { width: 100 }, Rendering::Page].map(|how| notice.render(how, &words).unwrap())
    };
    for text in told(Some(confirmed(&["90d"]))) {
        assert!(text.contains("2027-02-20 07:00 UTC") && text.contains("Report 42"), "{text}");
    }
    for text in told(None) {
        assert!(!text.contains("What was sent already"), "{text}");
    }
}

#[test]
fn what_can_show_presence_or_place_is_named_with_what_is_done_to_it() {
    let consent = Consent::to(["extras".to_owned()]);
    let mut policy = policy();
    for rule in policy.rules.iter_mut().filter(|rule| rule.field.to_string().starts_with("package.")) {
        rule.accounts = true;
    }
    let told = |policy: PolicyDocument, consent: &Consent| {
        let case = Case::draft(policy, consent, |field, treatment| Ok(value(field, treatment)));
        let notice = case.notice().unwrap();
        let text = notice.render(Rendering::Text { width: 100 }, &words()).unwrap();
        (json_of(&notice)["can_show"].clone(), text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let (can_show, text) = told(policy.clone(), &consent);
    let fields = can_show["fields"].as_array().unwrap().iter();
    let fields: Vec<_> =
        fields.map(|field| (field["id"].as_str().unwrap(), field["shows"].as_str().unwrap())).collect();
    assert_eq!(fields, [("x.host.timezone", "place"), ("network.carrier.name", "place")]);
    assert!(text.contains("Time zone: where this device was Treatment: As read"), "{text}");
    assert!(text.contains("at most once a day") && text.contains("Of a place only the newest"), "{text}");
    assert!(text.contains("installed for themselves: Program, Program version."), "{text}");
    // What nobody consented to is not collected.
    let (can_show, _) = told(policy, &Consent::default());
    assert_eq!(can_show["fields"].as_array().unwrap().len(), 1);
    let (can_show, text) = told(document(vec![rule("os.name", Treatment::Keep, &["security"])]), &consent);
    assert!(can_show["fields"].as_array().unwrap().is_empty() && can_show.get("accounts").is_none());
    assert!(text.contains("None of the values that this program counts"), "{text}");
    assert!(!text.contains("once a day"), "{text}");
}
