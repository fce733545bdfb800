//! What is about others is left out before anything is treated.
//!
//! | Who looks | Rows and values |
//! |---|---|
//! | everyone: root, a report | all |
//! | an account | the machine's and its own |
//! | nobody: a page that every process can read | the machine's, without values of high sensitivity and without what the operating system keeps from ordinary accounts |
//!
//! So such a page holds no position, no name of a network, no number of a SIM card or modem, no name of a person, nothing
//! typed in at a hand-over, and no serial number that root alone can read.

use super::owner::{Owner, Viewer};
use super::reading::{Raw, RawRow, Reading};
use collector_proto::catalog::{FieldId, Platform, Privilege, Section, Sensitivity};
use std::collections::BTreeSet;

impl Reading {
    /// The same for this viewer, and the sections in which something was left out.
    pub(crate) fn seen_by(self, viewer: &Viewer) -> (Self, BTreeSet<Section>) {
        let (mut sections, absent, failed) = self.into_parts();
        let mut left_out = BTreeSet::new();
        for (section, rows) in &mut sections {
            let all = rows.len();
            rows.retain(|row| viewer.sees(row.owner()));
            let mut is_whole = rows.len() == all;
            for row in rows {
                is_whole &= row.keep_seen_by(viewer);
            }
            if !is_whole {
                left_out.insert(*section);
            }
        }
        (Self::new((sections, absent, failed)), left_out)
    }
}

impl RawRow {
    /// Leaves out the values that are not for this viewer. Says whether none was left out.
    fn keep_seen_by(&mut self, viewer: &Viewer) -> bool {
        let mut is_whole = true;
        self.change_values(|field, raw| {
            let (kept, is_all) = seen_by(viewer, field, raw);
            is_whole &= is_all;
            kept
        });
        is_whole
    }
}

/// The value as far as it is for this viewer, and whether that is all of it.
fn seen_by(viewer: &Viewer, field: FieldId, raw: Raw) -> (Option<Raw>, bool) {
    if *viewer == Viewer::Nobody && !is_for_everybody(field) {
        return (None, false);
    }
    let Raw::TextsOf(texts) = raw else { return (Some(raw), true) };
    let all = texts.len();
    let is_seen = |(owner, text): (Owner, String)| viewer.sees(&owner).then_some(text);
    let mut texts: Vec<String> = texts.into_iter().filter_map(is_seen).collect();
    let is_all = texts.len() == all;
    // Several accounts may have the same.
    texts.dedup();
    ((!texts.is_empty()).then_some(Raw::Texts(texts)), is_all)
}

/// Whether every process of the machine may see the field's values.
fn is_for_everybody(field: FieldId) -> bool {
    let field = field.field();
    field.sensitivity != Sensitivity::High && field.source(Platform::current()).privilege == Privilege::None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::AccountId;
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
                (
                    Section::Session,
                    vec![row(Owner::Machine, &[(fields::X_SESSION_USER, Raw::TextsOf(both))])],
                ),
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
}
