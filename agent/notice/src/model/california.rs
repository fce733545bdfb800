//! The notice at collection of Cal. Civ. Code §1798.100(a).

use super::phrasing::Phrasing;
use super::{California, CategoryNotice, FieldNotice, FieldTitle, NoticeError};
use crate::locale::Term;
use collector_proto::catalog::{CcpaCategory, Wording};
use std::collections::BTreeSet;

impl Phrasing<'_> {
    pub(super) fn california(&self, fields: &[&FieldNotice]) -> Result<California, NoticeError> {
        let mut categories = Vec::new();
        for category in CcpaCategory::ALL {
            let members: Vec<_> =
                fields.iter().filter(|field| field.california.iter().any(|c| c == category.name())).collect();
            let uses = || members.iter().flat_map(|field| &field.uses);
            let Some(longest) = members.iter().map(|field| field.kept.span).max() else { continue };
            let purposes: BTreeSet<&String> = uses().map(|usage| &usage.title).collect();
            categories.push(CategoryNotice {
                category: Term::of(Wording::Ccpa, category.name(), self.words)?,
                purposes: purposes.into_iter().cloned().collect(),
                retention: self.words.span(longest)?,
                fields: members
                    .iter()
                    .map(|field| FieldTitle { id: field.id, title: field.title.clone() })
                    .collect(),
            });
        }
        let declares = self.document.declares;
        Ok(California {
            sold: declares.sold,
            shared: declares.shared_for_advertising,
            text: self.stated("notice-ccpa-text")?,
            categories,
        })
    }
}
