//! `generalise`: a coarser value in place of the value.

use super::Made;
use super::reading::Raw;
use collector_proto::policy::Generalisation;

/// Longest number of a version, in digits; longer ones are dates, hashes or serial numbers.
const MAX_VERSION_DIGITS: usize = 20;

/// The coarse form of every text. A text that has none is left out; `None` when none is left.
pub(super) fn generalise(raw: &Raw, level: Generalisation) -> Option<Made> {
    let coarse: Vec<String> = raw.texts().iter().filter_map(|text| coarsen(text, level)).collect();
    (!coarse.is_empty()).then_some(Made::Texts(coarse))
}

/// Applying it to its own result changes nothing.
fn coarsen(text: &str, level: Generalisation) -> Option<String> {
    match level {
        // `AC-DE-48`: three bytes in canonical form.
        Generalisation::Oui => text.get(..8).map(str::to_owned),
        Generalisation::Major => version(text).map(|(major, _)| major.to_owned()),
        Generalisation::MajorMinor => version(text).map(|(major, minor)| match minor {
            Some(minor) => format!("{major}.{minor}"),
            None => major.to_owned(),
        }),
        Generalisation::Day => text.get(..10).map(str::to_owned),
        Generalisation::Month => text.get(..7).map(str::to_owned),
        Generalisation::TenthDegree => decimal(text, 1),
        Generalisation::Degree => decimal(text, 0),
    }
}

/// The first number of a version and the second where a dot joins them. An epoch (`1:2.3`) is not part of it.
fn version(text: &str) -> Option<(&str, Option<&str>)> {
    let text = match text.split_once(':') {
        Some((epoch, rest)) if !epoch.is_empty() && epoch.bytes().all(|b| b.is_ascii_digit()) => rest,
        _ => text,
    };
    let major = leading_digits(text)?;
    let minor = text[major.len()..].strip_prefix('.').and_then(leading_digits);
    Some((major, minor))
}

fn leading_digits(text: &str) -> Option<&str> {
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    (1..=MAX_VERSION_DIGITS).contains(&end).then(|| &text[..end])
}

/// Cut towards zero to so many decimal places. Cutting, unlike rounding, does not depend on what is cut away.
fn decimal(text: &str, places: usize) -> Option<String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let kept = fraction.get(..places.min(fraction.len()))?;
    let out = if kept.is_empty() { whole.to_owned() } else { format!("{whole}.{kept}") };
    let is_zero = out.bytes().all(|b| matches!(b, b'-' | b'0' | b'.'));
    Some(if is_zero { "0".to_owned() } else { out })
}

#[cfg(test)]
mod tests {
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
    fn instants_places_and_makers() {
        assert_eq!(coarsen("2026-11-22T08:00:00Z", Generalisation::Day).as_deref(), Some("2026-11-22"));
        assert_eq!(coarsen("2026-11-22T08:00:00Z", Generalisation::Month).as_deref(), Some("2026-11"));
        assert_eq!(coarsen("52.5163", Generalisation::TenthDegree).as_deref(), Some("52.5"));
        assert_eq!(coarsen("-0.04", Generalisation::TenthDegree).as_deref(), Some("0"));
        assert_eq!(coarsen("-33.9", Generalisation::Degree).as_deref(), Some("-33"));
        assert_eq!(coarsen("AC-DE-48-23-45-67", Generalisation::Oui).as_deref(), Some("AC-DE-48"));
    }

    proptest! {
        #[test]
        fn coarsening_twice_is_coarsening_once(text in "\\PC{0,24}|[0-9:.]{0,12}|-?[0-9]{1,3}\\.[0-9]{0,6}") {
            for level in Generalisation::ALL {
                if let Some(once) = coarsen(&text, *level) {
                    prop_assert_eq!(coarsen(&once, *level), Some(once.clone()));
                }
            }
        }
    }
}
