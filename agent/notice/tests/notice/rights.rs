//! Which rights a notice offers depends on the legal bases and on nothing else.

use crate::fixture::{Case, PURPOSES, document, rule, setting, value, words};
use candor_notice::locale::Term;
use candor_notice::{Notice, Rendering};
use collector_proto::catalog::{LegalBasis, Right, Wording};
use collector_proto::disclosure::RefusalMessage;
use collector_proto::policy::{Consent, Necessity, Rule, Treatment};
use std::collections::BTreeSet;

const ALWAYS: [Right; 4] = [Right::Access, Right::Rectification, Right::Erasure, Right::Restriction];

/// The rights beyond those that always exist, when a policy rests on these bases.
fn further_rights(bases: &[LegalBasis]) -> BTreeSet<Right> {
    let fields = ["os.name", "os.version", "os.type", "os.build_id", "host.arch", "host.name"];
    let rules = bases.iter().zip(fields).map(|(basis, field)| {
        let purpose = PURPOSES.iter().find(|(.., of)| of == basis).map(|(name, ..)| *name).unwrap();
        Rule { necessity: Necessity::Optional, ..rule(field, Treatment::Keep, &[purpose]) }
    });
    let case = Case::draft(document(rules.collect()), &Consent::to(["extras".to_owned()]), |f, treatment| {
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
    let json: serde_json::Value =
        serde_json::from_str(&notice.render(Rendering::Json, &words()).unwrap()).unwrap();
    let only_for = |right: Right| {
        let rights = json["rights"].as_array().unwrap();
        rights.iter().find(|entry| entry["right"] == right.name()).unwrap()["only_for"].as_str()
    };
    assert_eq!(only_for(Right::Objection), Some("For: Security"));
    assert_eq!(only_for(Right::Withdrawal), Some("For: Statistics"));
    assert_eq!(only_for(Right::Access), None);
}

#[test]
fn rights_over_what_was_collected_outlive_the_policy() {
    let refusal = RefusalMessage {
        code: "policy_expired".into(),
        message: "the policy expired".into(),
        not_before: None,
    };
    let controller = document(Vec::new()).controller;
    let notice = Notice::nothing(&refusal, Some(&controller), &setting(&words())).unwrap();
    assert_eq!(notice.rights().collect::<BTreeSet<_>>(), ALWAYS.into_iter().collect());
    for rendering in [Rendering::Text { width: 80 }, Rendering::Page] {
        let shown = notice.render(rendering, &words()).unwrap();
        for said in [
            "Art. 15 GDPR",
            "Art. 16 GDPR",
            "Art. 17 GDPR",
            "Art. 18 GDPR",
            "privacy@example.com",
            "Complain",
        ] {
            assert!(shown.contains(said), "{said} is not in: {shown}");
        }
    }
    // Where nobody is known, there is nobody to turn to.
    assert_eq!(Notice::nothing(&refusal, None, &setting(&words())).unwrap().rights().count(), 0);
}

#[test]
fn the_words_promise_nothing_that_the_program_does_not_do() {
    let words = words();
    let described = |group, name| Term::of(group, name, &words).unwrap().description;
    assert!(!described(Wording::Basis, "consent").contains("You agreed"));
    assert!(!described(Wording::Necessity, "optional").contains("switch it off"));
    let mut optional = rule("os.name", Treatment::Keep, &["security"]);
    optional.necessity = Necessity::Optional;
    let case = Case::draft(document(vec![optional]), &Consent::default(), |f, t| Ok(value(f, t)));
    let text = case.notice().unwrap().render(Rendering::Text { width: 100 }, &words).unwrap();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for promise in
        ["without giving a reason", "You can refuse", "before it takes effect", "takes effect at once"]
    {
        assert!(!text.contains(promise), "{promise}");
    }
    for fact in ["announced on 2026-11-01", "in effect from 2026-11-08", "is 7 days", "as optional. Ask"] {
        assert!(text.contains(fact), "{fact} is not in: {text}");
    }
}
