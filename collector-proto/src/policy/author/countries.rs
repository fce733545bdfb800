//! ISO 3166-1 alpha-2 codes.

use crate::catalog::Continent;

pub(super) fn is_country(code: &str) -> bool {
    Continent::of_country(code).is_some()
}

/// What was probably meant: the same letters in upper case, or the code behind a common mistake.
pub(super) fn nearest_country(code: &str) -> Option<String> {
    let upper = code.to_uppercase();
    let meant = match upper.as_str() {
        "UK" => "GB",
        "EL" => "GR",
        "USA" => "US",
        "DEU" | "GER" => "DE",
        other => other,
    };
    is_country(meant).then(|| meant.to_owned())
}

/// Whether the text is a country or one of its parts, such as `US-CA` (ISO 3166-2).
pub(super) fn is_jurisdiction(code: &str) -> bool {
    match code.split_once('-') {
        None => is_country(code),
        Some((country, part)) => {
            is_country(country)
                && (1..=3).contains(&part.len())
                && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_economic_area_is_of_countries() {
        let eea = crate::policy::document_terms::EEA;
        assert_eq!(eea.len(), 30);
        assert!(eea.is_sorted() && eea.iter().all(|code| is_country(code)));
    }

    #[test]
    fn mistakes_are_understood() {
        assert_eq!(nearest_country("de").as_deref(), Some("DE"));
        assert_eq!(nearest_country("UK").as_deref(), Some("GB"));
        assert_eq!(nearest_country("XX"), None);
        assert!(is_jurisdiction("US-CA") && is_jurisdiction("DE") && !is_jurisdiction("US-cal"));
    }
}
