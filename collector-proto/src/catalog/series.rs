//! How often values are sent, and whether they become a history.

use super::{FieldId, Shows};

super::vocabulary! {
    /// How often values are sent, and whether they become a history. A later one allows less.
    Series {
        /// With each report.
        Every = "every",
        /// At most once a day.
        Daily = "daily",
        /// At most once a day, and a newer value takes the place of every earlier one, on the device and at the collector: where
        /// a device is, is never a history of where it was.
        Latest = "latest",
    }
}

impl Series {
    /// Whether its values are sent at most once a day.
    pub fn is_daily(self) -> bool {
        self > Self::Every
    }
}

impl FieldId {
    /// The series of the field's values by what they show. What a policy says of other fields may put it into a stricter one
    /// ([`Policy::series`](crate::policy::Policy::series)).
    pub fn series(self) -> Series {
        match self.field().shows {
            None => Series::Every,
            Some(Shows::Presence) => Series::Daily,
            Some(Shows::Place) => Series::Latest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::fields;

    #[test]
    fn what_shows_a_place_is_never_a_history_and_what_shows_presence_is_daily() {
        for (field, series) in [
            (fields::OS_NAME, Series::Every),
            (fields::HOST_UPTIME, Series::Daily),
            (fields::X_USER_LAST_LOGIN, Series::Daily),
            (fields::X_HOST_TIMEZONE, Series::Latest),
            (fields::GEO_LOCATION_LAT, Series::Latest),
        ] {
            assert_eq!(field.series(), series, "{field}");
        }
        assert!(Series::Every < Series::Daily && Series::Daily < Series::Latest);
    }
}
