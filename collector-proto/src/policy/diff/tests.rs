//! Diffs against permits: what a diff does not call wider must not permit more.

use super::*;
use crate::catalog::{FieldSet, LegalBasis, Platform, RecipientRole, SandboxLevel, fields};
use crate::policy::fixture::{any_consent, any_document, checked, document, purpose};
use crate::policy::{
    Ceiling, Consent, Draft, Filter, Generalisation, KeyScope, Necessity, Permit, PolicyDocument, Purpose,
    Treatment,
};
use crate::time::Span;
use proptest::prelude::*;

type Effects = Vec<(Effect, String)>;

fn effects(old: &PolicyDocument, new: &PolicyDocument) -> Effects {
    let changes = diff(&checked(old.clone()), &checked(new.clone()));
    changes.into_iter().map(|change| (change.effect, change.place)).collect()
}

/// The effect of one edit and of its reversal.
fn both_ways(edit: impl FnOnce(&mut PolicyDocument)) -> (Effects, Effects) {
    let old = document(&[fields::HOST_IP, fields::OS_VERSION, fields::PACKAGE_NAME, fields::PACKAGE_VERSION]);
    let mut new = old.clone();
    edit(&mut new);
    (effects(&old, &new), effects(&new, &old))
}

fn expect(edit: impl FnOnce(&mut PolicyDocument), place: &str, there: Effect, back: Effect) {
    let (forth, reverse) = both_ways(edit);
    assert_eq!(forth, [(there, place.to_owned())]);
    assert_eq!(reverse, [(back, place.to_owned())]);
}

fn treat(document: &mut PolicyDocument, at: usize, treatment: Treatment) {
    document.rules[at].treat = treatment.into();
}

#[test]
fn each_kind_of_change_has_its_effect() {
    use Effect::{Narrower, Neutral, Wider};
    expect(|d| d.rules.truncate(3), "rules[package.version]", Narrower, Wider);
    expect(
        |d| treat(d, 0, Treatment::TruncateIp { v4: 24, v6: 48 }),
        "rules[host.ip].treat",
        Narrower,
        Wider,
    );
    expect(
        |d| treat(d, 1, Treatment::Generalise(Generalisation::Major)),
        "rules[os.version].treat",
        Narrower,
        Wider,
    );
    expect(
        |d| d.rules[0].necessity = Necessity::Required.into(),
        "rules[host.ip].necessity",
        Wider,
        Narrower,
    );
    expect(
        |d| {
            let filter = Filter { include: vec!["a*".to_owned()], exclude: Vec::new() };
            d.rules[3].filters.insert(fields::PACKAGE_NAME.into(), filter);
        },
        "rules[package.version].where[package.name]",
        Narrower,
        Wider,
    );
    expect(|d| d.report_every = Span::parse("5m").unwrap(), "report_every", Wider, Narrower);
    expect(|d| d.records = Span::parse("401d").unwrap(), "records", Wider, Narrower);
    expect(|d| d.max_stale = Span::parse("1d").unwrap(), "max_stale", Narrower, Wider);
    expect(|d| d.notice_period = Span::parse("1d").unwrap(), "notice_period", Wider, Narrower);
    expect(|d| d.require_acknowledgement = true, "require_acknowledgement", Narrower, Wider);
    expect(|d| d.require_sandbox = SandboxLevel::Full, "require_sandbox", Narrower, Wider);
    expect(|d| d.version = 8, "version", Neutral, Neutral);
    expect(|d| d.controller.name = "Other".to_owned(), "controller.name", Wider, Wider);
    expect(|d| d.controller.country = "FR".to_owned(), "controller.country", Wider, Wider);
    expect(|d| d.recipients[0].stored_in = "FR".to_owned(), "recipients[it].stored_in", Wider, Wider);
    expect(|d| d.recipients[0].role = RecipientRole::ThirdParty, "recipients[it].role", Wider, Wider);
    expect(|d| d.jurisdictions.push("US-CA".to_owned()), "jurisdictions", Neutral, Wider);
    let of_purpose =
        |edit: fn(&mut Purpose)| move |d: &mut PolicyDocument| edit(d.purposes.get_mut("security").unwrap());
    let retention = |p: &mut Purpose| p.retention = Span::parse("91d").unwrap();
    expect(of_purpose(retention), "purposes.security.retention", Wider, Narrower);
    let consent = |p: &mut Purpose| p.legal_basis = LegalBasis::Consent;
    expect(of_purpose(consent), "purposes.security.legal_basis", Narrower, Wider);
    let term = |p: &mut Purpose| p.dpv = "LegalCompliance".to_owned();
    expect(of_purpose(term), "purposes.security.dpv", Wider, Wider);
    let words = |p: &mut Purpose| _ = p.text.insert("en".to_owned(), "Other.".to_owned());
    expect(of_purpose(words), "purposes.security.text.en", Wider, Wider);
    let german = |p: &mut Purpose| _ = p.text.insert("de".to_owned(), "Anderes.".to_owned());
    expect(of_purpose(german), "purposes.security.text.de", Neutral, Neutral);
    let add_purpose = |d: &mut PolicyDocument| d.purposes.extend([purpose("support", LegalBasis::Contract)]);
    expect(add_purpose, "purposes.support", Wider, Narrower);
    let transfer = |d: &mut PolicyDocument| {
        let review = d.expires;
        d.transfers.push(crate::policy::Transfer {
            country: "US".to_owned(),
            mechanism: "scc".to_owned(),
            review,
        });
    };
    expect(transfer, "transfers[US]", Wider, Narrower);
}

/// What somebody reads of one edit.
fn words(edit: impl FnOnce(&mut PolicyDocument)) -> String {
    let fields = [fields::HOST_IP, fields::OS_VERSION, fields::PACKAGE_NAME, fields::PACKAGE_VERSION];
    let old = document(&fields);
    let mut new = old.clone();
    edit(&mut new);
    InWords(&diff(&checked(old), &checked(new))).to_string()
}

#[test]
fn changes_are_said_in_plain_words() {
    let span = |text| Span::parse(text).unwrap();
    assert_eq!(words(|_| ()), "");
    let all = words(|d| {
        d.rules.remove(3);
        treat(d, 0, Treatment::TruncateIp { v4: 24, v6: 48 });
        let security = d.purposes.get_mut("security").unwrap();
        security.retention = span("1d");
        d.purposes.extend([purpose("support", LegalBasis::Contract)]);
        d.rules[1].purposes.insert("support".to_owned());
        d.report_every = span("1h");
        d.version = 8;
    });
    let expected = "\
Wider:
  os.version is also collected for `support`
  there is another purpose, `support` (EnforceSecurity, Art. 6(1)(b) GDPR): what is collected for it is kept for 90 days and received by Example IT department (DE)
  the time between two reports is 1 hour instead of 6 hours
Narrower:
  host.ip is sent cut to the network (24 bits of IPv4, 48 of IPv6) instead of as read
  package.version is no longer collected
  what is collected for `security` is kept for 1 day instead of 90 days
Neither wider nor narrower:
  it is version 8 instead of 7";
    assert_eq!(all, expected);
}

#[test]
fn treatments_that_cannot_be_compared_are_said_to_be_so() {
    let mut old = document(&[fields::HOST_IP]);
    treat(&mut old, 0, Treatment::Hmac(KeyScope::Device));
    let mut new = old.clone();
    treat(&mut new, 0, Treatment::TruncateIp { v4: 8, v6: 16 });
    let changes = diff(&checked(old), &checked(new));
    assert_eq!(
        changes[0].to_string(),
        "wider: host.ip is sent cut to the network (8 bits of IPv4, 16 of IPv6) instead of as a keyed hash that is \
         comparable on one device only; neither tells less than the other"
    );
}

#[test]
fn filters_are_said_by_the_rows_that_they_leave() {
    let filter = |include: &[&str], exclude: &[&str]| Filter {
        include: include.iter().map(|p| (*p).to_owned()).collect(),
        exclude: exclude.iter().map(|p| (*p).to_owned()).collect(),
    };
    let said = words(|d| {
        d.rules[3].filters.insert(fields::PACKAGE_NAME.into(), filter(&["a*", "b"], &["ab*"]));
    });
    assert_eq!(
        said,
        "Narrower:\n  package.version is collected from fewer rows: only rows whose package.name matches a* or b, and no rows \
         whose package.name matches ab*"
    );
}

#[test]
fn another_recipient_of_a_purpose_is_wider() {
    let (forth, back) = both_ways(|d| {
        let mut audit = d.recipients[0].clone();
        audit.id = "audit".to_owned();
        d.recipients.push(audit);
        d.purposes.get_mut("security").unwrap().recipients.push("audit".to_owned());
    });
    assert!(forth.contains(&(Effect::Wider, "purposes.security.recipients".to_owned())));
    assert!(back.contains(&(Effect::Narrower, "purposes.security.recipients".to_owned())));
}

#[test]
fn treatments_that_cannot_be_compared_count_as_wider() {
    let [device, tenant] = [KeyScope::Device, KeyScope::Tenant].map(Treatment::Hmac);
    let cut = |v4, v6| Treatment::TruncateIp { v4, v6 };
    assert!(reveals_no_more(device, tenant) && !reveals_no_more(tenant, device));
    assert!(!reveals_no_more(cut(16, 64), cut(24, 48)) && !reveals_no_more(cut(24, 48), cut(16, 64)));
    assert!(!reveals_no_more(device, cut(0, 0)) && !reveals_no_more(cut(0, 0), device));
    let day = Treatment::Generalise(Generalisation::Day);
    let month = Treatment::Generalise(Generalisation::Month);
    assert!(reveals_no_more(month, day) && !reveals_no_more(day, month));
}

/// Whatever is left of a value shows that there is one, and nothing tells less than that.
#[test]
fn coarsenings_compare_where_one_follows_from_the_other() {
    use Generalisation as G;
    let coarse = Treatment::Generalise;
    for (finer, coarser) in [(G::Days, G::Weeks), (G::MajorMinor, G::Major), (G::TenthDegree, G::Degree)] {
        assert!(reveals_no_more(coarse(coarser), coarse(finer)), "{coarser} {finer}");
        assert!(!reveals_no_more(coarse(finer), coarse(coarser)), "{finer} {coarser}");
    }
    for one in G::ALL {
        assert!(
            reveals_no_more(coarse(*one), Treatment::Keep) && !reveals_no_more(Treatment::Keep, coarse(*one))
        );
        assert!(reveals_no_more(coarse(*one), coarse(*one)));
    }
    let existence = coarse(G::Existence);
    for more in [
        Treatment::Hmac(KeyScope::Device),
        Treatment::Hmac(KeyScope::Tenant),
        Treatment::TruncateText { chars: 1 },
    ] {
        assert!(reveals_no_more(existence, more) && !reveals_no_more(more, existence), "{more:?}");
    }
    for (one, other) in
        [(G::Area, G::Continent), (G::Days, G::Decade), (G::Day, G::Days), (G::Area, G::Major)]
    {
        assert!(!reveals_no_more(coarse(one), coarse(other)) && !reveals_no_more(coarse(other), coarse(one)));
    }
}

#[test]
fn filters_compare_by_the_rows_they_let_pass() {
    let filter = |include: &[&str], exclude: &[&str]| Filter {
        include: include.iter().map(|p| (*p).to_owned()).collect(),
        exclude: exclude.iter().map(|p| (*p).to_owned()).collect(),
    };
    let no_more = |new: &Filter, old: &Filter| passes_no_more(Some(new), Some(old));
    assert!(no_more(&filter(&["a"], &[]), &filter(&["a", "b"], &[])));
    assert!(!no_more(&filter(&["a", "b"], &[]), &filter(&["a"], &[])));
    assert!(
        no_more(&filter(&["a"], &[]), &filter(&[], &[])) && !no_more(&filter(&[], &[]), &filter(&["a"], &[]))
    );
    assert!(
        no_more(&filter(&[], &["x", "y"]), &filter(&[], &["x"]))
            && !no_more(&filter(&[], &[]), &filter(&[], &["x"]))
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_policy_does_not_differ_from_itself(document in any_document()) {
        prop_assert_eq!(diff(&checked(document.clone()), &checked(document)), []);
    }

    /// The promise behind "a narrower policy takes effect at once".
    #[test]
    fn what_is_not_wider_permits_no_more(
        old in any_document(),
        new in any_document(),
        keep in prop::collection::vec(any::<bool>(), FieldSet::CAPACITY),
        consent in any_consent(),
    ) {
        // Two random policies nearly always widen somewhere, so the second one is cut down to rules that the first
        // one has, in part as they are.
        let mut new = new;
        let kept = old.rules.iter().zip(&keep).filter(|(_, keep)| **keep);
        new.rules = kept
            .map(|(rule, _)| new.rules.iter().find(|other| other.field == rule.field).unwrap_or(rule).clone())
            .collect();
        let fields: BTreeSet<_> = new.rules.iter().map(|rule| rule.field.clone()).collect();
        for rule in &mut new.rules {
            rule.filters.retain(|field, _| fields.contains(field));
        }
            let (old, new) = (checked(old), checked(new));
        let changes = diff(&old, &new);
        let consent = Consent::to(consent);
        let permit = |policy: &Policy| Permit::<Draft>::derive(policy, Platform::Linux, &Ceiling::Unset, &consent);
        let (before, after) = (permit(&old), permit(&new));
        for (field, grant) in after.grants() {
            let place = format!("rules[{field}]");
            let widened = changes.iter().any(|c| c.effect == Effect::Wider && c.place.starts_with(&place));
            let Some(earlier) = before.grant(field) else {
                // Fewer filters may free a field whose filter could not be read.
                prop_assert!(widens(&changes), "{} became readable and nothing is called wider", field);
                continue;
            };
            let within = grant.purposes.is_subset(&earlier.purposes)
                && reveals_no_more(grant.treatment, earlier.treatment);
            prop_assert!(within || widened, "{} permits more and is not called wider", field);
        }
        // What one way is narrower, the other way is wider.
        let back = diff(&new, &old);
        for change in &changes {
            if change.effect == Effect::Narrower {
                let reverse = |c: &Change| c.place == change.place && c.effect == Effect::Wider && c.after == change.before;
                prop_assert!(back.iter().any(reverse), "{change}");
            }
        }
    }
}
