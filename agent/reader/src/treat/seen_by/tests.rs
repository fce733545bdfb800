use super::*;
use crate::host::AccountId;
use crate::treat::Owner;
use collector_proto::catalog::fields;
use std::collections::BTreeMap;

const ANNA: AccountId = AccountId::Uid(1000);
const BEN: AccountId = AccountId::Uid(1001);

fn row(owner: Owner, values: &[(FieldId, Raw)]) -> RawRow {
    let mut row = RawRow::default();
    for (field, value) in values {
        row.push(*field, value.clone());
    }
    row.owned_by(owner)
}

fn text(text: &str) -> Raw {
    Raw::Text(text.to_owned())
}

fn reading() -> Reading {
    let package = |name, owner| row(owner, &[(fields::PACKAGE_NAME, text(name))]);
    let both = vec![(Owner::account(ANNA), "anna".to_owned()), (Owner::account(BEN), "ben".to_owned())];
    Reading::new((
        BTreeMap::from([
            (
                Section::Package,
                vec![
                    package("bash", Owner::Machine),
                    package("gimp", Owner::account(ANNA)),
                    package("krita", Owner::account(BEN)),
                    package("inkscape", Owner::Accounts([ANNA, BEN].into())),
                    package("whose", Owner::unknown()),
                ],
            ),
            (Section::Session, vec![row(Owner::Machine, &[(fields::X_SESSION_USER, Raw::TextsOf(both))])]),
            (
                Section::Device,
                vec![row(
                    Owner::Machine,
                    &[
                        (fields::DEVICE_MANUFACTURER, text("ACME")),
                        (fields::DEVICE_SERIAL_NUMBER, text("S1")),
                    ],
                )],
            ),
            (
                Section::Network,
                vec![row(
                    Owner::Machine,
                    &[
                        (fields::NETWORK_INTERFACE_NAME, text("wlan0")),
                        (fields::X_NETWORK_WIFI_SSID, text("HOME")),
                    ],
                )],
            ),
        ]),
        BTreeMap::new(),
        BTreeMap::new(),
    ))
}

fn texts(viewer: &Viewer) -> (Vec<String>, Vec<Section>) {
    let (reading, left_out) = reading().seen_by(viewer);
    let rows = reading.into_parts().0.into_values().flatten();
    let texts = rows.flat_map(RawRow::into_values).flat_map(|(_, raw)| raw.texts()).collect();
    (texts, left_out.into_iter().collect())
}

#[test]
fn an_account_sees_what_is_the_machines_and_its_own() {
    let machine = ["ACME", "S1", "wlan0", "HOME"];
    let seen = |packages: &[&str], sessions: &[&str]| {
        let all = machine.iter().chain(packages).chain(sessions);
        all.map(|text| (*text).to_owned()).collect::<Vec<_>>()
    };
    let everything = seen(&["bash", "gimp", "krita", "inkscape", "whose"], &["anna", "ben"]);
    assert_eq!(texts(&Viewer::Everyone), (everything, vec![]));
    let others = vec![Section::Package, Section::Session];
    let (anna, ben) = (Viewer::Account(ANNA), Viewer::Account(BEN));
    assert_eq!(texts(&anna), (seen(&["bash", "gimp", "inkscape"], &["anna"]), others.clone()));
    assert_eq!(texts(&ben), (seen(&["bash", "krita", "inkscape"], &["ben"]), others.clone()));
    let stranger = Viewer::Account(AccountId::Uid(1002));
    assert_eq!(texts(&stranger), (seen(&["bash"], &[]), others));
}

#[test]
fn a_page_for_everybody_holds_nothing_of_persons_and_nothing_that_root_alone_reads() {
    let (seen, left_out) = texts(&Viewer::Nobody);
    assert_eq!(seen, ["ACME", "wlan0", "bash"]);
    assert_eq!(left_out, [Section::Device, Section::Network, Section::Package, Section::Session]);
}
