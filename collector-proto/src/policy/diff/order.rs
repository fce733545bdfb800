//! Which of two treatments or filters tells less.

use crate::policy::{Filter, Generalisation, KeyScope, Treatment};

/// Whether a value treated as `new` cannot tell more than the same value treated as `old`.
pub(in crate::policy) fn reveals_no_more(new: Treatment, old: Treatment) -> bool {
    use Generalisation as G;
    match (old, new) {
        // From a value as read all others follow; and a device's own key links no devices with each other.
        (Treatment::Keep, _) | (Treatment::Hmac(KeyScope::Tenant), Treatment::Hmac(_)) => true,
        (Treatment::TruncateIp { v4, v6 }, Treatment::TruncateIp { v4: v4_new, v6: v6_new }) => {
            v4_new <= v4 && v6_new <= v6
        }
        (Treatment::TruncateText { chars }, Treatment::TruncateText { chars: chars_new }) => {
            chars_new <= chars
        }
        (Treatment::Generalise(old), Treatment::Generalise(new)) => {
            old == new
                || matches!(
                    (old, new),
                    (G::MajorMinor, G::Major) | (G::Day, G::Month) | (G::TenthDegree, G::Degree)
                )
        }
        (old, new) => old == new,
    }
}

/// Whether every row that passes `new` also passes `old`. No filter passes every row.
pub(in crate::policy) fn passes_no_more(new: Option<&Filter>, old: Option<&Filter>) -> bool {
    let (Some(new), Some(old)) = (new, old) else { return old.is_none() };
    let within = |few: &[String], many: &[String]| few.iter().all(|pattern| many.contains(pattern));
    let includes = old.include.is_empty() || (!new.include.is_empty() && within(&new.include, &old.include));
    includes && within(&old.exclude, &new.exclude)
}
