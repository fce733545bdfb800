//! What is collected, and how it is treated.

use super::{Changes, Effect, listed, passes_no_more, reveals_no_more, written};
use crate::catalog::FieldId;
use crate::policy::kept::kept;
use crate::policy::{FieldName, Filter, Necessity, Policy, PolicyDocument, Rule, Treatment, WrittenRule};
use std::collections::BTreeSet;

pub(super) fn compare(old: &Policy, new: &Policy, changes: &mut Changes) {
    for rule in new.rules() {
        let (field, place) = (rule.field, format!("rules[{}]", rule.field));
        match old.rule(field) {
            None => {
                let purposes = listed(rule.purposes.iter().map(|name| format!("`{name}`")));
                let words = format!("{field} is collected, {}, for {purposes}", rule.treat.words());
                changes.add(Effect::Wider, place, None, Some(written(&rule.treat)), words);
            }
            Some(before) => compare_rule(&place, before, rule, changes),
        }
    }
    compare_lives(old, new, changes);
    for rule in old.rules().filter(|rule| !new.names(&rule.field.into())) {
        removed(&rule.field.into(), written(&rule.treat), changes);
    }
    compare_unsupported(old.document(), new, changes);
}

/// Values that live longer though nobody says so of their purposes: the key of their rows that went sooner is no longer collected, or
/// is kept for longer.
fn compare_lives(old: &Policy, new: &Policy, changes: &mut Changes) {
    let retention = |policy: &Policy, rule: &Rule| {
        let purposes = rule.purposes.iter();
        purposes.filter_map(|name| Some(policy.document().purposes.get(name)?.retention)).max()
    };
    for rule in new.rules() {
        let (before, after) = (kept(old, rule.field), kept(new, rule.field));
        let Some((before, after)) = before.zip(after).filter(|(before, after)| after > before) else {
            continue;
        };
        let is_said =
            old.rule(rule.field).is_some_and(|old_rule| retention(new, rule) > retention(old, old_rule));
        if !is_said {
            let words = format!(
                "{} is kept for {} instead of {}, because a key of its rows no longer goes sooner",
                rule.field,
                after.words(),
                before.words()
            );
            let place = format!("rules[{}].kept", rule.field);
            changes.add(Effect::Wider, place, Some(written(&before)), Some(written(&after)), words);
        }
    }
}

fn removed(field: &FieldName, treat: String, changes: &mut Changes) {
    let words = format!("{field} is no longer collected");
    changes.add(Effect::Narrower, format!("rules[{field}]"), Some(treat), None, words);
}

/// Rules that this program does not understand, each as a whole. It withholds their fields, but the program that follows it
/// may collect them under the same policy, so people are told when the policy comes.
fn compare_unsupported(old: &PolicyDocument, new: &Policy, changes: &mut Changes) {
    let find = |document: &PolicyDocument, name: &FieldName| {
        document.rules.iter().find(|rule| rule.field == *name).cloned()
    };
    for (name, why) in new.unsupported() {
        let (before, after) = (find(old, name), find(new.document(), name));
        if before != after {
            let treat = |rule: Option<WrittenRule>| rule.map(|rule| written(&rule.treat));
            let words =
                format!("{name} is collected by programs that understand its rule; this one does not: {why}");
            changes.add(Effect::Wider, format!("rules[{name}]"), treat(before), treat(after), words);
        }
    }
    for rule in old.rules.iter().filter(|rule| rule.understood().is_err() && !new.names(&rule.field)) {
        removed(&rule.field, written(&rule.treat), changes);
    }
}

fn compare_rule(place: &str, old: &Rule, new: &Rule, changes: &mut Changes) {
    let field = new.field;
    let weaker = if reveals_no_more(new.treat, old.treat) { Effect::Narrower } else { Effect::Wider };
    changes.value(weaker, format!("{place}.treat"), &old.treat, &new.treat, |old, new| {
        treated(field, *old, *new)
    });
    changes.names(&format!("{place}.purposes"), &old.purposes, &new.purposes, |name, added| {
        let whether = if added { "also" } else { "no longer" };
        format!("{field} is {whether} collected for `{name}`")
    });
    let (harder, may) = match new.necessity {
        Necessity::Required => (Effect::Wider, "can no longer be refused"),
        Necessity::Optional => (Effect::Narrower, "can be refused"),
    };
    let words = |_: &_, _: &_| format!("{field} {may}");
    changes.value(harder, format!("{place}.necessity"), &old.necessity, &new.necessity, words);
    changes.rising(format!("{place}.accounts"), &old.accounts, &new.accounts, |_, new| {
        let whether = if *new { "also" } else { "no longer" };
        format!("{field} is {whether} collected from the directories of persons")
    });
    let all: BTreeSet<_> = old.filters.keys().chain(new.filters.keys()).collect();
    for by in all {
        let (before, after) = (old.filters.get(by), new.filters.get(by));
        if before != after {
            let effect = if passes_no_more(after, before) { Effect::Narrower } else { Effect::Wider };
            let place = format!("{place}.where[{by}]");
            let words = filtered(field, *by, before, after);
            changes.add(effect, place, before.map(written), after.map(written), words);
        }
    }
}

/// Two treatments of which neither is coarser are said to be so: the field is withheld until the new one takes effect.
fn treated(field: FieldId, old: Treatment, new: Treatment) -> String {
    let clause = format!("{field} is sent {} instead of {}", new.words(), old.words());
    if reveals_no_more(new, old) || reveals_no_more(old, new) {
        clause
    } else {
        format!("{clause}; neither tells less than the other")
    }
}

fn filtered(field: FieldId, by: FieldId, before: Option<&Filter>, after: Option<&Filter>) -> String {
    match (before, after) {
        (Some(before), Some(after)) => {
            format!("{field} is collected from other rows: {}; before: {}", after.words(by), before.words(by))
        }
        (None, Some(after)) => format!("{field} is collected from fewer rows: {}", after.words(by)),
        (Some(before), None) => {
            format!("{field} is collected whatever {by} is; before: {}", before.words(by))
        }
        (None, None) => format!("{field} is collected from the same rows"),
    }
}
