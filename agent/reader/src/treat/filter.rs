//! Filters: patterns over raw values that decide which rows a field is left out of.

use super::reading::{Raw, RawRow};
use collector_proto::catalog::{FieldId, FieldSet, Section};
use collector_proto::messages::Absence;
use collector_proto::policy::{Filter, Permit, Standing};
use std::collections::BTreeMap;

/// The filters over one section's rows.
pub(super) struct Filters<'a> {
    filtered: Vec<(FieldId, &'a BTreeMap<FieldId, Filter>)>,
    blind: FieldSet,
}

impl<'a> Filters<'a> {
    /// The filters that the permit sets. One whose field could not be read is blind.
    pub(super) fn of<S: Standing>(
        section: Section,
        permit: &'a Permit<S>,
        absent: &BTreeMap<FieldId, Absence>,
    ) -> Self {
        let filtered: Vec<_> = permit
            .grants()
            .filter(|(field, grant)| field.section() == section && !grant.filters.is_empty())
            .map(|(field, grant)| (field, &grant.filters))
            .collect();
        let is_unread = |field: &FieldId| absent.get(field).is_some_and(|why| *why != Absence::Unavailable);
        let is_blind = |(_, filters): &&(FieldId, &BTreeMap<FieldId, Filter>)| filters.keys().any(is_unread);
        let blind = filtered.iter().filter(is_blind).map(|(field, _)| *field).collect();
        Self { filtered, blind }
    }

    /// The fields with a blind filter, which are left out everywhere: an exclusion that cannot be checked must not let
    /// everything through.
    pub(super) const fn blind(&self) -> &FieldSet {
        &self.blind
    }

    /// The fields that are left out of the row.
    pub(super) fn left_out(&self, row: &RawRow) -> FieldSet {
        let mut left_out = self.blind;
        for (field, filters) in &self.filtered {
            if !filters.iter().all(|(by, filter)| passes(row, *by, filter)) {
                left_out.insert(*field);
            }
        }
        left_out
    }
}

/// A row without a value does not pass: nobody can tell whether it is one of those that an exclusion is about.
fn passes(row: &RawRow, field: FieldId, filter: &Filter) -> bool {
    let texts = row.value(field).map(Raw::texts).unwrap_or_default();
    if texts.is_empty() {
        return false;
    }
    let any = |patterns: &[String]| patterns.iter().any(|p| texts.iter().any(|text| matches(p, text)));
    (filter.include.is_empty() || any(&filter.include)) && !any(&filter.exclude)
}

/// `*` stands for any run of characters, `?` for one; case counts. Linear in the text for each `*`.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where the last `*` stands and how much of the text it has swallowed.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, swallowed)) => {
                    star = Some((at, swallowed + 1));
                    p = at + 1;
                    t = swallowed + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_as_shells_do() {
        for (pattern, text, expected) in [
            ("root", "root", true),
            ("root", "Root", false),
            ("root", "rooty", false),
            ("*", "", true),
            ("*svc*", "my-svc-1", true),
            ("*svc*", "svc", true),
            ("*svc*", "sv", false),
            ("lib*-dev", "libssl-dev", true),
            ("lib*-dev", "libssl-dev-x", false),
            ("a*b*c", "aXbXbc", true),
            ("?", "é", true),
            ("?", "", false),
            ("", "", true),
            ("", "a", false),
            ("**?", "ab", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
        // Exponential matchers do not come back from this one.
        assert!(!matches(&"*a".repeat(40), &"a".repeat(39)));
    }
}
