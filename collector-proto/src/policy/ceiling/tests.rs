use super::*;
use crate::catalog::fields;
use crate::policy::KeyScope;

#[test]
fn it_is_written_whole_and_a_missing_member_is_not_none() {
    let mut terms = CeilingTerms::only(&[fields::OS_NAME].into_iter().collect());
    terms.never.insert(NeverAccount::parse("uid:1000").unwrap());
    let written = serde_json::to_string(&Ceiling::Set(terms.clone())).unwrap();
    assert_eq!(
        written,
        r#"{"allow":{"os.name":{"treat":"keep","retention":null,"accounts":true}},"quiet_hours":null,"never":["uid:1000"]}"#
    );
    assert_eq!(serde_json::from_str::<Ceiling>(&written).unwrap(), Ceiling::Set(terms));
    assert_eq!(serde_json::from_str::<Ceiling>("null").unwrap(), Ceiling::Unset);
    for missing in [
        r#"{"quiet_hours":null,"never":[]}"#,
        r#"{"allow":{},"never":[]}"#,
        r#"{"allow":{},"quiet_hours":null}"#,
        r#"{"allow":{"os.name":{"treat":"keep","accounts":true}},"quiet_hours":null,"never":[]}"#,
        r#"{"allow":{"os.nme":{"treat":"keep","retention":null,"accounts":true}},"quiet_hours":null,"never":[]}"#,
    ] {
        assert!(serde_json::from_str::<Ceiling>(missing).is_err(), "{missing}");
    }
}

#[test]
fn what_leaves_less_room_is_within_what_leaves_more_and_not_the_reverse() {
    let of: FieldSet = [fields::OS_NAME, fields::HOST_IP].into_iter().collect();
    let all = CeilingTerms::only(&of);
    let with = |change: &dyn Fn(&mut CeilingTerms)| {
        let mut terms = all.clone();
        change(&mut terms);
        Ceiling::Set(terms)
    };
    let of_ip =
        |change: fn(&mut Allowance)| with(&|terms| change(terms.allow.get_mut(&fields::HOST_IP).unwrap()));
    let all = Ceiling::Set(all.clone());
    for less in [
        with(&|terms| _ = terms.allow.remove(&fields::HOST_IP)),
        with(&|terms| _ = terms.never.insert(NeverAccount::parse("anna").unwrap())),
        of_ip(|ip| ip.treat = Treatment::Hmac(KeyScope::Device)),
        of_ip(|ip| ip.retention = Some(Span::from_seconds(86_400))),
        of_ip(|ip| ip.accounts = false),
    ] {
        assert!(less.is_within(&all, &of) && less.is_within(&Ceiling::Unset, &of), "{less:?}");
        assert!(!all.is_within(&less, &of) && !Ceiling::Unset.is_within(&less, &of), "{less:?}");
        assert!(less.is_within(&less, &of));
    }
    // Of fields that are not asked about it may say anything.
    let other: FieldSet = [fields::OS_NAME].into_iter().collect();
    assert!(Ceiling::Unset.is_within(&with(&|terms| _ = terms.allow.remove(&fields::HOST_IP)), &other));
}

#[test]
fn who_may_not_know_of_an_account_is_not_told() {
    let mut terms = CeilingTerms::only(&FieldSet::EMPTY);
    terms.never = ["anna", "bert"].map(|name| NeverAccount::parse(name).unwrap()).into();
    let told = Ceiling::Set(terms).told_of(|account| account.to_string() == "anna");
    assert_eq!(told.never().map(ToString::to_string).collect::<Vec<_>>(), ["anna"]);
}

#[test]
fn one_word_says_what_is_done_to_a_ceiling() {
    let hours = |rule: &str, times: &[&str]| {
        let times = times.iter().map(|time| QuietTime::parse(time).unwrap()).collect();
        QuietHours::new(Zone::new("test", rule).unwrap(), times).unwrap()
    };
    let base = CeilingTerms::only(&[fields::OS_NAME, fields::HOST_IP].into_iter().collect());
    let with = |change: &dyn Fn(&mut CeilingTerms)| {
        let mut terms = base.clone();
        change(&mut terms);
        Ceiling::Set(terms)
    };
    let base = Ceiling::Set(base.clone());
    assert_eq!(base.change_from(&Ceiling::Unset), Some(CeilingChange::Set));
    assert_eq!(Ceiling::Unset.change_from(&base), Some(CeilingChange::Lifted));
    assert_eq!(base.change_from(&base), None);
    assert_eq!(Ceiling::Unset.change_from(&Ceiling::Unset), None);
    for less in [
        with(&|terms| _ = terms.allow.remove(&fields::HOST_IP)),
        with(&|terms| _ = terms.never.insert(NeverAccount::parse("anna").unwrap())),
        with(&|terms| terms.quiet_hours = Some(hours("UTC0", &["22:00-06:00"]))),
    ] {
        assert_eq!(less.change_from(&base), Some(CeilingChange::Narrowed), "{less:?}");
        assert_eq!(base.change_from(&less), Some(CeilingChange::Widened), "{less:?}");
    }
    let quiet = |rule, times| with(&|terms| terms.quiet_hours = Some(hours(rule, times)));
    let night = quiet("UTC0", &["22:00-06:00"]);
    for (other, change) in [
        (quiet("UTC0", &["22:00-06:00", "sat 08:00-09:00"]), CeilingChange::Narrowed),
        (quiet("UTC0", &["23:00-06:00"]), CeilingChange::Widened),
        (quiet("UTC0", &["21:00-05:00"]), CeilingChange::Changed),
        // The same times, written in another way.
        (quiet("UTC0", &["22:00-24:00", "00:00-06:00"]), CeilingChange::Changed),
        // As times of another zone nobody could compare them.
        (quiet("CET-1", &["20:00-08:00"]), CeilingChange::Changed),
    ] {
        assert_eq!(other.change_from(&night), Some(change), "{other:?}");
    }
    let other_name = |name: &str| with(&|terms| _ = terms.never.insert(NeverAccount::parse(name).unwrap()));
    assert_eq!(other_name("anna").change_from(&other_name("bert")), Some(CeilingChange::Changed));
}
