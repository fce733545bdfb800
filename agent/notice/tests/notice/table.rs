//! Tables line up whatever script their values are written in.

use crate::fixture::{field, text, words};
use candor_notice::table::{Body, Layout, TableContent, table};
use collector_proto::catalog::Section;
use collector_proto::value::Row;
use std::collections::BTreeMap;

#[test]
fn wide_characters_and_combining_marks_do_not_push_columns_aside() {
    let names = ["curl", "日本語フォント", "cafe\u{301}"];
    let rows: Vec<Row> = names
        .iter()
        .map(|name| {
            let mut row = Row::new();
            row.insert(field("package.name"), text(name));
            row.insert(field("package.version"), text("1.0"));
            row
        })
        .collect();
    let (absent, failed) = (BTreeMap::new(), BTreeMap::new());
    let sections = vec![(Section::Package, Body::Full(&rows))];
    let content = TableContent { sections, absent, failed: &failed };
    let shown = table(&content, &words(), Layout { width: 80, rows: None }, &|_| None).unwrap();
    // Fourteen columns for the widest name, two before it and two behind.
    for line in ["  curl            1.0", "  日本語フォント  1.0", "  cafe\u{301}            1.0"] {
        assert!(shown.lines().any(|written| written == line), "{line:?} is not in\n{shown}");
    }
}
