//! For how long a value lives under a policy, where nothing of it is refused.

use super::Policy;
use crate::catalog::{FieldId, Shape};
use crate::time::Span;

/// The longest retention of the field's purposes, and in a table no longer than that of any key of its section: what is kept repeats the
/// keys of its rows. Where no key is collected, rows cannot be told apart and go with the shortest-lived of their values. `None` where the
/// field has no rule.
pub(super) fn kept(policy: &Policy, field: FieldId) -> Option<Span> {
    let of = |field: FieldId| {
        let purposes = policy.rule(field)?.purposes.iter();
        purposes.filter_map(|name| Some(policy.document().purposes.get(name)?.retention)).max()
    };
    let (own, section) = (of(field)?, field.section());
    let shortest = match section.shape() {
        Shape::Single => None,
        Shape::Table => {
            let keys = section.key().iter().copied().filter_map(of).min();
            keys.or_else(|| section.fields().filter_map(of).min())
        }
    };
    Some(shortest.map_or(own, |shortest| shortest.min(own)))
}
