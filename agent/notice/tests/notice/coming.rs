//! What is announced is told before it holds: which version, from when, and what it changes.

use crate::fixture::{Case, document, now, rule, setting, value, words};
use candor_notice::{Facts, Notice, Rendering};
use collector_proto::digest::Digest;
use collector_proto::policy::{Announcements, Policy, PolicyDocument, PolicyRef, Treatment};
use std::sync::Arc;

fn policy(version: u64, names: &[&str]) -> PolicyDocument {
    let rules = names.iter().map(|name| rule(name, Treatment::Keep, &["security"])).collect();
    PolicyDocument { version, ..document(rules) }
}

fn reference(version: u64) -> PolicyRef {
    PolicyRef::new(version, Digest::of(&version.to_be_bytes()))
}

#[test]
fn a_coming_version_is_told_with_its_date_and_what_it_changes() {
    let mut announced = Announcements::default();
    let first = policy(1, &["os.name"]);
    for document in [first.clone(), policy(2, &["os.name", "user.name"])] {
        let version = document.version;
        announced.come(Arc::new(Policy::check(document).unwrap()), reference(version), now());
        if version == 1 {
            announced.show(reference(1), now());
        }
    }
    let case = Case::signed(&first, |field, treatment| Ok(value(field, treatment)));
    let words = words();
    let told = |announced: &Announcements| {
        let coming = announced.in_force(now()).coming();
        let notice = Notice::in_force(&Facts { coming, ..case.facts() }, &setting(&words)).unwrap();
        let text = notice.render(Rendering::Text { width: 1000 }, &words).unwrap();
        let page = notice.render(Rendering::Page, &words).unwrap();
        assert!(page.contains("Version 2 is announced") && page.contains("user.name"), "{page}");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let before = told(&announced);
    assert!(before.contains("after this notice first stood"), "{before}");
    assert!(before.contains("user.name is collected"), "{before}");
    announced.show(reference(2), now());
    let after = told(&announced);
    assert!(after.contains("Version 2 is announced. It takes effect on "), "{after}");
}
