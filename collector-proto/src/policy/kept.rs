//! For how long a value lives: the one rule, under a policy of which nothing is refused and under a permit.

use super::Policy;
use crate::catalog::{FieldId, Shape};
use crate::time::Span;

/// For how long a value of the field lives under a policy of which nothing is refused. `None` where the field has no rule.
pub fn kept(policy: &Policy, field: FieldId) -> Option<Span> {
    with_its_keys(field, |field| policy.retention(field))
}

/// A field's own retention, and in a table no longer than that of any key of its section: what is kept repeats the keys of its
/// rows. Where no key is collected, rows cannot be told apart and go with the shortest-lived of their values. `None` where the field has
/// none of its own.
pub(super) fn with_its_keys(field: FieldId, of: impl Fn(FieldId) -> Option<Span>) -> Option<Span> {
    let (own, section) = (of(field)?, field.section());
    let shortest = match section.shape() {
        Shape::Single => None,
        Shape::Table => {
            let keys = section.key().iter().copied().filter_map(&of).min();
            keys.or_else(|| section.fields().filter_map(&of).min())
        }
    };
    Some(shortest.map_or(own, |shortest| shortest.min(own)))
}
