//! Random histories of versions, held to an independent reading of when what was announced may be done; and the cases that
//! people will ask about.

use super::*;
use crate::catalog::{FieldId, KeyScope, LegalBasis, Platform, fields};
use crate::digest::Digest;
use crate::policy::diff::reveals_no_more;
use crate::policy::fixture::{checked, document, now, purpose};
use crate::policy::{Ceiling, Consent, Draft, Permit, PolicyDocument, Treatment};
use proptest::prelude::*;
use std::collections::BTreeMap;

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

fn day(days: u64) -> UtcTime {
    now().plus_seconds(days * DAY)
}

fn reference(version: u64) -> PolicyRef {
    PolicyRef::new(version, Digest::of(&version.to_be_bytes()))
}

/// A policy over these fields that takes effect as soon as it may.
fn over(fields: &[FieldId]) -> PolicyDocument {
    document(fields)
}

/// Versions as they come to a device and are shown there.
#[derive(Default)]
struct Device(Announcements);

impl Device {
    fn come(&mut self, version: u64, document: PolicyDocument, at: UtcTime) -> &mut Self {
        let policy = checked(PolicyDocument { version, ..document });
        assert!(self.0.come(Arc::new(policy), reference(version), at));
        self
    }

    fn show(&mut self, version: u64, at: UtcTime) -> &mut Self {
        self.0.show(reference(version), at);
        self
    }

    /// The version in force by itself, those that are coming, and the fields that may be collected.
    fn at(&self, at: UtcTime) -> (Option<u64>, Vec<u64>, Vec<FieldId>) {
        let in_force = self.0.in_force(at);
        let coming = in_force.coming().iter().map(|coming| coming.reference().version).collect();
        let fields = in_force.terms().map(|terms| terms.fields().iter().collect()).unwrap_or_default();
        (in_force.base().map(|base| base.reference().version), coming, fields)
    }
}

/// A device on which version 1, over the name of its system, is in force.
fn device() -> Device {
    let mut device = Device::default();
    device.come(1, over(&[fields::OS_NAME]), day(0)).show(1, day(0));
    device
}

#[test]
fn the_first_version_is_in_force_once_it_was_shown() {
    let mut device = Device::default();
    device.come(1, over(&[fields::OS_NAME]), day(0));
    assert_eq!(device.at(day(9)), (None, vec![1], vec![]));
    device.show(1, day(9));
    assert_eq!(device.at(day(9)), (Some(1), vec![], vec![fields::OS_NAME]));
}

#[test]
fn what_widens_waits_for_its_notice_and_the_old_permit_runs_on() {
    let mut device = device();
    device.come(2, over(&[fields::OS_NAME, fields::HOST_NAME]), day(10));
    // Not shown, so not announced, however long ago it came.
    assert_eq!(device.at(day(30)), (Some(1), vec![2], vec![fields::OS_NAME]));
    device.show(2, day(30));
    let before = UtcTime::from_unix(day(37).unix() - 1);
    assert_eq!(device.at(before), (Some(1), vec![2], vec![fields::OS_NAME]));
    assert_eq!(device.at(day(37)), (Some(2), vec![], vec![fields::HOST_NAME, fields::OS_NAME]));
}

#[test]
fn what_widens_never_holds_before_its_own_date() {
    let mut device = device();
    let mut later = over(&[fields::OS_NAME, fields::HOST_NAME]);
    later.effective_from = day(60);
    device.come(2, later, day(10)).show(2, day(10));
    assert_eq!(device.at(day(59)).0, Some(1));
    assert_eq!(device.at(day(60)).0, Some(2));
}

#[test]
fn what_narrows_holds_at_once_whatever_its_date() {
    let mut device = device();
    device.come(2, over(&[fields::OS_NAME, fields::OS_VERSION]), day(1)).show(2, day(1));
    let mut narrower = over(&[]);
    narrower.effective_from = day(90);
    device.come(3, narrower, day(20));
    assert_eq!(device.at(day(20)).2, vec![]);
}

#[test]
fn what_narrows_and_widens_does_the_one_at_once_and_the_other_later() {
    let mut device = Device::default();
    device.come(1, over(&[fields::OS_NAME, fields::OS_VERSION]), day(0)).show(1, day(0));
    device.come(2, over(&[fields::OS_NAME, fields::HOST_NAME]), day(1)).show(2, day(1));
    assert_eq!(device.at(day(1)), (Some(1), vec![2], vec![fields::OS_NAME]));
    assert_eq!(device.at(day(8)), (Some(2), vec![], vec![fields::HOST_NAME, fields::OS_NAME]));
}

#[test]
fn what_a_third_version_shares_with_the_second_keeps_its_date() {
    let mut device = device();
    device.come(2, over(&[fields::OS_NAME, fields::HOST_NAME]), day(1)).show(2, day(1));
    device.come(3, over(&[fields::OS_NAME, fields::HOST_NAME, fields::USER_NAME]), day(5)).show(3, day(5));
    assert_eq!(device.at(day(7)), (Some(1), vec![2, 3], vec![fields::OS_NAME]));
    assert_eq!(device.at(day(8)), (Some(2), vec![3], vec![fields::HOST_NAME, fields::OS_NAME]));
    assert_eq!(device.at(day(12)).2.len(), 3);
}

#[test]
fn a_withdrawn_widening_never_comes() {
    let mut device = device();
    device.come(2, over(&[fields::OS_NAME, fields::HOST_NAME]), day(1)).show(2, day(1));
    device.come(3, over(&[fields::OS_NAME]), day(2));
    assert_eq!(device.at(day(2)), (Some(3), vec![], vec![fields::OS_NAME]));
    assert_eq!(device.at(day(99)), (Some(3), vec![], vec![fields::OS_NAME]));
}

#[test]
fn a_shorter_notice_period_does_not_shorten_its_own_notice() {
    let mut device = device();
    let mut hasty = over(&[fields::OS_NAME, fields::HOST_NAME]);
    hasty.notice_period = Span::from_seconds(0);
    device.come(2, hasty, day(1)).show(2, day(1));
    assert_eq!(device.at(day(7)).0, Some(1));
    assert_eq!(device.at(day(8)).0, Some(2));
}

#[test]
fn widenings_count_as_shown_a_day_apart_and_narrowings_are_not_counted() {
    let mut device = device();
    let wider = [fields::HOST_NAME, fields::USER_NAME, fields::OS_VERSION];
    for (version, count) in [(2, 1), (3, 2), (4, 3)] {
        let fields = [&[fields::OS_NAME], &wider[..count]].concat();
        device.come(version, over(&fields), day(1));
    }
    device.show(4, day(1));
    let bases: Vec<_> = (7..=11).map(|at| device.at(day(at)).0.unwrap()).collect();
    assert_eq!(bases, [1, 2, 3, 4, 4]);
}

#[test]
fn where_it_asks_for_it_only_an_acknowledgement_shows_it() {
    let mut device = device();
    let mut strict = over(&[fields::OS_NAME, fields::HOST_NAME]);
    strict.require_acknowledgement = true;
    device.come(2, strict, day(1)).show(2, day(1));
    assert_eq!(device.at(day(30)).0, Some(1), "the old permit runs on");
    device.0.acknowledge(reference(2), day(30));
    assert_eq!(device.at(day(36)).0, Some(1));
    assert_eq!(device.at(day(37)).0, Some(2));
    // A version that no longer asks for it is announced under one that does.
    device.come(3, over(&[fields::OS_NAME, fields::HOST_NAME, fields::USER_NAME]), day(40)).show(3, day(40));
    assert_eq!(device.at(day(90)).0, Some(2));
}

#[test]
fn what_asks_for_none_is_not_shown_by_an_acknowledgement() {
    let mut device = device();
    device.come(2, over(&[fields::OS_NAME, fields::HOST_NAME]), day(1));
    device.0.acknowledge(reference(2), day(1));
    assert_eq!(device.at(day(90)).0, Some(1));
}

#[test]
fn what_narrows_an_acknowledged_version_is_acknowledged_with_it() {
    let mut device = Device::default();
    let strict = |fields: &[FieldId]| PolicyDocument { require_acknowledgement: true, ..over(fields) };
    device.come(1, strict(&[fields::OS_NAME, fields::HOST_NAME]), day(0));
    device.0.acknowledge(reference(1), day(0));
    device.come(2, strict(&[fields::OS_NAME]), day(1));
    let in_force = device.0.in_force(day(1));
    assert!(in_force.base().unwrap().announcement().acknowledged);
    assert_eq!(in_force.base().unwrap().reference().version, 2);
}

#[test]
fn other_words_are_announced_and_do_not_stop_the_purpose() {
    let mut device = device();
    let mut reworded = over(&[fields::OS_NAME]);
    reworded.purposes.get_mut("security").unwrap().text.insert("en".to_owned(), "Otherwise.".to_owned());
    device.come(2, reworded, day(1)).show(2, day(1));
    let told = |at| device.0.in_force(at).terms().unwrap().document().purposes["security"].text["en"].clone();
    assert_eq!([told(day(2)), told(day(8))], ["For security.", "Otherwise."]);
}

#[test]
fn one_version_too_many_forgets_the_oldest_and_stops_until_another_took_effect() {
    let mut device = device();
    let all: Vec<FieldId> =
        FieldId::all().filter(|field| field.field().bounds.legal_bases.is_empty()).collect();
    let most = MAX_COMING as u64;
    for version in 2..2 + most {
        device.come(version, over(&all[..usize::try_from(version).unwrap()]), day(1)).show(version, day(1));
    }
    assert_eq!(device.at(day(1)).0, Some(1));
    device.come(99, over(&all[..30]), day(1)).show(99, day(1));
    assert_eq!((device.at(day(1)).0, device.0.versions().len()), (None, MAX_COMING));
    // Version 2 was forgotten with the base; what is left of the others counts a day apart.
    assert_eq!(device.at(day(9)).0, Some(3));
}

#[test]
fn what_is_kept_is_what_is_recalled_and_a_lost_policy_grants_nothing() {
    let mut device = device();
    device.come(2, over(&[fields::OS_NAME, fields::HOST_NAME]), day(1)).show(2, day(1));
    let kept = device.0.remembered();
    let written: Remembered = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
    assert_eq!(written, kept);
    let policy = |version: u64| {
        let found = device.0.versions().iter().find(|one| one.reference().version == version);
        Arc::clone(found.unwrap().policy())
    };
    let recalled = Announcements::recalled(written.clone(), |named| Some(policy(named.version)));
    assert_eq!(recalled.remembered(), kept);
    let lost = Announcements::recalled(written, |named| (named.version == 2).then(|| policy(2)));
    assert!(lost.in_force(day(2)).terms().is_none());
}

// ---- random histories

/// What changes from version to version.
#[derive(Debug, Clone)]
struct Version {
    document: PolicyDocument,
    /// Hours after the version before it.
    after: u64,
    /// Hours until it is shown; `None` for never.
    shown: Option<u64>,
}

const POOL: [FieldId; 6] = [
    fields::OS_NAME,
    fields::OS_VERSION,
    fields::HOST_NAME,
    fields::HOST_ID,
    fields::PACKAGE_NAME,
    fields::PACKAGE_VERSION,
];

fn any_version() -> impl Strategy<Value = Version> {
    let rules = prop::collection::vec((any::<bool>(), 0_usize..4, 1_u8..4), POOL.len());
    let spans = (0_u64..4, 1_u64..4, 1_u64..5);
    let names = (any::<bool>(), 0_u64..12);
    (rules, spans, names, 0_u64..100, prop::option::weighted(0.8, 0_u64..100)).prop_map(
        |(rules, (period, retention, every), (consent, from), after, shown)| {
            let mut document = document(&[]);
            let basis = if consent { LegalBasis::Consent } else { LegalBasis::LegitimateInterest };
            document.purposes = [purpose("a", basis), purpose("b", basis)].into();
            for purpose in document.purposes.values_mut() {
                purpose.retention = Span::from_seconds(retention * 30 * DAY);
            }
            document.notice_period = Span::from_seconds(period * DAY);
            document.report_every = Span::from_seconds(every * HOUR);
            document.effective_from = day(from);
            document.notice_from = day(0);
            for (field, (collected, treat, purposes)) in POOL.into_iter().zip(rules) {
                let treatments = [
                    Treatment::Keep,
                    Treatment::Hmac(KeyScope::Tenant),
                    Treatment::Hmac(KeyScope::Device),
                    Treatment::TruncateText { chars: 4 },
                ];
                let fitting: Vec<_> =
                    treatments.into_iter().filter(|treat| treat.unfit_for(field.field()).is_none()).collect();
                let mut rule = crate::policy::fixture::rule(field, []);
                rule.treat = fitting[treat % fitting.len()];
                rule.purposes = ["a", "b"]
                    .iter()
                    .enumerate()
                    .filter(|(bit, _)| {
                        let alone = consent && purposes == 3;
                        purposes & (1 << bit) != 0 && !(alone && *bit == 1)
                    })
                    .map(|(_, name)| (*name).to_owned())
                    .collect();
                if collected {
                    document.rules.push(rule.into());
                }
            }
            Version { document, after, shown }
        },
    )
}

fn permit(policy: &Policy) -> Permit<Draft> {
    let consent = Consent::to(["a", "b"].map(str::to_owned));
    Permit::derive(policy, Platform::Linux, &Ceiling::Unset, &consent)
}

/// Whether `granted` grants the field for the purpose, as far as `grant` and its retention go.
fn covers(granted: &Policy, field: FieldId, treat: Treatment, purpose: &str, retention: Span) -> bool {
    permit(granted).grant(field).is_some_and(|grant| {
        grant.purposes.contains(purpose)
            && reveals_no_more(treat, grant.treatment)
            && retention <= granted.document().purposes[purpose].retention
    })
}

/// One version of a history as it was dealt with, for the independent reading.
struct Told {
    policy: Arc<Policy>,
    version: u64,
    came: UtcTime,
    shown: Option<UtcTime>,
}

/// Everything that the terms grant is granted by each version since the base, and by one that people could read for its own
/// notice period, or that was the first.
fn is_announced_and_signed(device: &Announcements, told: &[Told], at: UtcTime) -> Result<(), TestCaseError> {
    let in_force = device.in_force(at);
    let Some(terms) = in_force.terms() else { return Ok(()) };
    let newest = told.iter().rfind(|told| told.came <= at).unwrap();
    for (field, grant) in permit(&terms).grants() {
        for purpose in &grant.purposes {
            let retention = terms.document().purposes[purpose].retention;
            let is_in = |policy: &Policy| covers(policy, field, grant.treatment, purpose, retention);
            prop_assert!(is_in(&newest.policy), "{field} is not in the newest version");
            let was_readable = |told: &Told| {
                let period = told.policy.document().notice_period.seconds();
                let wait = if told.version == 1 { 0 } else { period };
                told.shown.is_some_and(|shown| shown.plus_seconds(wait) <= at)
                    && told.policy.document().effective_from.seconds_since(at) <= CLOCK_TOLERANCE_SECONDS
            };
            prop_assert!(
                told.iter().any(|told| was_readable(told) && is_in(&told.policy)),
                "{field} for {purpose} was not announced long enough"
            );
        }
    }
    for told in told
        .iter()
        .filter(|told| told.came <= at && told.version >= in_force.base().unwrap().reference().version)
    {
        prop_assert!(terms.document().report_every >= told.policy.document().report_every);
        prop_assert!(terms.document().max_stale <= told.policy.document().max_stale);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn at_every_instant_the_permit_is_within_what_was_announced_and_what_is_signed(
        history in prop::collection::vec(any_version(), 1..9),
    ) {
        let mut device = Announcements::default();
        let mut told: Vec<Told> = Vec::new();
        let mut versions: Vec<(UtcTime, u64, Version)> = Vec::new();
        let mut at = day(0);
        for (index, version) in history.into_iter().enumerate() {
            at = at.plus_seconds(version.after * HOUR);
            versions.push((at, index as u64 + 1, version));
        }
        let end = at.plus_seconds(30 * DAY);
        let mut instant = day(0);
        while instant <= end {
            for (came, version, what) in &versions {
                if *came == instant {
                    let document = PolicyDocument { version: *version, ..what.document.clone() };
                    let policy = Arc::new(checked(document));
                    prop_assert!(device.come(Arc::clone(&policy), reference(*version), instant));
                    told.push(Told { policy, version: *version, came: instant, shown: None });
                }
                if what.shown.is_some_and(|hours| came.plus_seconds(hours * HOUR) == instant) {
                    // The page that shows a version shows what came before it.
                    for told in told.iter_mut().filter(|told| told.version <= *version) {
                        told.shown = told.shown.or(Some(instant));
                    }
                    device.show(reference(*version), instant);
                }
            }
            if instant.unix() % (6 * 3_600) == 0 || versions.iter().any(|(came, ..)| *came == instant) {
                is_announced_and_signed(&device, &told, instant)?;
            }
            instant = instant.plus_seconds(HOUR);
        }
    }

}

proptest! {
    // Cheaper than the one above, and what it looks for is rare.
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a device takes up and when, it is in force there no earlier than a collector expects.
    #[test]
    fn a_device_is_never_ahead_of_what_a_collector_allows(
        history in prop::collection::vec(any_version(), 1..9),
        joined in 0_u64..400,
        asks_every in 1_u64..100,
        shows_after in 0_u64..50,
    ) {
        let mut collector = Announcements::default();
        let mut earliest: BTreeMap<u64, (UtcTime, Arc<Policy>)> = BTreeMap::new();
        let mut published = history.iter().enumerate().peekable();
        let mut next = day(0);
        let mut device = Announcements::default();
        for hour in 0..600_u64 {
            let at = day(0).plus_seconds(hour * HOUR);
            while let Some((index, version)) = published.peek() {
                let due = next.plus_seconds(version.after * HOUR);
                if due > at {
                    break;
                }
                let number = *index as u64 + 1;
                let policy = Arc::new(checked(PolicyDocument { version: number, ..version.document.clone() }));
                let date = collector.publish(Arc::clone(&policy), reference(number), at).unwrap();
                earliest.insert(number, (date, policy));
                next = due;
                published.next();
            }
            if hour < joined {
                continue;
            }
            if (hour - joined) % asks_every == 0 {
                for named in collector.in_force(at).named().all() {
                    let (_, policy) = &earliest[&named.version];
                    device.come(Arc::clone(policy), named, at);
                }
            }
            if (hour - joined) % asks_every == shows_after % asks_every
                && let Some(newest) = device.newest().map(Announced::reference)
            {
                device.show(newest, at);
            }
            if let Some(base) = device.in_force(at).base() {
                let version = base.reference().version;
                let (date, _) = &earliest[&version];
                prop_assert!(
                    date.seconds_since(at) <= CLOCK_TOLERANCE_SECONDS,
                    "version {version} is in force on the device at {at}, and can be from {date} on"
                );
            }
        }
    }
}
