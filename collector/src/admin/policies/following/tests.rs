use super::*;
use collector_proto::policy::author::compile;

const MINIMAL: &str = include_str!("../../../../../packaging/policies/minimal.toml");

fn now() -> UtcTime {
    UtcTime::parse("2026-11-22T08:00:00Z").unwrap()
}

fn policy(more_fields: &str, dates: &str) -> Policy {
    let text = MINIMAL
        .replace("\"os.name\"", &format!("\"os.name\"{more_fields}"))
        .replace("[policy]\n", &format!("[policy]\n{dates}\n"));
    compile(&text, "policy.toml", now()).unwrap_or_else(|found| panic!("{found}")).policy
}

const WIDER: &str = ", \"host.name\"";

fn too_soon(before: &Policy, policy: &Policy) -> bool {
    Following::between(before, policy, now()).is_too_soon()
}

#[test]
fn what_is_wider_and_too_soon_is_named_with_a_date_that_is_not() {
    let current = policy("", "");
    let period = current.document().notice_period.seconds();
    assert!(period > 0);
    let text = Following::between(&current, &policy(WIDER, ""), now()).to_string();
    assert!(text.contains("told for 7 days first, until 2026-11-29T08:00:00Z"), "{text}");
    assert!(text.contains("Wider:\n  host.name is collected, as read, for `operations`"), "{text}");
    let advised = "effective_from = \"2026-12-01T00:00:00Z\"";
    assert!(text.contains(advised), "{text}");
    assert!(!too_soon(&current, &policy(WIDER, advised)));

    let late = |seconds| format!("effective_from = \"{}\"", now().plus_seconds(seconds));
    assert!(too_soon(&current, &policy(WIDER, &late(period - 1))));
    assert!(!too_soon(&current, &policy(WIDER, &late(period))));
    assert!(!too_soon(&policy(WIDER, ""), &current), "narrower");
    assert!(!too_soon(&current, &current), "the same");
}

/// A date of notice that has passed tells nobody anything: people see a version once it is published.
#[test]
fn the_period_begins_when_a_version_is_published() {
    let current = policy("", "");
    let period = current.document().notice_period.seconds();
    let wider = policy(WIDER, &format!("effective_from = \"{}\"", now().plus_seconds(period)));
    assert!(!Following::between(&current, &wider, now()).is_too_soon());
    assert!(Following::between(&current, &wider, now().plus_seconds(1)).is_too_soon());
}

#[test]
fn a_version_cannot_shorten_the_period_that_was_promised() {
    let current = policy("", "");
    let with_period = |span: &str| {
        let mut document = policy(WIDER, "").document().clone();
        document.notice_period = Span::parse(span).unwrap();
        document.effective_from = document.notice_from.plus_seconds(2);
        Policy::check(document).unwrap()
    };
    assert!(too_soon(&current, &with_period("1s")));
    // Where people were promised nothing, nothing is waited for.
    assert!(!too_soon(&with_period("0s"), &with_period("0s")));
}

#[test]
fn what_cannot_be_compared_counts_as_wider() {
    let policy = policy("", "");
    let following = Following::new(1, None, &policy, policy.document().notice_period, now());
    assert!(following.is_too_soon());
    assert!(following.to_string().contains("cannot read version 1"), "{following}");
}
