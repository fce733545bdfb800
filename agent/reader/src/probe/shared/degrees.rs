//! Angles of a position.

use crate::probe::reading::Raw;
use collector_proto::messages::Absence;

/// Decimal places: 11 m, which survives the cut to 0.1 degree without a rounding of its own showing.
const PLACES: usize = 4;

/// An angle of at most `bound` degrees to either side. Infinite numbers and what is not a number fail the comparison.
pub fn decimal(degrees: f64, bound: f64) -> Result<Raw, Absence> {
    let is_angle = degrees.abs() <= bound;
    if is_angle { Ok(Raw::Decimal(format!("{degrees:.PLACES$}"))) } else { Err(Absence::Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_have_four_places_and_a_bound() {
        let text = |degrees, bound| match decimal(degrees, bound) {
            Ok(Raw::Decimal(text)) => Some(text),
            _ => None,
        };
        assert_eq!(text(52.516_312_9, 90.0).as_deref(), Some("52.5163"));
        assert_eq!(text(-180.0, 180.0).as_deref(), Some("-180.0000"));
        for degrees in [90.1, -90.1, f64::NAN, f64::INFINITY, f64::MIN] {
            assert_eq!(text(degrees, 90.0), None);
        }
    }
}
