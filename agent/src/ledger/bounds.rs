//! How much the ledger keeps, and what goes first. Pure.

use super::notes::{Bound, Fate};
use collector_proto::limits::MAX_UNSENT_SECONDS;

/// How long an answered report is kept where no policy says, in seconds: 400 days, so that a yearly review finds the whole year.
pub(crate) const ANSWERED_MAX_AGE: i64 = 400 * 24 * 3600;

/// How long an unsent report is kept, in seconds.
pub(crate) const UNSENT_MAX_AGE: i64 = MAX_UNSENT_SECONDS.cast_signed();

/// What the plan needs to know of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// Number of the entry.
    pub(crate) number: u64,
    /// Size of its files.
    pub(crate) bytes: u64,
    /// Age in seconds; `None` where nobody looked because a younger entry than it is within bounds.
    pub(crate) age: Option<i64>,
    /// What happened to it.
    pub(crate) fate: Fate,
}

/// The entries to drop so that one of `incoming` bytes fits, in the order of dropping: what is too old; then, while
/// there are too many bytes, answered reports from the oldest on, then unsent ones from the oldest on. `entries` is
/// in the order of the numbers.
pub(crate) fn plan(
    entries: &[Candidate],
    incoming: u64,
    max_bytes: u64,
    answered_max_age: i64,
) -> Vec<(u64, Bound)> {
    let is_too_old = |entry: &Candidate| is_too_old(entry, answered_max_age);
    let mut plan: Vec<(u64, Bound)> =
        entries.iter().filter(|e| is_too_old(e)).map(|entry| (entry.number, Bound::Age)).collect();
    let mut bytes = entries.iter().filter(|e| !is_too_old(e)).map(|e| e.bytes).sum::<u64>() + incoming;
    for unsent in [false, true] {
        for entry in entries.iter().filter(|e| !is_too_old(e) && (e.fate == Fate::Unsent) == unsent) {
            if bytes <= max_bytes {
                return plan;
            }
            bytes -= entry.bytes;
            plan.push((entry.number, Bound::Bytes));
        }
    }
    plan
}

fn is_too_old(entry: &Candidate, answered_max_age: i64) -> bool {
    let limit = match entry.fate {
        Fate::Unsent => UNSENT_MAX_AGE,
        Fate::Receipted | Fate::Refused => answered_max_age,
    };
    entry.age.is_some_and(|age| age > limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u64, age: i64, fate: Fate) -> Candidate {
        Candidate { number, bytes: 10, age: Some(age), fate }
    }

    #[test]
    fn answered_reports_go_before_unsent_ones() {
        let entries = [
            entry(1, 0, Fate::Unsent),
            entry(2, 0, Fate::Receipted),
            entry(3, 0, Fate::Refused),
            entry(4, 0, Fate::Unsent),
        ];
        assert_eq!(plan(&entries, 0, 40, ANSWERED_MAX_AGE), []);
        assert_eq!(plan(&entries, 1, 40, ANSWERED_MAX_AGE), [(2, Bound::Bytes)]);
        assert_eq!(
            plan(&entries, 10, 20, ANSWERED_MAX_AGE),
            [(2, Bound::Bytes), (3, Bound::Bytes), (1, Bound::Bytes)]
        );
    }

    #[test]
    fn age_counts_by_fate() {
        let old = UNSENT_MAX_AGE + 1;
        let entries = [
            entry(1, ANSWERED_MAX_AGE + 1, Fate::Receipted),
            entry(2, old, Fate::Receipted),
            entry(3, old, Fate::Unsent),
        ];
        assert_eq!(plan(&entries, 0, 1000, ANSWERED_MAX_AGE), [(1, Bound::Age), (3, Bound::Age)]);
    }
}
