//! Which of two treatments or filters tells less.

use crate::policy::{Filter, Generalisation, KeyScope, Treatment};

/// Whether a value treated as `new` cannot tell more than the same value treated as `old`.
pub(in crate::policy) fn reveals_no_more(new: Treatment, old: Treatment) -> bool {
    match (old, new) {
        // From a value as read all others follow; a device's own key links no devices with each other; and whatever is left of a
        // value shows that there is one.
        (Treatment::Keep, _)
        | (Treatment::Hmac(KeyScope::Tenant), Treatment::Hmac(_))
        | (
            Treatment::TruncateText { .. } | Treatment::Hmac(_),
            Treatment::Generalise(Generalisation::Existence),
        ) => true,
        (Treatment::TruncateIp { v4, v6 }, Treatment::TruncateIp { v4: v4_new, v6: v6_new }) => {
            v4_new <= v4 && v6_new <= v6
        }
        (Treatment::TruncateText { chars }, Treatment::TruncateText { chars: chars_new }) => {
            chars_new <= chars
        }
        (Treatment::Generalise(old), Treatment::Generalise(new)) => new.tells_no_more_than(old),
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
