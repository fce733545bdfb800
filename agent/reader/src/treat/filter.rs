//! Filters: patterns over raw values that decide which rows a field is left out of.

use crate::probe::{Raw, RawRow};
use collector_proto::catalog::{FieldId, FieldSet, Section};
use collector_proto::messages::Absence;
use collector_proto::policy::{Filter, Grant, Permit, Standing};
use std::collections::BTreeMap;

/// The fields of a section whose filters cannot be judged because the field they look at could not be read. Left out
/// everywhere: an exclusion that cannot be checked must not let everything through.
pub(super) fn blind_fields<S: Standing>(
    section: Section,
    permit: &Permit<S>,
    absent: &BTreeMap<FieldId, Absence>,
) -> FieldSet {
    let is_blind = |grant: &Grant| {
        grant.filters.keys().any(|field| absent.get(field).is_some_and(|why| *why != Absence::Unavailable))
    };
    permit
        .grants()
        .filter(|(field, grant)| field.section() == section && is_blind(grant))
        .map(|(f, _)| f)
        .collect()
}

/// The granted fields that may stand in the row.
pub(super) fn passing_fields<S: Standing>(row: &RawRow, permit: &Permit<S>) -> FieldSet {
    permit
        .grants()
        .filter(|(_, grant)| grant.filters.iter().all(|(field, filter)| passes(row, *field, filter)))
        .map(|(field, _)| field)
        .collect()
}

/// A row without a value matches no pattern: an exclusion lets it pass, an inclusion does not.
fn passes(row: &RawRow, field: FieldId, filter: &Filter) -> bool {
    let texts = row.value(field).map(Raw::texts).unwrap_or_default();
    let any = |patterns: &[String]| patterns.iter().any(|p| texts.iter().any(|text| matches(p, text)));
    (filter.include.is_empty() || any(&filter.include)) && !any(&filter.exclude)
}

/// `*` stands for any run of characters, `?` for one; case counts. Linear in the text for each `*`.
fn matches(pattern: &str, text: &str) -> bool {
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
