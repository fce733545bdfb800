//! `generalise`: a coarser value in place of the value.

use super::Made;
use super::reading::Raw;
use collector_proto::catalog::{Continent, EXISTS, TimeZoneArea};
use collector_proto::policy::Generalisation;

/// Longest number of a version, in digits; longer ones are dates, hashes or serial numbers.
const MAX_VERSION_DIGITS: usize = 20;

/// The coarse form of a number or of every text. A text that has none is left out; `None` when none is left.
pub(super) fn generalise(raw: &Raw, level: Generalisation) -> Option<Made> {
    if let Raw::Integer(number) = raw {
        return Some(Made::Integer(number.div_euclid(level.step()?).checked_mul(level.step()?)?));
    }
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
        Generalisation::Area => TimeZoneArea::of_zone(text).map(|area| area.name().to_owned()),
        Generalisation::Region => text.get(..1).filter(|first| is_digits(first)).map(str::to_owned),
        Generalisation::Continent => continent(text).map(|continent| continent.name().to_owned()),
        Generalisation::Existence => Some(EXISTS.to_owned()),
        // They are coarsenings of numbers.
        Generalisation::Days | Generalisation::Weeks | Generalisation::Decade => None,
    }
}

/// The continent of a country's code, or the one that the text names.
fn continent(text: &str) -> Option<Continent> {
    Continent::of_country(text).or_else(|| Continent::parse(text))
}

/// The first number of a version and the second where a dot joins them. An epoch (`1:2.3`) is not part of it.
fn version(text: &str) -> Option<(&str, Option<&str>)> {
    let text = match text.split_once(':') {
        Some((epoch, rest)) if !epoch.is_empty() && is_digits(epoch) => rest,
        _ => text,
    };
    let major = leading_digits(text)?;
    let minor = text[major.len()..].strip_prefix('.').and_then(leading_digits);
    Some((major, minor))
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
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
mod tests;
