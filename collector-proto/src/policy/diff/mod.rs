//! What changes between two policies, and whether each change lets more be known about a person.
//!
//! Whatever is not certainly narrower or without effect on people counts as wider: a wider policy is shown before it
//! takes effect, and showing one time too often harms nobody.

mod head;
mod order;
mod purposes;
mod rules;

pub(in crate::policy) use order::{passes_no_more, reveals_no_more};

use super::Policy;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

crate::catalog::vocabulary! {
    /// What a change does to the person.
    Effect {
        /// More is collected, seen, linked, kept or sent, or sooner, or with fewer safeguards.
        Wider = "wider",
        /// Less is.
        Narrower = "narrower",
        /// Neither.
        Neutral = "neutral",
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What it does to the person.
    pub effect: Effect,
    /// Path into the document, such as `rules[host.mac].treat` or `purposes.security.retention`.
    pub place: String,
    /// What stood there, as JSON or a plain word; `None` when nothing did.
    pub before: Option<String>,
    /// What stands there; `None` when nothing does.
    pub after: Option<String>,
    /// The change as a clause in plain English: `host.mac is no longer collected`.
    pub words: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.effect, self.words)
    }
}

/// Every change from `old` to `new`, the wider ones first, then in the order of the document.
pub fn diff(old: &Policy, new: &Policy) -> Vec<Change> {
    let mut changes = Changes(Vec::new());
    rules::compare(old, new, &mut changes);
    purposes::compare(old.document(), new.document(), &mut changes);
    head::compare(old.document(), new.document(), &mut changes);
    let mut changes = changes.0;
    changes.sort_by_key(|change| change.effect);
    changes
}

/// Whether anything in the changes must be shown before it takes effect.
pub fn widens(changes: &[Change]) -> bool {
    changes.iter().any(|change| change.effect == Effect::Wider)
}

/// Changes as people read them, whoever shows them: one line each under what they do, the wider ones first.
///
/// ```text
/// Wider:
///   host.name is collected, as read, for `security`
/// Narrower:
///   what is collected for `security` is kept for 30 days instead of 90 days
/// ```
#[derive(Debug, Clone, Copy)]
pub struct InWords<'a>(pub &'a [Change]);

impl fmt::Display for InWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        for effect in Effect::ALL {
            let of_effect = self.0.iter().filter(|change| change.effect == *effect);
            for (index, change) in of_effect.enumerate() {
                if index == 0 {
                    write!(f, "{between}{}:", heading(*effect))?;
                    between = "\n";
                }
                write!(f, "\n  {}", change.words)?;
            }
        }
        Ok(())
    }
}

const fn heading(effect: Effect) -> &'static str {
    match effect {
        Effect::Wider => "Wider",
        Effect::Narrower => "Narrower",
        Effect::Neutral => "Neither wider nor narrower",
    }
}

struct Changes(Vec<Change>);

impl Changes {
    fn add(
        &mut self,
        effect: Effect,
        place: impl Into<String>,
        before: Option<String>,
        after: Option<String>,
        words: impl Into<String>,
    ) {
        self.0.push(Change { effect, place: place.into(), before, after, words: words.into() });
    }

    /// A value that changed, if it did.
    fn value<T: PartialEq + Serialize>(
        &mut self,
        effect: Effect,
        place: impl Into<String>,
        old: &T,
        new: &T,
        words: impl FnOnce(&T, &T) -> String,
    ) {
        if old != new {
            self.add(effect, place, Some(written(old)), Some(written(new)), words(old, new));
        }
    }

    /// A value of which more is wider.
    fn rising<T: Ord + Serialize>(
        &mut self,
        place: impl Into<String>,
        old: &T,
        new: &T,
        words: impl FnOnce(&T, &T) -> String,
    ) {
        let effect = if new > old { Effect::Wider } else { Effect::Narrower };
        self.value(effect, place, old, new, words);
    }

    /// A value of which less is wider.
    fn falling<T: Ord + Serialize>(
        &mut self,
        place: impl Into<String>,
        old: &T,
        new: &T,
        words: impl FnOnce(&T, &T) -> String,
    ) {
        let effect = if new < old { Effect::Wider } else { Effect::Narrower };
        self.value(effect, place, old, new, words);
    }

    /// Names of which each one more is wider. `words` is told the name and whether it was added.
    fn names<'a>(
        &mut self,
        place: &str,
        old: impl IntoIterator<Item = &'a String>,
        new: impl IntoIterator<Item = &'a String>,
        words: impl Fn(&str, bool) -> String,
    ) {
        let (old, new): (BTreeSet<_>, BTreeSet<_>) = (old.into_iter().collect(), new.into_iter().collect());
        for added in new.difference(&old) {
            self.add(Effect::Wider, place, None, Some((*added).clone()), words(added, true));
        }
        for removed in old.difference(&new) {
            self.add(Effect::Narrower, place, Some((*removed).clone()), None, words(removed, false));
        }
    }
}

/// The value as compact JSON, text without its quotes.
fn written<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(other) => other.to_string(),
        // Values of documents serialise; the change is still listed.
        Err(_) => "?".to_owned(),
    }
}

/// Several things in one clause: `a, b and c`.
fn listed<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let mut items: Vec<String> = items.into_iter().map(|item| item.as_ref().to_owned()).collect();
    match (items.pop(), items.join(", ")) {
        (None, _) => "nothing".to_owned(),
        (Some(last), others) if others.is_empty() => last,
        (Some(last), others) => format!("{others} and {last}"),
    }
}

#[cfg(test)]
mod tests;
