use super::*;
use crate::host::AccountId;
use collector_proto::catalog::fields;
use collector_proto::disclosure::merged;
use collector_proto::keyed_hash::HashKey;
use collector_proto::value::Value;
use proptest::prelude::*;
use std::collections::BTreeSet;

const ANNA: AccountId = AccountId::Uid(1000);
const BEN: AccountId = AccountId::Uid(1001);

fn keys() -> HashKeys {
    HashKeys::of(HashKey::of(&[1; 32]), None)
}

fn holder(owner: &Owner) -> Holder {
    keys().holders(owner)[0]
}

fn row(values: &[(FieldId, &str)]) -> Row {
    let mut row = Row::new();
    for (field, text) in values {
        row.insert(*field, Value::Text((*text).to_owned()));
    }
    row
}

#[expect(clippy::unnecessary_wraps, reason = "a permit may grant a field or not")]
/// Vendors and addresses live for a day, what shows presence or place for 30 days, everything else for 90.
fn lives(field: FieldId) -> Option<Lifetime> {
    let days = match field {
        fields::X_PACKAGE_VENDOR | fields::HOST_IP => 1,
        _ if field.series().is_daily() => 30,
        _ => 90,
    };
    let retention = Span::from_seconds(days * 86_400);
    Some(Lifetime { retention, series: field.series() })
}

fn parts(section: Section, rows: Vec<(Owner, Row)>) -> BTreeMap<String, Vec<Row>> {
    let parts = parts_of(BTreeMap::from([(section, rows)]), &lives, &keys());
    parts
        .into_iter()
        .map(|(name, mut sections)| (name.to_string(), sections.remove(&section).unwrap()))
        .collect()
}

fn part(owner: &Owner, rest: &str) -> String {
    format!("{}/{rest}", holder(owner))
}

#[test]
fn a_value_goes_into_the_part_that_lives_as_long_as_it_may() {
    let machine = Owner::Machine;
    let host = row(&[(fields::HOST_NAME, "ws1"), (fields::HOST_IP, "192.0.2.7")]);
    let split = parts(Section::Host, vec![(Owner::Machine, host)]);
    assert_eq!(split[&part(&machine, "1d")], [row(&[(fields::HOST_IP, "192.0.2.7")])]);
    assert_eq!(split[&part(&machine, "90d")], [row(&[(fields::HOST_NAME, "ws1")])]);
    let place = row(&[(fields::GEO_LOCATION_LAT, "52.5")]);
    let split = parts(Section::Location, vec![(Owner::Machine, place.clone())]);
    assert_eq!(split, BTreeMap::from([(part(&machine, "30d/latest"), vec![place])]));
    let host = row(&[(fields::HOST_UPTIME, "1"), (fields::X_HOST_TIMEZONE, "Etc/UTC")]);
    let split = parts(Section::Host, vec![(Owner::Machine, host)]);
    assert_eq!(split[&part(&machine, "30d/daily")], [row(&[(fields::HOST_UPTIME, "1")])]);
    assert_eq!(split[&part(&machine, "30d/latest")], [row(&[(fields::X_HOST_TIMEZONE, "Etc/UTC")])]);
    assert_eq!(split.len(), 2);
}

/// A network interface is told by its name; the name of a wireless network goes with it into a part of its own, and with it alone.
#[test]
fn a_place_is_beside_its_key_in_a_part_of_its_own() {
    let key = [(fields::NETWORK_INTERFACE_NAME, "wlan0")];
    let whole = row(&[key[0], (fields::X_NETWORK_WIFI_SSID, "cafe")]);
    let split = parts(Section::Network, vec![(Owner::Machine, whole.clone())]);
    let expected = [("30d/latest", whole), ("90d", row(&key))];
    assert_eq!(split, expected.map(|(rest, row)| (part(&Owner::Machine, rest), vec![row])).into());
}

/// Rows of any section; many of their keys are missing or the same.
fn any_rows() -> impl Strategy<Value = (Section, Vec<Row>)> {
    let section = prop::sample::select(Section::ALL);
    (section, prop::collection::vec(prop::collection::vec(0..4_u8, 16), 0..5)).prop_map(|(section, rows)| {
        let of = |texts: Vec<u8>| {
            let values = section.fields().zip(texts).filter(|(_, text)| *text > 0);
            let mut row = Row::new();
            values.for_each(|(field, text)| row.insert(field, Value::Text(text.to_string())));
            row
        };
        let most = if section.shape() == Shape::Single { 1 } else { 5 };
        (section, rows.into_iter().take(most).map(of).collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// What every report holds neither holds a value of another series nor shows that one was read.
    #[test]
    fn no_value_is_sent_more_often_than_its_series((section, rows) in any_rows()) {
        let without = |row: &Row| {
            let mut less = Row::new();
            row.iter()
                .filter(|(field, _)| !field.series().is_daily())
                .for_each(|(field, value)| less.insert(field, value.clone()));
            less
        };
        let owned = |rows: Vec<Row>| BTreeMap::from([(section, rows.into_iter().map(|row| (Owner::Machine, row)).collect())]);
        let less = parts_of(owned(rows.iter().map(without).collect()), &lives, &keys());
        let parts = parts_of(owned(rows), &lives, &keys());
        for (name, sections) in &parts {
            for (field, _) in sections.values().flatten().flat_map(Row::iter) {
                prop_assert!(name.series >= field.series(), "{field} in {name}");
            }
        }
        let every: PartRows = parts.into_iter().filter(|(name, _)| !name.series.is_daily()).collect();
        prop_assert_eq!(every, less);
    }
}

#[test]
fn a_row_of_a_table_repeats_its_key_in_each_part() {
    let whole = row(&[
        (fields::PACKAGE_NAME, "curl"),
        (fields::PACKAGE_VERSION, "8"),
        (fields::X_PACKAGE_VENDOR, "x"),
    ]);
    let split = parts(Section::Package, vec![(Owner::Machine, whole.clone())]);
    let key = [(fields::PACKAGE_NAME, "curl"), (fields::PACKAGE_VERSION, "8")];
    assert_eq!(split[&part(&Owner::Machine, "90d")], [row(&key)]);
    assert_eq!(split[&part(&Owner::Machine, "1d")], [whole]);
}

/// Rows that cannot be told apart could not be put together again, nor kept from mixing.
#[test]
fn a_row_that_cannot_be_told_stays_whole_and_lives_as_long_as_its_shortest_value() {
    let keyless = row(&[(fields::PACKAGE_INSTALL_SCOPE, "global"), (fields::X_PACKAGE_VENDOR, "x")]);
    let one = row(&[(fields::PACKAGE_NAME, "a"), (fields::X_PACKAGE_VENDOR, "x")]);
    let other = row(&[(fields::PACKAGE_NAME, "a"), (fields::X_PACKAGE_VENDOR, "y")]);
    let rows = [keyless, one, other];
    let split = parts(Section::Package, rows.iter().map(|row| (Owner::Machine, row.clone())).collect());
    assert_eq!(split, BTreeMap::from([(part(&Owner::Machine, "1d"), rows.to_vec())]));
}

#[test]
fn each_account_has_parts_of_its_own_and_nobody_else_can_say_whose() {
    let package = |name| row(&[(fields::PACKAGE_NAME, name)]);
    let both = Owner::Accounts(BTreeSet::from([ANNA, BEN]));
    let (anna, ben) = (Owner::account(ANNA), Owner::account(BEN));
    let split = parts(
        Section::Package,
        vec![
            (Owner::Machine, package("bash")),
            (anna.clone(), package("gimp")),
            (both, package("inkscape")),
            (Owner::unknown(), package("whose")),
        ],
    );
    assert_eq!(split[&part(&Owner::Machine, "90d")], [package("bash")]);
    assert_eq!(split[&part(&anna, "90d")], [package("gimp"), package("inkscape")]);
    assert_eq!(split[&part(&ben, "90d")], [package("inkscape")]);
    assert_eq!(split[&part(&Owner::unknown(), "90d")], [package("whose")]);
    assert_eq!(split.len(), 4);
    let other = HashKeys::of(HashKey::of(&[2; 32]), None);
    assert_ne!(other.holders(&anna), keys().holders(&anna), "the name follows from the account alone");
    assert_eq!(keys().holders(&anna), keys().holders(&anna));
}

#[test]
fn what_was_split_is_the_same_again_for_people() {
    let rows = vec![
        row(&[(fields::PACKAGE_NAME, "a"), (fields::X_PACKAGE_VENDOR, "x")]),
        row(&[(fields::PACKAGE_NAME, "b")]),
    ];
    let owned = rows.iter().map(|row| (Owner::account(ANNA), row.clone())).collect();
    let parts = parts_of(BTreeMap::from([(Section::Package, owned)]), &lives, &keys());
    assert_eq!(merged(&parts)[&Section::Package], rows);
}
