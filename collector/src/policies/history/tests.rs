use super::*;
use collector_proto::digest::Digest;
use collector_proto::policy::author::compile;
use collector_proto::policy::terms;

const MINIMAL: &str = include_str!("../../../../packaging/policies/minimal.toml");
const DAY: u64 = 86_400;

fn day(days: u64) -> UtcTime {
    UtcTime::parse("2026-11-22T08:00:00Z").unwrap().plus_seconds(days * DAY)
}

fn policy(more_fields: &str) -> Arc<Policy> {
    let text = MINIMAL.replace("\"os.name\"", &format!("\"os.name\"{more_fields}"));
    Arc::new(compile(&text, "policy.toml", day(0)).unwrap().policy)
}

const WIDER: &str = ", \"host.name\"";

fn reference(version: u64) -> PolicyRef {
    PolicyRef::new(version, Digest::of(&version.to_be_bytes()))
}

fn versions(numbers: &[u64]) -> Versions {
    Versions::new(reference(numbers[0]), numbers[1..].iter().copied().map(reference).collect())
}

/// Version 1 on the first day, the wider version 2 on day 10.
fn history() -> History {
    let mut history = History::default();
    history.take(reference(1), Some(policy("")), day(0));
    history.take(reference(2), Some(policy(WIDER)), day(10));
    history
}

fn judged(history: &History, numbers: &[u64], now: UtcTime) -> Result<(), Reason> {
    let named = versions(numbers);
    let policies: Vec<_> = named.all().filter_map(|version| history.policy(version)).collect();
    let terms = terms(policies.iter().map(AsRef::as_ref)).unwrap();
    let checked = history.check(&named, now);
    checked
        .and_then(|()| history.check_newest(named.newest(), terms.document(), None, now))
        .map_err(|e| e.reason())
}

#[test]
fn a_timestamp_names_the_old_version_until_people_were_told_of_the_new_one() {
    let history = history();
    let named = |now| {
        let named = history.named(now);
        (named.current.map(|current| current.version), named.coming.iter().map(|v| v.version).collect())
    };
    assert_eq!(named(day(10)), (Some(1), vec![2]));
    let before = UtcTime::from_unix(day(17).unix() - 1);
    assert_eq!(named(before), (Some(1), vec![2]));
    assert_eq!(named(day(17)), (Some(2), vec![]));
}

#[test]
fn a_version_counts_once_it_can_be_in_force_and_until_no_device_may_go_by_it() {
    let history = history();
    assert_eq!(judged(&history, &[1, 2], day(10)), Ok(()));
    assert_eq!(judged(&history, &[2], day(10)), Err(Reason::SupersededPolicy), "not announced for long");
    assert_eq!(judged(&history, &[2], UtcTime::from_unix(day(17).unix() - 300)), Ok(()));
    // Version 1 alone is what a device goes by that has not heard of version 2, for the `max_stale` of 7 days.
    assert_eq!(judged(&history, &[1], day(17)), Ok(()));
    assert_eq!(judged(&history, &[1], day(17).plus_seconds(300)), Err(Reason::SupersededPolicy));
    // Where version 2 was never shown, the old one runs on below it.
    assert_eq!(judged(&history, &[1, 2], day(300)), Ok(()));
    assert_eq!(judged(&history, &[1, 2], day(365)), Err(Reason::SupersededPolicy), "expired");
}

#[test]
fn no_more_versions_wait_than_a_device_keeps_and_one_that_narrows_never_has_to() {
    let mut history = history();
    for version in 3..18 {
        let next = history.with(reference(version), policy(WIDER), day(11));
        assert!(next.is_some(), "{version}");
        history.take(reference(version), Some(policy(WIDER)), day(11));
    }
    assert_eq!(history.named(day(11)).coming.len(), MAX_COMING);
    assert!(history.with(reference(18), policy(WIDER), day(11)).is_none());
    let narrower = history.with(reference(18), policy(""), day(11)).unwrap();
    assert_eq!(narrower.in_force(day(11)).named(), reference(18).into());
}

#[test]
fn versions_are_those_that_were_issued_and_stand_in_order() {
    let history = history();
    assert_eq!(history.check(&versions(&[2, 1]), day(30)).unwrap_err().reason(), Reason::Invalid);
    assert_eq!(history.check(&versions(&[1, 1]), day(30)).unwrap_err().reason(), Reason::Invalid);
    assert_eq!(history.check(&versions(&[1, 3]), day(30)).unwrap_err().reason(), Reason::UnknownPolicy);
    let forged = PolicyRef::new(2, Digest::of(b"another"));
    let named = Versions::new(reference(1), vec![forged]);
    assert_eq!(history.check(&named, day(30)).unwrap_err().reason(), Reason::UnknownPolicy);
}

#[test]
fn a_version_that_this_program_cannot_read_is_named_and_no_report_is_taken_under_it() {
    let mut history = history();
    history.take(reference(3), None, day(12));
    assert_eq!(history.named(day(12)).coming, [reference(2), reference(3)]);
    let refused = history.check(&versions(&[1, 2, 3]), day(12)).unwrap_err();
    assert_eq!(refused.reason(), Reason::UnknownPolicy);
    history.take(reference(4), Some(policy("")), day(13));
    assert_eq!(history.named(day(13)).newest(), Some(reference(4)));
    assert!(!history.named(day(13)).coming.contains(&reference(3)));
}
