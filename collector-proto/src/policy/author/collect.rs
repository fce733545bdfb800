//! `[[collect]]`: which fields, for what, treated how. Blocks are read one by one here and joined in `rules`.

use super::diagnostic::Code;
use super::nearest::{nearest, nearest_field};
use super::patterns::check_pattern;
use super::purposes::Purposes;
use super::report::{At, Diagnosis};
use super::treat::{Treat, read_treat};
use super::walk::Node;
use crate::catalog::{DERIVED, FieldId, NEVER};
use crate::policy::{Filter, Necessity};
use std::collections::{BTreeMap, BTreeSet};

/// One block as far as it could be read.
pub(super) struct Block {
    pub(super) at: At,
    /// Every field that the block names, with the first entry of `fields` that matches it.
    pub(super) fields: BTreeMap<FieldId, At>,
    /// The entries of `fields` with a `*`, in the order of the file.
    pub(super) wildcards: Vec<String>,
    pub(super) purposes: BTreeSet<String>,
    pub(super) treat: BlockTreat,
    pub(super) necessity: Option<(Necessity, At)>,
    /// Whether rows about accounts are covered, where the block says.
    pub(super) accounts: Option<(bool, At)>,
    /// Filters by field, each with its place.
    pub(super) filters: BTreeMap<FieldId, (Filter, At)>,
    pub(super) where_at: Option<At>,
}

/// The block's `treat`.
pub(super) enum BlockTreat {
    /// Left out, which means keep.
    Default,
    /// Written, but no treatment; already reported.
    Unreadable,
    /// Written.
    Written(Treat, At),
}

pub(super) fn read_blocks(node: &Node<'_>, purposes: &Purposes, report: &mut Diagnosis<'_>) -> Vec<Block> {
    let items = node.list(report).unwrap_or_default();
    items.iter().filter_map(|item| read_block(item, purposes, report)).collect()
}

fn read_block(node: &Node<'_>, known: &Purposes, report: &mut Diagnosis<'_>) -> Option<Block> {
    let mut table = node.table(report)?;
    let fields = table.need("fields", "which fields the block is about", report);
    let (fields, wildcards) = fields.map(|n| read_fields(&n, report)).unwrap_or_default();
    let treat = match table.take("treat") {
        None => BlockTreat::Default,
        Some(node) => match read_treat(&node, report) {
            Some(treat) => BlockTreat::Written(treat, node.at),
            None => BlockTreat::Unreadable,
        },
    };
    let drops = matches!(treat, BlockTreat::Written(Treat::Drop, _));
    // What is not collected needs no purpose.
    let purposes = if drops {
        table.take("purposes")
    } else {
        table.need("purposes", "every field needs a purpose", report)
    };
    let purposes = purposes.map(|n| read_purpose_names(&n, known, report)).unwrap_or_default();
    let necessity = table.take("necessity").and_then(|n| Some((read_necessity(&n, report)?, n.at.clone())));
    let accounts = table.take("accounts").and_then(|n| Some((n.boolean(report)?, n.at.clone())));
    let where_node = table.take("where");
    let filters = where_node.as_ref().map(|n| read_filters(n, report)).unwrap_or_default();
    table.finish(report);
    Some(Block {
        at: node.at.clone(),
        fields,
        wildcards,
        purposes,
        treat,
        necessity,
        accounts,
        filters,
        where_at: where_node.map(|n| n.at),
    })
}

/// The fields that the entries name, and the entries that are patterns.
pub(super) fn read_fields(
    node: &Node<'_>,
    report: &mut Diagnosis<'_>,
) -> (BTreeMap<FieldId, At>, Vec<String>) {
    let (mut fields, mut wildcards) = (BTreeMap::new(), Vec::new());
    for (pattern, at) in node.texts(report).unwrap_or_default() {
        let matched: Vec<FieldId> = FieldId::all().filter(|id| matches_glob(pattern, id.name())).collect();
        if matched.is_empty() {
            report_unknown_field(pattern, &at, report);
        }
        if pattern.contains('*') {
            wildcards.push(pattern.to_owned());
        }
        for field in matched {
            fields.entry(field).or_insert_with(|| at.clone());
        }
    }
    (fields, wildcards)
}

fn report_unknown_field(pattern: &str, at: &At, report: &mut Diagnosis<'_>) {
    if let Some(never) = NEVER.iter().find(|never| never.name == pattern) {
        let message = format!("`{}` cannot be collected: Candor has no code for it", never.name);
        report.error(at, Code::NeverCollected, message);
        return;
    }
    if let Some(derived) = DERIVED.iter().find(|derived| derived.name == pattern) {
        let from: Vec<_> = derived.from.iter().map(|field| field.name()).collect();
        let message =
            format!("`{pattern}` is never sent: the collector computes it from {}", from.join(", "));
        report.error(at, Code::NeverCollected, message);
        return;
    }
    let near = if pattern.contains('*') {
        // `pakage.*`: the nearest beginning of a field's name.
        let beginnings: BTreeSet<String> = FieldId::all()
            .flat_map(|id| {
                let name = id.name();
                name.match_indices('.').map(|(dot, _)| format!("{}.*", &name[..dot])).collect::<Vec<_>>()
            })
            .collect();
        nearest(pattern, beginnings.iter().map(String::as_str))
    } else {
        nearest_field(pattern)
    };
    let message = if pattern.contains('*') {
        format!("the pattern `{pattern}` matches no field of the catalogue")
    } else {
        format!("`{pattern}` is not a field of the catalogue")
    };
    report.error_near(at, Code::UnknownField, message, near);
}

fn read_purpose_names(node: &Node<'_>, known: &Purposes, report: &mut Diagnosis<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (name, at) in node.texts(report).unwrap_or_default() {
        if !known.contains_key(name) {
            let near = nearest(name, known.keys().map(String::as_str));
            report.error_near(
                &at,
                Code::UnknownPurpose,
                format!("`{name}` is not among the [purposes]"),
                near,
            );
        }
        names.insert(name.to_owned());
    }
    names
}

fn read_necessity(node: &Node<'_>, report: &mut Diagnosis<'_>) -> Option<Necessity> {
    let name = node.text(report)?;
    let found = Necessity::parse(name);
    if found.is_none() {
        let near = nearest(name, Necessity::ALL.iter().map(|n| n.name()));
        report.error_near(
            &node.at,
            Code::BadValue,
            format!("`{name}` is neither required nor optional"),
            near,
        );
    }
    found
}

fn read_filters(node: &Node<'_>, report: &mut Diagnosis<'_>) -> BTreeMap<FieldId, (Filter, At)> {
    let mut filters = BTreeMap::new();
    let Some(table) = node.table(report) else { return filters };
    for (name, at, node) in table.entries() {
        let Some(field) = FieldId::parse(name) else {
            report_unknown_filter(name, &at, &node, report);
            continue;
        };
        if let Some(filter) = read_filter(field, &node, report) {
            filters.insert(field, (filter, at));
        }
    }
    filters
}

/// `where = { user.name = … }` is a table in a table to TOML; the author meant the quoted name.
fn report_unknown_filter(name: &str, at: &At, node: &Node<'_>, report: &mut Diagnosis<'_>) {
    let begins_a_field = FieldId::all().any(|id| id.name().starts_with(&format!("{name}.")));
    if begins_a_field && node.is_table() {
        let message = "is not a field; a field's name has dots, so quote it, as in \"user.name\"";
        report.error(at, Code::UnknownField, message);
        return;
    }
    let message = format!("`{name}` is not a field of the catalogue");
    report.error_near(at, Code::UnknownField, message, nearest_field(name));
}

fn read_filter(field: FieldId, node: &Node<'_>, report: &mut Diagnosis<'_>) -> Option<Filter> {
    let mut table = node.table(report)?;
    let [include, exclude] = [table.take("include"), table.take("exclude")];
    if include.is_none() && exclude.is_none() {
        let message = "needs `include` or `exclude` with patterns such as \"*svc*\"";
        report.error(&node.at, Code::BadFilter, message);
    }
    let mut patterns = |node: Option<Node<'_>>| -> Vec<String> {
        let texts = node.and_then(|n| n.texts(report)).unwrap_or_default();
        for (pattern, at) in &texts {
            check_pattern(field, pattern, at, report);
        }
        texts.into_iter().map(|(text, _)| text.to_owned()).collect()
    };
    let filter = Filter { include: patterns(include), exclude: patterns(exclude) };
    table.finish(report);
    Some(filter)
}

/// Whether the name matches the pattern, in which `*` stands for any run of characters.
pub(super) fn matches_glob(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches_glob;

    #[test]
    fn globs() {
        for (pattern, name) in [
            ("os.*", "os.name"),
            ("*", "x"),
            ("*.name", "os.name"),
            ("h*.n*e", "host.name"),
            ("a", "a"),
            ("a**", "a"),
        ] {
            assert!(matches_glob(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("os.*", "host.os"),
            ("", "a"),
            ("os.name", "os.name.x"),
            ("*.name", "name"),
            ("ab*ba", "aba"),
            ("o", "os"),
        ] {
            assert!(!matches_glob(pattern, name), "{pattern} {name}");
        }
    }
}
