//! ISO 3166-1 alpha-2 codes.

/// Every officially assigned code, sorted.
const CODES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT \
BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM \
FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO \
JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT \
MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA \
SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US \
UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

pub(super) fn is_country(code: &str) -> bool {
    CODES.split(' ').any(|known| known == code)
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
    fn the_list_is_whole_and_sorted() {
        let codes: Vec<_> = CODES.split(' ').collect();
        assert_eq!(codes.len(), 249, "ISO 3166-1 assigns 249 codes");
        assert!(codes.is_sorted());
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
