//! Groups of sources: what `@dpkg` in a field's sources stands for.

use super::model::{Field, GroupDocument, Text};
use super::problem::CatalogueProblem;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// What stands before a group's name.
const MARK: char = '@';

/// Every group with its sources; groups inside groups are replaced by what they hold.
pub(crate) struct Groups {
    text: Text,
    declared: BTreeMap<String, Vec<String>>,
    used: BTreeSet<String>,
}

impl Groups {
    /// Takes the groups of a file. A group may name the groups declared before it, so none can hold itself.
    pub(crate) fn of(text: Text, document: GroupDocument, problems: &mut Vec<CatalogueProblem>) -> Self {
        let mut groups = Self { text, declared: BTreeMap::new(), used: BTreeSet::new() };
        for group in document.group {
            let name = group.name.get_ref().clone();
            let mut sources = Vec::new();
            for touch in &group.touches {
                match groups.held_by(touch.get_ref()) {
                    Some(held) => sources.extend(held),
                    None => problems.push(unknown(&groups.text, touch)),
                }
            }
            if sources.is_empty() || groups.declared.insert(name.clone(), sources).is_some() {
                let offset = group.name.span().start;
                let message = format!("the group `{name}` is empty or declared twice");
                problems.push(CatalogueProblem::at(&groups.text, offset, message));
            }
        }
        groups
    }

    /// No groups.
    pub(crate) fn none() -> Self {
        let text = Text { path: "sources.toml".into(), content: String::new() };
        Self { text, declared: BTreeMap::new(), used: BTreeSet::new() }
    }

    /// Puts the sources in the place of the groups that a field names.
    pub(crate) fn expand(&mut self, field: &mut Field, text: &Text, problems: &mut Vec<CatalogueProblem>) {
        for source in field.sources_mut() {
            let mut touches = Vec::new();
            for touch in &source.touches {
                match self.held_by(touch.get_ref()) {
                    Some(held) => {
                        touches.extend(held.into_iter().map(|held| Spanned::new(touch.span(), held)));
                    }
                    None => problems.push(unknown(text, touch)),
                }
            }
            source.touches = touches;
        }
    }

    /// A group that nothing names is a mistake: it would look as if its sources were read.
    pub(crate) fn check_used(&self, problems: &mut Vec<CatalogueProblem>) {
        for name in self.declared.keys().filter(|name| !self.used.contains(*name)) {
            problems.push(CatalogueProblem::at(
                &self.text,
                0,
                format!("the group `{name}` is named by no field"),
            ));
        }
    }

    /// What a word stands for: a group's sources, or itself. `None` for a group that is not declared.
    fn held_by(&mut self, word: &str) -> Option<Vec<String>> {
        let Some(name) = word.strip_prefix(MARK) else { return Some(vec![word.to_owned()]) };
        self.used.insert(name.to_owned());
        self.declared.get(name).cloned()
    }
}

fn unknown(text: &Text, touch: &Spanned<String>) -> CatalogueProblem {
    let message = format!("`{}` is not a group that is declared before it", touch.get_ref());
    CatalogueProblem::at(text, touch.span().start, message)
}
