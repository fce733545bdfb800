//! A set of fields as a bit set: the algebra of permits is intersection and difference of these.

use super::FieldId;
use std::fmt;

/// Words of 64 fields each; a test fails when the catalogue outgrows them.
const WORDS: usize = 4;

/// A set of catalogue fields.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct FieldSet([u64; WORDS]);

impl FieldSet {
    /// Most fields a set can hold, and so most fields the catalogue may declare.
    pub const CAPACITY: usize = WORDS * 64;

    /// The empty set.
    pub const EMPTY: Self = Self([0; WORDS]);

    /// Every field of the catalogue.
    pub fn all() -> Self {
        FieldId::all().collect()
    }

    /// Adds a field; returns whether it was absent.
    pub fn insert(&mut self, field: FieldId) -> bool {
        let absent = !self.contains(field);
        self.0[field.index() / 64] |= 1 << (field.index() % 64);
        absent
    }

    /// Takes a field out.
    pub fn remove(&mut self, field: FieldId) {
        self.0[field.index() / 64] &= !(1 << (field.index() % 64));
    }

    /// Whether the field is in the set.
    pub fn contains(&self, field: FieldId) -> bool {
        self.0[field.index() / 64] & (1 << (field.index() % 64)) != 0
    }

    /// Fields in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & other.0[word]))
    }

    /// Fields of this set that the other lacks.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & !other.0[word]))
    }

    /// Whether every field of this set is in the other.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.difference(other).is_empty()
    }

    /// Whether the set has no field.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Number of fields.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The fields in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = FieldId> + '_ {
        FieldId::all().filter(|field| self.contains(*field))
    }
}

impl FromIterator<FieldId> for FieldSet {
    fn from_iter<I: IntoIterator<Item = FieldId>>(fields: I) -> Self {
        let mut set = Self::EMPTY;
        for field in fields {
            set.insert(field);
        }
        set
    }
}

impl fmt::Debug for FieldSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_the_whole_catalogue() {
        assert!(super::super::generated::FIELDS.len() <= FieldSet::CAPACITY);
        assert_eq!(FieldSet::all().len(), super::super::generated::FIELDS.len());
    }

    #[test]
    fn difference_and_intersection_partition_a_set() {
        let all = FieldSet::all();
        let odd: FieldSet = FieldId::all().filter(|f| f.index() % 2 == 1).collect();
        assert!(odd.is_subset(&all));
        assert_eq!(all.intersection(&odd), odd);
        assert_eq!(all.difference(&odd).len() + odd.len(), all.len());
        assert!(all.difference(&odd).intersection(&odd).is_empty());
    }
}
