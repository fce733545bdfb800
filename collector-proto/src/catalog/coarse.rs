//! What values can be coarsened to, and the closed lists of words in which coarse places are written.
//!
//! xtask compiles this file as it does `terms.rs`: it uses nothing but the other words.

use super::terms::ValueKind;

super::vocabulary! {
    /// What a value is coarsened to.
    Generalisation {
        /// The maker's part of a MAC address, the first three bytes.
        Oui = "oui",
        /// The first number of a version.
        Major = "major",
        /// The first two numbers of a version.
        MajorMinor = "major_minor",
        /// The calendar day of an instant.
        Day = "day",
        /// The calendar month of an instant.
        Month = "month",
        /// A tenth of a degree of latitude or longitude, about 11 km.
        TenthDegree = "tenth_degree",
        /// A degree of latitude or longitude, about 111 km.
        Degree = "degree",
        /// A number of seconds cut to whole days.
        Days = "days",
        /// A number of seconds cut to whole weeks.
        Weeks = "weeks",
        /// The first year of a year's decade.
        Decade = "decade",
        /// The area of a time zone ([`TimeZoneArea`]).
        Area = "area",
        /// The first digit of a mobile country code, which stands for a region of the world (ITU-T E.212).
        Region = "region",
        /// The continent of a country ([`Continent`]).
        Continent = "continent",
        /// Only that there is a value, by the word [`EXISTS`].
        Existence = "existence",
    }
}

/// What every value becomes of which only the existence is sent.
pub const EXISTS: &str = "any";

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Seconds of a week.
const WEEK: i64 = 7 * DAY;

super::vocabulary! {
    /// The areas of the time zone database. Zones without one, such as `EST5EDT`, are in none of them.
    TimeZoneArea {
        /// Africa.
        Africa = "Africa",
        /// North and South America.
        America = "America",
        /// Antarctica.
        Antarctica = "Antarctica",
        /// Asia.
        Asia = "Asia",
        /// Islands of the Atlantic.
        Atlantic = "Atlantic",
        /// Australia.
        Australia = "Australia",
        /// No place: UTC and what is so many hours away from it.
        Etc = "Etc",
        /// Europe.
        Europe = "Europe",
        /// Islands of the Indian Ocean.
        Indian = "Indian",
        /// Islands of the Pacific.
        Pacific = "Pacific",
    }
}

super::vocabulary! {
    /// The continents of UN M49, with its regions 003 and 005 for America.
    Continent {
        /// Africa (M49 002).
        Africa = "Africa",
        /// Antarctica (M49 010).
        Antarctica = "Antarctica",
        /// Asia (M49 142).
        Asia = "Asia",
        /// Europe (M49 150).
        Europe = "Europe",
        /// North and Central America and the Caribbean (M49 003).
        NorthAmerica = "North America",
        /// Oceania (M49 009).
        Oceania = "Oceania",
        /// South America (M49 005).
        SouthAmerica = "South America",
    }
}

impl Generalisation {
    /// Whether the coarsening makes sense for values of the kind. Which of those a field takes is the catalogue's to say.
    pub const fn applies_to(self, kind: ValueKind) -> bool {
        match self {
            Self::Oui => matches!(kind, ValueKind::Mac),
            Self::Major
            | Self::MajorMinor
            | Self::Area
            | Self::Region
            | Self::Continent
            | Self::Existence => matches!(kind, ValueKind::Text),
            Self::Day | Self::Month => matches!(kind, ValueKind::Timestamp),
            Self::TenthDegree | Self::Degree => matches!(kind, ValueKind::Decimal),
            Self::Days | Self::Weeks | Self::Decade => matches!(kind, ValueKind::Integer),
        }
    }

    /// Whether what is left of a value follows from what `finer` leaves of it.
    pub fn tells_no_more_than(self, finer: Self) -> bool {
        self == finer
            || matches!(
                (finer, self),
                (Self::MajorMinor, Self::Major)
                    | (Self::Day, Self::Month)
                    | (Self::TenthDegree, Self::Degree)
                    | (Self::Days, Self::Weeks)
            )
    }

    /// What numbers are cut to a multiple of, for the coarsenings of numbers.
    pub const fn step(self) -> Option<i64> {
        match self {
            Self::Days => Some(DAY),
            Self::Weeks => Some(WEEK),
            Self::Decade => Some(10),
            Self::Oui
            | Self::Major
            | Self::MajorMinor
            | Self::Day
            | Self::Month
            | Self::TenthDegree
            | Self::Degree
            | Self::Area
            | Self::Region
            | Self::Continent
            | Self::Existence => None,
        }
    }

    /// What is left, in plain English: what is sent is the value "coarsened to …".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Oui => "the maker's part",
            Self::Major => "the first number of the version",
            Self::MajorMinor => "the first two numbers of the version",
            Self::Day => "the day",
            Self::Month => "the month",
            Self::TenthDegree => "a tenth of a degree, about 11 km",
            Self::Degree => "a degree, about 111 km",
            Self::Days => "whole days",
            Self::Weeks => "whole weeks",
            Self::Decade => "the decade",
            Self::Area => "the time zone's area, such as Europe",
            Self::Region => "the region of the world, the first digit of the country code",
            Self::Continent => "the continent",
            Self::Existence => "the fact that there is one",
        }
    }
}

impl TimeZoneArea {
    /// The area of a zone by its name in the time zone database. `Arctic/Longyearbyen` is the only zone of its area, which would
    /// say as much as the zone; it is another name of zones in Europe.
    pub fn of_zone(name: &str) -> Option<Self> {
        const WITHOUT_A_PLACE: &[&str] = &["UTC", "UCT", "GMT", "Greenwich", "Universal", "Zulu"];
        if WITHOUT_A_PLACE.contains(&name) {
            return Some(Self::Etc);
        }
        match name.split('/').next()? {
            "Arctic" => Some(Self::Europe),
            area => Self::parse(area),
        }
    }
}

impl Continent {
    /// The continent of an officially assigned code of ISO 3166-1 alpha-2.
    pub fn of_country(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|continent| continent.countries().any(|known| known == code))
    }

    /// The countries of the continent, sorted.
    pub fn countries(self) -> impl Iterator<Item = &'static str> {
        self.codes().split(' ')
    }

    /// UN M49, and Taiwan, which it does not list.
    const fn codes(self) -> &'static str {
        match self {
            Self::Africa => {
                "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW IO KE KM LR LS LY MA MG ML MR MU \
                 MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM ZW"
            }
            Self::Antarctica => "AQ",
            Self::Asia => {
                "AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM \
                 PH PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE"
            }
            Self::Europe => {
                "AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME \
                 MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA"
            }
            Self::NorthAmerica => {
                "AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV SX \
                 TC TT US VC VG VI"
            }
            Self::Oceania => {
                "AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS"
            }
            Self::SouthAmerica => "AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE",
        }
    }
}
