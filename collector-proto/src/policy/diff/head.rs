//! Who collects, how often, and what has to be so before anything is collected.

use super::{Changes, Effect, listed};
use crate::catalog::SandboxLevel;
use crate::policy::PolicyDocument;
use crate::time::{Span, UtcTime};
use std::collections::BTreeSet;

pub(super) fn compare(old: &PolicyDocument, new: &PolicyDocument, changes: &mut Changes) {
    // What another group means for people is what its policy says.
    changes.value(Effect::Neutral, "group", &old.group, &new.group, |old, new| {
        format!("the policy is for the group `{new}` instead of `{old}`")
    });
    compare_controller(old, new, changes);
    compare_conditions(old, new, changes);
    compare_dates(old, new, changes);
}

fn compare_controller(old: &PolicyDocument, new: &PolicyDocument, changes: &mut Changes) {
    let (before, after) = (&old.controller, &new.controller);
    changes.value(Effect::Wider, "controller.name", &before.name, &after.name, |old, new| {
        format!("{new} decides what is collected instead of {old}")
    });
    changes.value(Effect::Wider, "controller.country", &before.country, &after.country, |old, new| {
        format!("who decides what is collected is in {new} instead of {old}")
    });
    changes.value(Effect::Neutral, "controller.contact", &before.contact, &after.contact, |old, new| {
        format!("questions go to {new} instead of {old}")
    });
    let optional = |what: &'static str| {
        move |old: &Option<String>, new: &Option<String>| match (old, new) {
            (_, Some(new)) => format!("{what} is {new}"),
            (old, None) => format!("{what} is no longer named: {}", old.as_deref().unwrap_or_default()),
        }
    };
    let place = "controller.representative";
    let words = optional("the representative in the Union");
    changes.value(Effect::Neutral, place, &before.representative, &after.representative, words);
    let place = "controller.data_protection_officer";
    let words = optional("the data protection officer");
    let officers = (&before.data_protection_officer, &after.data_protection_officer);
    changes.value(Effect::Neutral, place, officers.0, officers.1, words);
    let authorities = (&before.supervisory_authority, &after.supervisory_authority);
    let place = "controller.supervisory_authority";
    changes.value(Effect::Neutral, place, authorities.0, authorities.1, |old, new| {
        let words = |authority: &crate::policy::Authority| format!("{} ({})", authority.name, authority.url);
        format!("complaints go to {} instead of {}", words(new), words(old))
    });
    // The notice offers the rights of the places that it names.
    let places = |document: &PolicyDocument| document.jurisdictions.iter().cloned().collect::<BTreeSet<_>>();
    let (places_old, places_new) = (places(old), places(new));
    let fewer = if places_old.is_subset(&places_new) { Effect::Neutral } else { Effect::Wider };
    changes.value(fewer, "jurisdictions", &places_old, &places_new, |old, new| {
        format!("people are told of their rights in {} instead of {}", listed(new), listed(old))
    });
}

fn compare_conditions(old: &PolicyDocument, new: &PolicyDocument, changes: &mut Changes) {
    changes.falling("report_every", &old.report_every, &new.report_every, |old, new| {
        format!("the time between two reports is {} instead of {}", new.words(), old.words())
    });
    changes.rising("records", &old.records, &new.records, |old, new| {
        let clause = "that there was a report or a device is kept on record for";
        format!("{clause} {} instead of {}", new.words(), old.words())
    });
    changes.rising("max_stale", &old.max_stale, &new.max_stale, |old, new| {
        let clause = "a device that does not hear from its collector goes on for";
        format!("{clause} {} instead of {}", new.words(), old.words())
    });
    changes.falling("notice_period", &old.notice_period, &new.notice_period, |old, new| {
        format!("what widens is shown {} instead of {} before", in_advance(*new), in_advance(*old))
    });
    let acknowledgements = (&old.require_acknowledgement, &new.require_acknowledgement);
    changes.falling("require_acknowledgement", acknowledgements.0, acknowledgements.1, |_, new| {
        let words = if *new {
            "nothing is collected before the notice was acknowledged"
        } else {
            "the notice need not be acknowledged before anything is collected"
        };
        words.to_owned()
    });
    let sandboxes = (&old.require_sandbox, &new.require_sandbox);
    changes.falling("require_sandbox", sandboxes.0, sandboxes.1, |_, new| {
        let words = match new {
            SandboxLevel::Full => "nothing is collected unless the kernel holds the reader to the policy",
            SandboxLevel::Partial => {
                "nothing is collected unless the kernel holds the reader to the policy at least in part"
            }
            SandboxLevel::None => "the kernel need not hold the reader to the policy",
        };
        words.to_owned()
    });
}

fn in_advance(period: Span) -> String {
    if period.seconds() == 0 { "no time".to_owned() } else { period.words() }
}

fn compare_dates(old: &PolicyDocument, new: &PolicyDocument, changes: &mut Changes) {
    changes.value(Effect::Neutral, "version", &old.version, &new.version, |old, new| {
        format!("it is version {new} instead of {old}")
    });
    let mut date = |place: &str, old: &UtcTime, new: &UtcTime, clause: &str| {
        changes
            .value(Effect::Neutral, place, old, new, |old, new| format!("{clause} {new} instead of {old}"));
    };
    date("issued", &old.issued, &new.issued, "it was made on");
    date("expires", &old.expires, &new.expires, "it expires on");
    date("notice_from", &old.notice_from, &new.notice_from, "it is shown from");
    date("effective_from", &old.effective_from, &new.effective_from, "it takes effect at the earliest on");
}
