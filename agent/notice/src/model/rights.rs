//! The rights of Chapter III GDPR and of Art. 7(3) that the purposes' legal bases give.

use super::purposes::titles;
use super::{PurposeNotice, RightNotice};
use crate::locale::{LocaleError, Term, Words};
use collector_proto::catalog::{LegalBasis, Right, Wording};
use std::collections::BTreeMap;

/// Where the notice names a right: those that Art. 13(2)(b) and (c) GDPR want named. The catalogue knows two more, which
/// are the controller's duties and nothing to exercise: notification (Art. 19), and no automated decisions (Art. 22), on
/// which the notice has a part of its own (Art. 13(2)(f)).
const fn place_in_notice(right: Right) -> Option<u8> {
    match right {
        Right::Access => Some(0),
        Right::Rectification => Some(1),
        Right::Erasure => Some(2),
        Right::Restriction => Some(3),
        Right::Objection => Some(4),
        Right::Portability => Some(5),
        Right::Withdrawal => Some(6),
        Right::Notification | Right::AutomatedDecisions => None,
    }
}

/// The rights that the notice names, in its order.
pub(super) fn named() -> impl Iterator<Item = Right> {
    let named: BTreeMap<u8, Right> =
        Right::ALL.iter().filter_map(|right| Some((place_in_notice(*right)?, *right))).collect();
    named.into_values()
}

/// Whether the right exists whatever the legal basis, and so also when nothing is sent.
pub(super) fn exists_always(right: Right) -> bool {
    LegalBasis::ALL.iter().all(|basis| right.applies_under(*basis))
}

/// The rights that the purposes' legal bases give.
pub(super) fn rights(purposes: &[PurposeNotice], words: &Words) -> Result<Vec<RightNotice>, LocaleError> {
    let mut rights = Vec::new();
    for right in named() {
        let (with, without): (Vec<_>, Vec<_>) =
            purposes.iter().partition(|purpose| right.applies_under(purpose.legal_basis));
        if with.is_empty() && !exists_always(right) {
            continue;
        }
        let term = Term::of(Wording::Right, right.name(), words)?;
        let only_for = if without.is_empty() {
            None
        } else {
            let value = titles(&with).into();
            Some(words.text_with("notice-right-for", &[("purposes", value)])?)
        };
        rights.push(RightNotice {
            right,
            article: right.article(),
            title: term.title,
            description: term.description,
            only_for,
        });
    }
    Ok(rights)
}
