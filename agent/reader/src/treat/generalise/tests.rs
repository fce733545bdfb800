use super::*;
use proptest::prelude::*;

#[test]
fn versions_lose_all_but_their_first_numbers() {
    for (text, major, major_minor) in [
        ("12", Some("12"), Some("12")),
        ("22.04", Some("22"), Some("22.04")),
        ("6.1.0-18-amd64", Some("6"), Some("6.1")),
        ("1:7.88.1-10+deb12u8", Some("7"), Some("7.88")),
        ("2023c-5", Some("2023"), Some("2023")),
        ("7.x", Some("7"), Some("7")),
        ("rolling", None, None),
        ("", None, None),
        ("123456789012345678901", None, None),
    ] {
        assert_eq!(coarsen(text, Generalisation::Major).as_deref(), major, "{text}");
        assert_eq!(coarsen(text, Generalisation::MajorMinor).as_deref(), major_minor, "{text}");
    }
}

#[test]
fn instants_positions_and_makers() {
    assert_eq!(coarsen("2026-11-22T08:00:00Z", Generalisation::Day).as_deref(), Some("2026-11-22"));
    assert_eq!(coarsen("2026-11-22T08:00:00Z", Generalisation::Month).as_deref(), Some("2026-11"));
    assert_eq!(coarsen("52.5163", Generalisation::TenthDegree).as_deref(), Some("52.5"));
    assert_eq!(coarsen("-0.04", Generalisation::TenthDegree).as_deref(), Some("0"));
    assert_eq!(coarsen("-33.9", Generalisation::Degree).as_deref(), Some("-33"));
    assert_eq!(coarsen("AC-DE-48-23-45-67", Generalisation::Oui).as_deref(), Some("AC-DE-48"));
}

/// A zone never says more than its area, and what is in no area is left out.
#[test]
fn time_zones_say_their_area_alone() {
    for (zone, area) in [
        ("Europe/Berlin", Some("Europe")),
        ("America/Argentina/Buenos_Aires", Some("America")),
        ("Indian/Mauritius", Some("Indian")),
        ("Etc/GMT+5", Some("Etc")),
        ("UTC", Some("Etc")),
        ("Arctic/Longyearbyen", Some("Europe")),
        ("US/Hawaii", None),
        ("Singapore", None),
        ("EST5EDT", None),
        ("europe/Berlin", None),
        ("", None),
    ] {
        assert_eq!(coarsen(zone, Generalisation::Area).as_deref(), area, "{zone}");
    }
}

#[test]
fn carriers_say_where_in_the_world_they_are_and_no_more() {
    for (country, continent) in [
        ("DE", Some("Europe")),
        ("SA", Some("Asia")),
        ("NA", Some("Africa")),
        ("PA", Some("North America")),
        ("TW", Some("Asia")),
        ("XK", None),
        ("de", None),
        ("", None),
    ] {
        assert_eq!(coarsen(country, Generalisation::Continent).as_deref(), continent, "{country}");
    }
    for (code, region) in [("262", Some("2")), ("901", Some("9")), ("x1", None), ("", None), ("é", None)] {
        assert_eq!(coarsen(code, Generalisation::Region).as_deref(), region, "{code}");
    }
    for text in ["Telekom", "01", ""] {
        assert_eq!(coarsen(text, Generalisation::Existence).as_deref(), Some("any"));
    }
}

fn number(number: i64, level: Generalisation) -> Option<i64> {
    match generalise(&Raw::Integer(number), level)? {
        Made::Integer(coarse) => Some(coarse),
        Made::Texts(_) | Made::Boolean(_) => None,
    }
}

#[test]
fn numbers_are_cut_to_days_weeks_and_decades() {
    assert_eq!(number(86_399, Generalisation::Days), Some(0));
    assert_eq!(number(200_000, Generalisation::Days), Some(172_800));
    assert_eq!(number(1_300_000, Generalisation::Weeks), Some(1_209_600));
    assert_eq!(number(2019, Generalisation::Decade), Some(2010));
    assert_eq!(number(i64::MIN, Generalisation::Decade), None);
    assert_eq!(number(2019, Generalisation::Major), None);
}

proptest! {
    #[test]
    fn coarsening_twice_is_coarsening_once(text in texts(), whole in any::<i64>()) {
        for level in Generalisation::ALL {
            if let Some(once) = coarsen(&text, *level) {
                prop_assert_eq!(coarsen(&once, *level), Some(once.clone()));
            }
            if let Some(once) = number(whole, *level) {
                prop_assert_eq!(number(once, *level), Some(once));
            }
        }
    }

    /// What a policy's narrowing relies on: the coarser form can be made of the finer one, so it tells nothing beyond it.
    #[test]
    fn what_tells_no_more_follows_from_what_is_finer(text in texts(), whole in any::<i64>()) {
        for (finer, coarser) in Generalisation::ALL.iter().flat_map(|finer| {
            Generalisation::ALL.iter().filter(|coarser| coarser.tells_no_more_than(*finer)).map(move |coarser| (*finer, *coarser))
        }) {
            if let (Some(fine), Some(coarse)) = (coarsen(&text, finer), coarsen(&text, coarser)) {
                prop_assert_eq!(coarsen(&fine, coarser), Some(coarse), "{} of {}", coarser, finer);
            }
            if let (Some(fine), Some(coarse)) = (number(whole, finer), number(whole, coarser)) {
                prop_assert_eq!(number(fine, coarser), Some(coarse), "{} of {}", coarser, finer);
            }
        }
    }
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,24}|[0-9:.]{0,12}|-?[0-9]{1,3}\\.[0-9]{0,6}",
        "[A-Z]{2}|(Europe|Arctic|Asia|UTC|Etc)(/[A-Z][a-z]{0,8}){0,2}",
        Just("2026-11-22T08:00:00Z".to_owned()),
    ]
}
