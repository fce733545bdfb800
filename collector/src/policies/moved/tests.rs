//! Random moves and publications: what a device does by its own instants lies within what the collector computes by its own, and
//! nothing widens before it was shown for the whole period.

use super::*;
use crate::store::{Answer, Listed, Page, Published, PublishedPolicy, PublishedRoot, RootAdded, wait};
use crate::verify::{TrustRoot, VerifiedPolicy};
use collector_proto::catalog::FieldId;
use collector_proto::digest::Digest;
use collector_proto::envelope::Envelope;
use collector_proto::policy::author::compile;
use collector_proto::policy::trust::PlacementRef;
use collector_proto::policy::{Announced, Announcements, Wait};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const MINIMAL: &str = include_str!("../../../../packaging/policies/minimal.toml");
const FIELDS: [&str; 4] = ["os.version", "os.build_id", "host.arch", "host.name"];
const PERIODS: [&str; 3] = ["1s", "2d", "7d"];
const GROUPS: [&str; 3] = ["default", "kiosk", "lab"];
const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

fn day(days: u64) -> UtcTime {
    UtcTime::parse("2026-11-22T08:00:00Z").unwrap().plus_seconds(days * DAY)
}

fn policy(mask: u8, period: &str) -> Arc<Policy> {
    let chosen = FIELDS.iter().enumerate().filter(|(index, _)| mask & (1 << index) != 0);
    let fields: Vec<_> = chosen.map(|(_, field)| format!(", \"{field}\"")).collect();
    let all = "[\"agent.version\", \"device.id\", \"host.arch\", \"os.type\", \"os.name\", \"os.version\", \"os.build_id\"]";
    let text = MINIMAL
        .replace(all, &format!("[\"os.name\"{}]", fields.concat()))
        .replace("notice_period = \"7d\"", &format!("notice_period = \"{period}\""));
    Arc::new(compile(&text, "policy.toml", day(0)).map_err(|found| found.to_string()).unwrap().policy)
}

/// No version has to be read again: all are at hand.
struct Nothing(BTreeMap<(String, Digest), Arc<Policy>>);

impl DocumentStore for Nothing {
    fn first_contents(&self, _: &TrustRoot, _: UtcTime) -> Answer<'_, ()> {
        unreachable!()
    }
    fn roots(&self) -> Answer<'_, Vec<TrustRoot>> {
        unreachable!()
    }
    fn published_roots(&self) -> Answer<'_, Vec<PublishedRoot>> {
        unreachable!()
    }
    fn current_root(&self) -> Answer<'_, TrustRoot> {
        unreachable!()
    }
    fn add_root(&self, _: TrustRoot, _: UtcTime) -> Answer<'_, RootAdded> {
        unreachable!()
    }
    fn publish(&self, _: VerifiedPolicy, _: UtcTime) -> Answer<'_, Published> {
        unreachable!()
    }
    fn current_policy(&self, _: &str) -> Answer<'_, Option<PublishedPolicy>> {
        unreachable!()
    }
    fn published_after(&self, _: &str, _: u64) -> Answer<'_, Vec<PublishedPolicy>> {
        unreachable!()
    }
    fn issued_policy(&self, group: &str, digest: &Digest) -> Answer<'_, Option<PublishedPolicy>> {
        let policy = self.0.get(&(group.to_owned(), *digest)).cloned();
        let published = policy.map(|policy| PublishedPolicy {
            group: group.to_owned(),
            reference: PolicyRef::new(policy.document().version, *digest),
            envelope: Envelope::assemble(
                "application/vnd.candor.policy.v1+json",
                &serde_json::to_vec(policy.document()).unwrap(),
                &[],
            ),
            published_at: day(0),
        });
        Box::pin(std::future::ready(Ok(published)))
    }
    fn policies(&self, _: Page) -> Answer<'_, Listed<PublishedPolicy>> {
        unreachable!()
    }
}

/// A collector with some groups, and a device that hears of what it announces now and then.
struct World {
    now: UtcTime,
    store: Nothing,
    histories: BTreeMap<&'static str, History>,
    moves: Moves,
    device: Announcements,
    heard: Option<UtcTime>,
    /// From when on the device's people were shown that a field may be collected, with the period of that version.
    shown: Vec<(FieldId, UtcTime)>,
    before: BTreeSet<FieldId>,
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            now: day(0),
            store: Nothing(BTreeMap::new()),
            histories: BTreeMap::new(),
            moves: Moves { placements: Vec::new(), first: Some(0) },
            device: Announcements::default(),
            heard: None,
            shown: Vec::new(),
            before: BTreeSet::new(),
        };
        for group in GROUPS {
            world.publish(group, 1, "7d");
        }
        world.hear(true);
        world
    }

    fn place(&self) -> (u64, &str) {
        let newest = self.moves.placements.last();
        newest.map_or((0, GROUPS[0]), |placed| (placed.reference.number, placed.group.as_str()))
    }

    fn publish(&mut self, group: &'static str, mask: u8, period: &str) {
        let history = self.histories.entry(group).or_default();
        let version = history.newest().map_or(1, |newest| newest.version + 1);
        let (policy, sha256) = (policy(mask, period), Digest::of(format!("{group} {version}").as_bytes()));
        history.take(PolicyRef::new(version, sha256), Some(Arc::clone(&policy)), self.now);
        self.store.0.insert((group.to_owned(), sha256), policy);
    }

    fn move_to(&mut self, group: &str) {
        let (number, from) = self.place();
        if from == group {
            return;
        }
        let placement = StoredPlacement {
            reference: PlacementRef { number: number + 1, sha256: Digest::of(b"placement") },
            from: from.to_owned(),
            group: group.to_owned(),
            envelope: Envelope::assemble("application/vnd.candor.placement.v1+json", b"{}", &[]),
            placed_at: self.now,
        };
        self.moves.placements.push(placement);
    }

    /// The device takes up what is announced, and shows it or does not.
    fn hear(&mut self, shows: bool) {
        let (number, group) = self.place();
        let group = group.to_owned();
        let named = self.histories[group.as_str()].named(self.now);
        for version in named.all() {
            let policy = Arc::clone(&self.store.0[&(group.clone(), version.sha256)]);
            self.device.come(policy, version.under(number), self.now);
        }
        self.device.forget(self.now);
        self.heard = Some(self.now);
        if shows && let Some(newest) = self.device.newest().map(Announced::reference) {
            self.device.show(newest, self.now);
            for version in self.device.versions() {
                let document = version.policy().document();
                let from = version.announcement().shown.map(|shown| match version.announcement().wait {
                    Wait::Notice(_) => shown.plus_seconds(document.notice_period.seconds()),
                    _ => shown,
                });
                let fields = version.policy().fields();
                self.shown
                    .extend(from.into_iter().flat_map(|from| fields.iter().map(move |field| (field, from))));
            }
        }
    }

    fn check(&mut self) {
        let in_force = self.device.in_force(self.now);
        let Some(versions) = in_force.versions() else { return };
        // A device that was never moved is held to its group's history alone.
        if self.moves.placements.is_empty() {
            return;
        }
        let fields: BTreeSet<FieldId> = in_force.terms().unwrap().fields().iter().collect();
        for field in fields.difference(&self.before) {
            let is_told = self.shown.iter().any(|(shown, from)| shown == field && *from <= self.now);
            assert!(
                is_told,
                "{field} is collected at {} before people were told of it for the period",
                self.now
            );
        }
        self.before = fields;
        if self.heard.is_none_or(|heard| self.now.seconds_since(heard) >= 7 * i64::try_from(DAY).unwrap()) {
            return;
        }
        let judged = self.judged(&versions);
        assert!(judged.is_ok(), "{versions:?} at {}: {judged:?}", self.now);
    }

    fn judged(&self, versions: &Versions) -> Result<Policy, Reason> {
        self.judged_at(versions, self.now)
    }

    fn judged_at(&self, versions: &Versions, now: UtcTime) -> Result<Policy, Reason> {
        let judged = wait(async {
            let histories = self.histories.iter();
            let histories = histories.map(|(group, history)| (*group, Arc::new(history.clone()))).collect();
            let course = Course::of(&self.moves, &histories);
            course.judge(&self.store, versions, now).await
        });
        match judged {
            Ok(policy) => Ok(policy),
            Err(NoTerms::Refused(refusal)) => Err(refusal.reason()),
            Err(NoTerms::Store(error)) => panic!("{error}"),
        }
    }
}

impl World {
    /// The version of a group under the placement with this number.
    fn version(&self, placement: u64, group: &str, version: u64) -> PolicyRef {
        let sha256 = Digest::of(format!("{group} {version}").as_bytes());
        assert!(self.store.0.contains_key(&(group.to_owned(), sha256)));
        PolicyRef::new(version, sha256).under(placement)
    }

    fn reason(&self, base: PolicyRef, coming: &[PolicyRef], now: UtcTime) -> Option<Reason> {
        self.judged_at(&Versions::new(base, coming.to_vec()), now).err()
    }
}

/// A device that was moved on day 10 from `default`, which has name and version of the system, to `lab`, which has the host's name too.
fn moved() -> World {
    let mut world = World::new();
    world.publish("lab", 0b1001, "7d");
    world.publish("kiosk", 0, "7d");
    world.now = day(10);
    world.move_to("lab");
    world
}

#[test]
fn a_device_is_under_a_wider_group_no_sooner_than_people_were_told() {
    let world = moved();
    let (own, lab) = (world.version(0, "default", 1), world.version(1, "lab", 2));
    let before = UtcTime::from_unix(day(17).unix() - CLOCK_TOLERANCE_SECONDS - 1);
    for (base, coming, at, expected) in [
        (own, &[lab][..], day(10), None),
        (own, &[lab], before, None),
        (lab, &[], day(10), Some(Reason::SupersededPolicy)),
        (lab, &[], before, Some(Reason::SupersededPolicy)),
        (lab, &[], day(17), None),
        // That it had not heard of the move it can say for `max_stale`.
        (own, &[], day(16), None),
        (own, &[], day(18), Some(Reason::SupersededPolicy)),
    ] {
        assert_eq!(world.reason(base, coming, at), expected, "{base:?} {coming:?} {at}");
    }
}

#[test]
fn a_device_is_under_a_narrower_group_at_once() {
    let mut world = World::new();
    world.publish("kiosk", 0, "7d");
    world.now = day(10);
    world.move_to("kiosk");
    assert_eq!(world.reason(world.version(1, "kiosk", 2), &[], day(10)), None);
}

#[test]
fn a_narrower_version_of_a_wider_group_does_not_come_sooner_than_the_group() {
    let mut world = World::new();
    world.publish("lab", 0b1111, "7d");
    world.publish("lab", 0b1001, "7d");
    world.now = day(10);
    world.move_to("lab");
    let (wide, narrower) = (world.version(1, "lab", 2), world.version(1, "lab", 3));
    for at in [day(10), day(16)] {
        assert_eq!(world.reason(narrower, &[], at), Some(Reason::SupersededPolicy));
        assert_eq!(world.reason(wide, &[narrower], at), Some(Reason::SupersededPolicy));
    }
    assert_eq!(world.reason(narrower, &[], day(17)), None);
}

#[test]
fn versions_count_for_the_time_in_their_group_alone() {
    let mut world = moved();
    let own = world.version(0, "default", 1);
    world.now = day(11);
    world.publish("default", 1, "7d");
    let later = world.version(0, "default", 2);
    let lab = world.version(1, "lab", 2);
    for (base, coming, expected) in [
        // It was published to the others after the device had left.
        (own, vec![later], Reason::UnknownPolicy),
        (own, vec![world.version(2, "lab", 2)], Reason::UnknownPolicy),
        (own, vec![world.version(1, "default", 1)], Reason::UnknownPolicy),
        (own, vec![world.version(0, "lab", 2)], Reason::UnknownPolicy),
        (lab, vec![own], Reason::Invalid),
        (own, vec![lab, lab], Reason::Invalid),
    ] {
        assert_eq!(world.reason(base, &coming, day(12)), Some(expected), "{base:?} {coming:?}");
    }
}

#[test]
fn a_device_that_was_moved_before_its_first_report_has_no_policy_to_compare_with() {
    let mut world = moved();
    let lab = world.version(1, "lab", 2);
    assert_eq!(world.reason(lab, &[], day(10)), Some(Reason::SupersededPolicy));
    for first in [None, Some(1)] {
        world.moves.first = first;
        assert_eq!(world.reason(lab, &[], day(10)), None, "{first:?}");
    }
}

#[derive(Debug, Clone)]
enum Step {
    Publish(usize, u8, usize),
    Move(usize),
    Hear(bool),
    Pass(u64),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0..GROUPS.len(), 0_u8..16, 0..PERIODS.len()).prop_map(|(g, mask, p)| Step::Publish(g, mask, p)),
        2 => (0..GROUPS.len()).prop_map(Step::Move),
        4 => any::<bool>().prop_map(Step::Hear),
        3 => (1_u64..120).prop_map(Step::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn what_a_moved_device_does_lies_within_what_the_collector_allows(
        steps in prop::collection::vec(any_step(), 1..24),
    ) {
        let mut world = World::new();
        for step in steps {
            match step {
                Step::Publish(group, mask, period) => world.publish(GROUPS[group], mask, PERIODS[period]),
                Step::Move(group) => world.move_to(GROUPS[group]),
                Step::Hear(shows) => world.hear(shows),
                Step::Pass(hours) => world.now = world.now.plus_seconds(hours * HOUR),
            }
            world.check();
        }
    }
}
