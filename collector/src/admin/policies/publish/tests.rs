use super::*;
use collector_proto::policy::author::compile;
use collector_proto::time::Span;

const MINIMAL: &str = include_str!("../../../../../packaging/policies/minimal.toml");

fn policy(more_fields: &str, dates: &str) -> Policy {
    let now = UtcTime::parse("2026-11-22T08:00:00Z").unwrap();
    let text = MINIMAL
        .replace("\"os.name\"", &format!("\"os.name\"{more_fields}"))
        .replace("[policy]\n", &format!("[policy]\n{dates}\n"));
    compile(&text, "policy.toml", now).unwrap_or_else(|found| panic!("{found}")).policy
}

#[test]
fn what_is_wider_and_too_soon_is_named() {
    let current = policy("", "");
    let period = current.document().notice_period.seconds();
    assert!(period > 0);
    let wider = ", \"host.name\"";
    let text = Warning::too_soon(&current, &policy(wider, "")).unwrap().to_string();
    assert!(text.starts_with("WARNING: ") && text.contains("wider: rules[host.name]: added keep"), "{text}");

    let notice_from = current.document().notice_from;
    let late = |seconds| format!("effective_from = \"{}\"", notice_from.plus_seconds(seconds));
    assert!(Warning::too_soon(&current, &policy(wider, &late(period - 1))).is_some());
    assert_eq!(Warning::too_soon(&current, &policy(wider, &late(period))), None);
    assert_eq!(Warning::too_soon(&policy(wider, ""), &current), None, "narrower");
    assert_eq!(Warning::too_soon(&current, &current), None, "the same");
}

#[test]
fn a_version_cannot_shorten_the_period_that_was_promised() {
    let current = policy("", "");
    let mut document = policy(", \"host.name\"", "").document().clone();
    document.notice_period = Span::parse("1s").unwrap();
    document.effective_from = document.notice_from.plus_seconds(2);
    let text = Warning::too_soon(&current, &Policy::check(document).unwrap()).unwrap().to_string();
    assert!(text.contains("notice_period"), "{text}");
}
