//! In which series a policy's fields are sent: what says something about presence or place is sent as these are.

use super::Rule;
use super::kept::row_mates;
use crate::catalog::{FieldId, Series};
use std::collections::BTreeMap;

/// The series of each field that has a rule, but for those that every report holds.
///
/// A field's own, and no laxer than that of any field whose value it gives away: of one that its filters read, for it is in a row or
/// is not as that value says, and of the keys of its rows, which each part repeats. It follows from the rules alone, so that
/// whoever has the policy knows it, and it says nothing about who consented to what.
pub(super) fn series_of(rules: &BTreeMap<FieldId, Rule>) -> BTreeMap<FieldId, Series> {
    let mut series: BTreeMap<FieldId, Series> = rules.keys().map(|field| (*field, field.series())).collect();
    loop {
        let of = |field: &FieldId| series.get(field).copied();
        let strictest = |(field, rule): (&FieldId, &Rule)| {
            let mates = row_mates(*field, |mate| rules.contains_key(&mate));
            let given_away = mates.iter().chain(rule.filters.keys()).filter_map(of);
            (*field, given_away.chain(of(field)).max().unwrap_or_else(|| field.series()))
        };
        let stricter: BTreeMap<FieldId, Series> = rules.iter().map(strictest).collect();
        if stricter == series {
            series.retain(|_, series| series.is_daily());
            return series;
        }
        series = stricter;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{FieldSet, fields};
    use crate::policy::fixture::{any_document, checked, document};
    use crate::policy::{Filter, Policy};
    use proptest::prelude::*;

    fn filtered(collected: &[FieldId], field: FieldId, by: FieldId) -> Policy {
        let mut document = document(collected);
        let rule = document.rules.iter_mut().find(|rule| rule.field == field).unwrap();
        rule.filters.insert(by.into(), Filter { include: Vec::new(), exclude: vec!["x*".to_owned()] });
        checked(document)
    }

    #[test]
    fn what_is_filtered_by_presence_or_place_is_sent_as_these_are() {
        let host = [fields::HOST_NAME, fields::HOST_UPTIME, fields::X_HOST_TIMEZONE, fields::OS_NAME];
        let policy = filtered(&host, fields::HOST_NAME, fields::X_HOST_TIMEZONE);
        assert_eq!(policy.series(fields::HOST_NAME), Series::Latest);
        assert_eq!(policy.series(fields::OS_NAME), Series::Every);
        // The key of every other row is filtered, so that all of them are.
        let user = [fields::USER_NAME, fields::X_USER_LAST_LOGIN, fields::USER_EMAIL];
        assert_eq!(checked(document(&user)).series(fields::USER_EMAIL), Series::Every);
        let policy = filtered(&user, fields::USER_NAME, fields::X_USER_LAST_LOGIN);
        assert!(user.iter().all(|field| policy.series(*field) == Series::Daily));
    }

    #[test]
    fn rows_without_a_key_go_as_the_strictest_of_their_values() {
        let policy = checked(document(&[fields::X_USER_LAST_LOGIN, fields::USER_EMAIL]));
        assert_eq!(policy.series(fields::USER_EMAIL), Series::Daily);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_is_sent_more_often_than_what_it_gives_away(document in any_document()) {
            let policy = checked(document);
            for rule in policy.rules() {
                let series = policy.series(rule.field);
                prop_assert!(series >= rule.field.series());
                let keys: FieldSet = rule.field.section().key().iter().copied().collect();
                for other in keys.iter().chain(rule.filters.keys().copied()).filter(|f| policy.rule(*f).is_some()) {
                    prop_assert!(series >= policy.series(other), "{} gives {other} away", rule.field);
                }
            }
        }
    }
}
