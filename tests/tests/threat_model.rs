//! What the documents claim: each test that the threat model names exists, and each event has something to do in the operations notes.

use std::collections::BTreeSet;
use std::path::Path;

/// What is written `path.rs: name` in the text.
fn named(text: &str) -> BTreeSet<(&str, &str)> {
    text.split('`').skip(1).step_by(2).filter_map(|code| code.split_once(".rs: ")).collect()
}

#[test]
fn every_test_that_it_names_exists() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = std::fs::read_to_string(top.join("docs/threat-model.md")).unwrap();
    let named = named(&text);
    assert!(named.len() > 40, "only {} tests are named", named.len());
    for (file, name) in named {
        let source = std::fs::read_to_string(top.join(format!("{file}.rs"))).unwrap_or_default();
        let function = format!("fn {name}(");
        let before = source.find(&function).map(|at| &source[..at]);
        // In `proptest!` blocks and below attributes as well.
        let is_test = before.is_some_and(|before| {
            let item = before.rsplit("\n\n").next().unwrap();
            item.contains("#[test]") || item.contains("#[tokio::test")
        });
        assert!(is_test, "{file}.rs has no test {name}");
    }
}

#[test]
fn every_event_has_something_to_do() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let source = std::fs::read_to_string(top.join("collector/src/refusal.rs")).unwrap();
    let notes = std::fs::read_to_string(top.join("docs/operations.md")).unwrap();
    let kinds = source.split("impl EventKind").nth(1).unwrap();
    let kinds = kinds.split("\n}").next().unwrap();
    let names: Vec<&str> = kinds.split("=> \"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(names.len() > 15, "only {} kinds were found", names.len());
    for name in names {
        assert!(notes.contains(&format!("`{name}`")), "docs/operations.md does not say what to do at {name}");
    }
}
