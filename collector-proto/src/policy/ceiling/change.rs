//! What becomes of a device's room when its ceiling is set again, in one word: it is told to everybody, and says nothing of whom the
//! ceiling names.

use super::{Ceiling, CeilingTerms};
use crate::catalog::FieldSet;

crate::catalog::vocabulary! {
    /// What was done to the ceiling.
    CeilingChange {
        /// One was set where there was none, or none that could be understood.
        Set = "set",
        /// It leaves less room than the one before.
        Narrowed = "narrowed",
        /// It leaves more room than the one before.
        Widened = "widened",
        /// It is another one, and leaves neither only less room nor only more.
        Changed = "changed",
        /// There is none any more: the policy alone decides.
        Lifted = "lifted",
    }
}

impl Ceiling {
    /// What is done to a ceiling by setting this one in its place; `None` where it says the same.
    pub fn change_from(&self, before: &Self) -> Option<CeilingChange> {
        Some(match (before, self) {
            (Self::Unset, Self::Unset) => return None,
            (Self::Unset, Self::Set(_)) => CeilingChange::Set,
            (Self::Set(_), Self::Unset) => CeilingChange::Lifted,
            (Self::Set(before), Self::Set(after)) if before == after => return None,
            (Self::Set(before), Self::Set(after)) => {
                match (after.leaves_no_more(before), before.leaves_no_more(after)) {
                    (true, false) => CeilingChange::Narrowed,
                    (false, true) => CeilingChange::Widened,
                    _ => CeilingChange::Changed,
                }
            }
        })
    }
}

impl CeilingTerms {
    /// Whether it lets nothing through at any time that the other does not.
    fn leaves_no_more(&self, other: &Self) -> bool {
        let is_quiet_then = match (&self.quiet_hours, &other.quiet_hours) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(hours), Some(others)) => hours.cover(others),
        };
        is_quiet_then && Ceiling::Set(self.clone()).is_within(&Ceiling::Set(other.clone()), &FieldSet::all())
    }
}
