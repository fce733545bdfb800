//! Which rights a notice offers depends on the legal bases and on nothing else.

use super::fixture::{Case, PURPOSES, document, rule, value};
use crate::notice::Right;
use collector_proto::catalog::LegalBasis;
use collector_proto::policy::{Consent, Necessity, Treatment};
use std::collections::BTreeSet;

const ALWAYS: [Right; 4] = [Right::Access, Right::Rectification, Right::Erasure, Right::Restriction];

/// The rights beyond those that always exist, when a policy rests on these bases.
fn further_rights(bases: &[LegalBasis]) -> BTreeSet<Right> {
    let names: Vec<&str> = bases
        .iter()
        .map(|basis| PURPOSES.iter().find(|(.., of)| of == basis).map(|(name, ..)| *name).unwrap())
        .collect();
    let mut rule = rule("os.name", Treatment::Keep, &names);
    rule.necessity = Necessity::Optional;
    let case = Case::draft(document(vec![rule]), &Consent::to(["extras".to_owned()]), |f, treatment| {
        Ok(value(f, treatment))
    });
    let offered: BTreeSet<Right> = case.notice().unwrap().rights().collect();
    for right in ALWAYS {
        assert!(offered.contains(&right), "{right:?} is not offered under {bases:?}");
    }
    offered.into_iter().filter(|right| !ALWAYS.contains(right)).collect()
}

#[test]
fn each_basis_gives_its_rights_and_no_others() {
    for (basis, rights) in [
        (LegalBasis::Consent, vec![Right::Portability, Right::Withdrawal]),
        (LegalBasis::Contract, vec![Right::Portability]),
        (LegalBasis::LegalObligation, vec![]),
        (LegalBasis::VitalInterest, vec![]),
        (LegalBasis::PublicTask, vec![Right::Objection]),
        (LegalBasis::LegitimateInterest, vec![Right::Objection]),
    ] {
        assert_eq!(further_rights(&[basis]), rights.into_iter().collect(), "{basis}");
    }
}

#[test]
fn bases_together_give_the_rights_of_each() {
    let all = further_rights(LegalBasis::ALL);
    assert_eq!(all, BTreeSet::from([Right::Portability, Right::Objection, Right::Withdrawal]));
}

#[test]
fn a_right_that_exists_for_some_purposes_says_for_which() {
    let mut extra = rule("os.version", Treatment::Keep, &["extras"]);
    extra.necessity = Necessity::Optional;
    let rules = vec![rule("os.name", Treatment::Keep, &["security"]), extra];
    let case = Case::draft(document(rules), &Consent::default(), |f, treatment| Ok(value(f, treatment)));
    let notice = case.notice().unwrap();
    let only_for = |right| notice.rights.iter().find(|r| r.right == right).unwrap().only_for.clone();
    assert_eq!(only_for(Right::Objection).as_deref(), Some("For: Security"));
    assert_eq!(only_for(Right::Withdrawal).as_deref(), Some("For: Statistics"));
    assert_eq!(only_for(Right::Access), None);
}
