//! The device's own limit stands near the top: what it keeps here, when it is quiet, and whom it leaves alone.

use crate::fixture::{Case, document, rule, value, words};
use candor_notice::Rendering;
use collector_proto::catalog::fields;
use collector_proto::policy::ceiling::{NeverAccount, QuietHours, QuietTime, Zone};
use collector_proto::policy::{Ceiling, CeilingTerms, Treatment};

fn told(ceiling: Ceiling) -> [String; 2] {
    let rules = ["os.name", "host.name"].map(|name| rule(name, Treatment::Keep, &["security"]));
    let case =
        Case::under(ceiling, &document(rules.to_vec()), |field, treatment| Ok(value(field, treatment)));
    let (words, notice) = (words(), case.notice());
    [Rendering::Text { width: usize::MAX }, Rendering::Page].map(|how| {
        let rendered = notice.render(how, &words).unwrap();
        rendered.split_whitespace().collect::<Vec<_>>().join(" ")
    })
}

#[test]
fn a_ceiling_is_told_of_with_what_it_excludes_its_quiet_hours_and_the_accounts_that_it_leaves_alone() {
    let zone = Zone::new("Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let hours = QuietHours::new(zone, vec![QuietTime::parse("mon-fri 22:00-06:00").unwrap()]).unwrap();
    let terms = CeilingTerms {
        quiet_hours: Some(hours),
        never: [NeverAccount::parse("anna").unwrap()].into(),
        ..CeilingTerms::only(&[fields::OS_NAME].into_iter().collect())
    };
    for told in told(Ceiling::Set(terms)) {
        for part in [
            "What this device allows at most",
            "the limit keeps them on this device: Computer name",
            "mon,tue,wed,thu,fri 22:00-06:00, Europe/Berlin",
            "about these accounts or in their directories: anna",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }
    let all = CeilingTerms::only(&[fields::OS_NAME, fields::HOST_NAME].into_iter().collect());
    for told in told(Ceiling::Set(all)) {
        assert!(
            told.contains("nothing that this limit forbids") && !told.contains("At these times"),
            "{told}"
        );
    }
    for told in told(Ceiling::Unset) {
        assert!(!told.contains("allows at most"), "{told}");
    }
}
