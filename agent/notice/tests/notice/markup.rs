//! A strict reader of the pages that the notice writes: every tag closed in order, every attribute quoted, no stray `<`.

use collector_proto::catalog::FieldId;
use std::collections::{BTreeMap, BTreeSet};

/// Elements without content (HTML, 13.1.2).
const VOID: &[&str] = &["meta", "br", "link", "img", "input", "hr"];

/// One start tag.
#[derive(Debug)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) attributes: BTreeMap<String, String>,
}

/// The start tags of a page in order. Panics where the page is not well formed.
pub(super) fn tags(page: &str) -> Vec<Tag> {
    let mut rest = page.strip_prefix("<!DOCTYPE html>").expect("no doctype");
    let (mut open, mut tags) = (Vec::<String>::new(), Vec::new());
    while let Some(start) = rest.find('<') {
        let end = start + rest[start..].find('>').expect("a tag is not closed");
        let inner = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = inner.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "closed out of order");
            continue;
        }
        let tag = tag(inner);
        if tag.name == "style" {
            let close = rest.find("</style>").expect("the style sheet is not closed");
            rest = &rest[close..];
        }
        if !VOID.contains(&tag.name.as_str()) {
            open.push(tag.name.clone());
        }
        tags.push(tag);
    }
    assert!(open.is_empty(), "left open: {open:?}");
    assert!(!rest.contains('>'), "a stray `>` at the end");
    tags
}

fn tag(inner: &str) -> Tag {
    let name: String = inner.chars().take_while(char::is_ascii_alphanumeric).collect();
    assert!(!name.is_empty(), "a stray `<` before {inner:?}");
    let mut rest = inner[name.len()..].trim_start();
    let mut attributes = BTreeMap::new();
    while !rest.is_empty() {
        let key: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
        assert!(!key.is_empty(), "no attribute at {rest:?}");
        rest = &rest[key.len()..];
        let mut value = String::new();
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let (content, after) = quoted.split_once('"').expect("an attribute is not closed");
            content.clone_into(&mut value);
            rest = after;
        }
        assert!(attributes.insert(key.clone(), value).is_none(), "`{key}` stands twice");
        assert!(rest.is_empty() || rest.starts_with(char::is_whitespace), "no space before {rest:?}");
        rest = rest.trim_start();
    }
    Tag { name, attributes }
}

/// The fields that a page names.
pub(super) fn fields_of_page(page: &str) -> Vec<FieldId> {
    tags(page)
        .iter()
        .filter_map(|tag| tag.attributes.get("data-field"))
        .map(|name| FieldId::parse(name).expect("no such field"))
        .collect()
}

/// The values of an attribute on the whole page; panics when one stands twice.
pub(super) fn unique(tags: &[Tag], attribute: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    for value in tags.iter().filter_map(|tag| tag.attributes.get(attribute)) {
        assert!(seen.insert(value.clone()), "{attribute}={value:?} stands twice");
    }
    seen
}
