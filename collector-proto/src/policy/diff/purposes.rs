//! Why it is collected, for how long it is kept, and who receives it.

use super::{Changes, Effect, listed, written};
use crate::catalog::{LegalBasis, RecipientRole};
use crate::policy::{PolicyDocument, Purpose, Recipient, Transfer};

pub(super) fn compare(old: &PolicyDocument, new: &PolicyDocument, changes: &mut Changes) {
    let describe = |purpose: &Purpose| format!("{} under {}", purpose.dpv, purpose.legal_basis);
    for (name, purpose) in &new.purposes {
        let place = format!("purposes.{name}");
        match old.purposes.get(name) {
            None => {
                changes.add(Effect::Wider, place, None, Some(describe(purpose)), added(name, purpose, new));
            }
            Some(before) => compare_purpose(name, (before, old), (purpose, new), changes),
        }
    }
    for (name, purpose) in old.purposes.iter().filter(|(name, _)| !new.purposes.contains_key(*name)) {
        let words = format!("nothing is collected for `{name}` any more");
        changes.add(Effect::Narrower, format!("purposes.{name}"), Some(describe(purpose)), None, words);
    }
    compare_recipients(old, new, changes);
    compare_transfers(old, new, changes);
}

fn added(name: &str, purpose: &Purpose, document: &PolicyDocument) -> String {
    let recipients = purpose.recipients.iter().map(|id| recipient(document, id));
    format!(
        "there is another purpose, `{name}` ({}, {}): what is collected for it is kept for {} and received by {}",
        purpose.dpv,
        purpose.legal_basis.article(),
        purpose.retention.words(),
        listed(recipients),
    )
}

fn compare_purpose(
    name: &str,
    (old, old_document): (&Purpose, &PolicyDocument),
    (new, new_document): (&Purpose, &PolicyDocument),
    changes: &mut Changes,
) {
    let place = format!("purposes.{name}");
    changes.value(Effect::Wider, format!("{place}.dpv"), &old.dpv, &new.dpv, |old, new| {
        format!("`{name}` is another purpose: {new} instead of {old}")
    });
    // Consent is the one basis under which nothing is collected until the person says so.
    let basis = if new.legal_basis == LegalBasis::Consent { Effect::Narrower } else { Effect::Wider };
    let place_of_basis = format!("{place}.legal_basis");
    changes.value(basis, place_of_basis, &old.legal_basis, &new.legal_basis, |old, new| {
        format!("`{name}` rests on {} instead of {}", based(*new), based(*old))
    });
    changes.rising(format!("{place}.retention"), &old.retention, &new.retention, |old, new| {
        format!("what is collected for `{name}` is kept for {} instead of {}", new.words(), old.words())
    });
    let place_of_recipients = format!("{place}.recipients");
    changes.names(&place_of_recipients, &old.recipients, &new.recipients, |id, added| {
        let (who, whether) = if added {
            (recipient(new_document, id), "also receives")
        } else {
            (recipient(old_document, id), "no longer receives")
        };
        format!("{who} {whether} what is collected for `{name}`")
    });
    for (language, text) in &new.text {
        let place = format!("{place}.text.{language}");
        match old.text.get(language) {
            None => {
                let words = format!("`{name}` is described in another language ({language}): {text}");
                changes.add(Effect::Neutral, place, None, Some(written(text)), words);
            }
            // Other words may mean another purpose, which people must be told of first (Art. 13(3) GDPR).
            Some(before) => changes.value(Effect::Wider, place, before, text, |old, new| {
                format!("`{name}` is described in other words ({language}): {new} Before: {old}")
            }),
        }
    }
    for (language, text) in old.text.iter().filter(|(language, _)| !new.text.contains_key(*language)) {
        let words = format!("`{name}` is no longer described in {language}");
        changes.add(Effect::Neutral, format!("{place}.text.{language}"), Some(written(text)), None, words);
    }
}

fn based(basis: LegalBasis) -> String {
    format!("{} ({})", basis.name().replace('_', " "), basis.article())
}

/// A recipient as people know it.
fn recipient(document: &PolicyDocument, id: &str) -> String {
    let named = document.recipients.iter().find(|recipient| recipient.id == id);
    named.map_or_else(|| format!("`{id}`"), |recipient| format!("{} ({})", recipient.name, recipient.country))
}

fn compare_recipients(old: &PolicyDocument, new: &PolicyDocument, changes: &mut Changes) {
    let find = |document: &'_ PolicyDocument, id: &str| {
        document.recipients.iter().find(|recipient| recipient.id == id).cloned()
    };
    for recipient in &new.recipients {
        let Recipient { id, name, role, on_behalf_of, country, stored_in } = recipient;
        match find(old, id) {
            // That a purpose names the recipient is a change of the purpose, and counted there.
            None => {
                let words = format!("{name} ({country}) is named as a recipient");
                changes.add(Effect::Neutral, format!("recipients[{id}]"), None, Some(name.clone()), words);
            }
            Some(before) => {
                let place = format!("recipients[{id}].name");
                changes.value(Effect::Wider, place, &before.name, name, |old, new| {
                    format!("the recipient `{id}` is {new} instead of {old}")
                });
                let place = format!("recipients[{id}].country");
                changes.value(Effect::Wider, place, &before.country, country, |old, new| {
                    format!("{name} receives in {new} instead of {old}")
                });
                let place = format!("recipients[{id}].stored_in");
                changes.value(Effect::Wider, place, &before.stored_in, stored_in, |old, new| {
                    format!("{name} stores in {new} instead of {old}")
                });
                let place = format!("recipients[{id}].role");
                changes.value(Effect::Wider, place, &before.role, role, |old, new| {
                    let words = |role: &RecipientRole| role.name().replace('_', "-");
                    format!("{name} is a {} instead of a {}", words(new), words(old))
                });
                let place = format!("recipients[{id}].on_behalf_of");
                changes.value(Effect::Wider, place, &before.on_behalf_of, on_behalf_of, |old, new| {
                    let words = |id: &Option<String>| {
                        id.as_deref().map_or("nobody".to_owned(), |id| format!("`{id}`"))
                    };
                    format!("{name} works on behalf of {} instead of {}", words(new), words(old))
                });
            }
        }
    }
    for Recipient { id, name, country, .. } in &old.recipients {
        if find(new, id).is_none() {
            let words = format!("{name} ({country}) is no longer named as a recipient");
            changes.add(Effect::Neutral, format!("recipients[{id}]"), Some(name.clone()), None, words);
        }
    }
}

fn compare_transfers(old: &PolicyDocument, new: &PolicyDocument, changes: &mut Changes) {
    let lacks = |list: &[Transfer], one: &Transfer| {
        !list.iter().any(|other| (&other.country, &other.mechanism) == (&one.country, &one.mechanism))
    };
    let describe = |transfer: &Transfer| Some(format!("{} by {}", transfer.country, transfer.mechanism));
    for added in new.transfers.iter().filter(|transfer| lacks(&old.transfers, transfer)) {
        let words = format!("data goes to {} ({})", added.country, added.mechanism);
        changes.add(Effect::Wider, format!("transfers[{}]", added.country), None, describe(added), words);
    }
    for removed in old.transfers.iter().filter(|transfer| lacks(&new.transfers, transfer)) {
        let words = format!("data no longer goes to {} ({})", removed.country, removed.mechanism);
        let place = format!("transfers[{}]", removed.country);
        changes.add(Effect::Narrower, place, describe(removed), None, words);
    }
}
