//! For how long a value lives: the one rule, under a policy of which nothing is refused and under a permit.

use super::Policy;
use crate::catalog::{FieldId, Shape};
use crate::time::Span;

/// For how long a value of the field lives under a policy of which nothing is refused. `None` where the field has no rule.
pub fn kept(policy: &Policy, field: FieldId) -> Option<Span> {
    with_its_keys(field, |field| policy.retention(field))
}

/// A field's own retention, and in a table no longer than that of any key of its section: what is kept repeats the keys of its
/// rows. Where no key is collected, rows cannot be distinguished and go with the shortest-lived of their values. `None` where the field has
/// none of its own.
pub(super) fn with_its_keys(field: FieldId, of: impl Fn(FieldId) -> Option<Span>) -> Option<Span> {
    let own = of(field)?;
    let mates = row_mates(field, |mate| of(mate).is_some());
    Some(mates.into_iter().filter_map(&of).fold(own, Span::min))
}

/// The fields of its section that a field's values do not go without: in a table the keys that are there, which tell its rows apart;
/// where none is, all of them, for nothing else distinguishes its rows then.
pub(super) fn row_mates(field: FieldId, is_there: impl Fn(FieldId) -> bool) -> Vec<FieldId> {
    let section = field.section();
    let there = |fields: &mut dyn Iterator<Item = FieldId>| fields.filter(|f| is_there(*f)).collect();
    match section.shape() {
        Shape::Single => Vec::new(),
        Shape::Table => {
            let keys: Vec<FieldId> = there(&mut section.key().iter().copied());
            if keys.is_empty() { there(&mut section.fields()) } else { keys }
        }
    }
}
