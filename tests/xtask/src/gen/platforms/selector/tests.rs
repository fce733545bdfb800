use super::*;
use std::fs;

const SELECTOR: &str = "\
#[cfg_attr(target_os = \"linux\", path = \"linux.rs\")]
#[cfg_attr(target_os = \"macos\", path = \"macos.rs\")]
#[cfg_attr(windows, path = \"windows.rs\")]
#[cfg_attr(not(any(target_os = \"linux\", target_os = \"macos\", windows)), path = \"unsupported.rs\")]
mod system;
";

/// What a file selects, and the questions it asks beside that.
fn parsed(text: &str) -> Result<(Option<Selector>, Vec<String>)> {
    let mut outside = Vec::new();
    let selector = parse("a/mod.rs", text, &mut outside)?;
    Ok((selector, outside.into_iter().map(|question| question.condition).collect()))
}

fn selector(text: &str) -> Selector {
    parsed(text).expect("sound").0.expect("a selector")
}

#[test]
fn a_selector_names_every_system() {
    let selector = selector(SELECTOR);
    assert_eq!(
        SYSTEMS.map(|system| selector.module(system)),
        ["linux.rs", "windows.rs", "macos.rs", "unsupported.rs"]
    );
    let without_macos: String =
        SELECTOR.lines().filter(|line| !line.contains("macos.rs")).collect::<Vec<_>>().join("\n");
    assert!(parsed(&without_macos).is_err());
    let by_family = SELECTOR.replace("#[cfg_attr(windows,", "#[cfg_attr(not(unix),");
    assert!(parsed(&by_family).is_err());
    assert!(parsed("fn a() {}").expect("sound").0.is_none());
}

#[test]
fn a_question_outside_a_selector_is_found() {
    for (text, condition) in [
        ("#[cfg(target_os = \"linux\")]\nfn a() {}", "target_os = \"linux\""),
        ("fn a() -> bool {\n    cfg!(unix)\n}", "unix"),
        ("#[cfg_attr(windows, allow(dead_code))]\nmod a;", "windows, allow(dead_code)"),
        ("#[cfg(not(target_os = \"linux\"))]\nmod other;", "not(target_os = \"linux\")"),
    ] {
        assert_eq!(parsed(text).expect("sound").1, [condition], "{text}");
    }
    for text in ["#[cfg(test)]\n#[cfg(unix)]\nmod tests;", "#[cfg(not(target_os = \"linux\"))]\nmod closed;"]
    {
        assert!(parsed(text).expect("sound").1.is_empty(), "{text}");
    }
    let with_shared = format!("#[cfg({})]\nmod unix;\n{SELECTOR}", SHARED[0].0);
    assert!(parsed(&with_shared).expect("sound").1.is_empty());
}

#[test]
fn sources_that_ask_anywhere_else_or_are_not_there_fail() {
    let root = tempfile::tempdir().expect("a directory");
    assert!(all(root.path()).is_err(), "nothing was examined");
    for folder in SOURCES {
        fs::create_dir_all(root.path().join(folder)).expect("made");
        fs::write(root.path().join(folder).join("lib.rs"), "fn a() {}\n").expect("written");
    }
    let error = |root: &Path| all(root).err().expect("refused").to_string();
    assert!(error(root.path()).contains("no selector"), "{}", error(root.path()));
    fs::write(root.path().join("agent/src/lib.rs"), SELECTOR).expect("written");
    for system in SYSTEMS {
        fs::write(root.path().join(format!("agent/src/{system}.rs")), "pub(crate) fn a() {}\n")
            .expect("written");
    }
    fs::write(root.path().join("durable/src/lib.rs"), "\n#[cfg(windows)]\nfn a() {}\n").expect("written");
    assert!(error(root.path()).contains("durable/src/lib.rs:2"), "{}", error(root.path()));
}

#[test]
fn items_are_what_is_offered() {
    let text = "use std::io;\npub(crate) const A: u8 = 1;\npub(crate) async fn b() {}\nfn hidden() {}\n\
                pub(super) struct C(u8);\npub(crate) use files::{\n    d, e,\n};\npub(crate) use super::unix::f;\n\
                impl C {\n    pub(crate) fn method() {}\n}\n";
    assert_eq!(items(text).into_iter().collect::<Vec<_>>(), ["A", "C", "b", "d", "e", "f"]);
}

#[test]
fn an_item_on_the_first_line_counts_and_a_method_does_not() {
    for text in
        ["pub(crate) fn a() {}", "pub(crate) fn a() {}\n", "\npub(crate) fn a() {}\npub(crate) fn b() {}\n"]
    {
        assert!(items(text).contains("a"), "{text:?}");
    }
    assert!(items("pub(crate) fn a() {}\npub(crate) fn b() {}\n").contains("b"));
    assert!(items("impl C {\n    pub(crate) fn method() {}\n}\n").is_empty());
}

#[test]
fn a_system_that_lacks_an_item_is_named() {
    let root = tempfile::tempdir().expect("a directory");
    for (system, text) in [
        ("linux", "pub(crate) fn a() {}\npub(crate) fn more() {}\n"),
        ("windows", "pub(crate) fn a() {}\n"),
        ("macos", "pub(crate) fn other() {}\n"),
        ("unsupported", "pub(crate) fn a() {}\n"),
    ] {
        fs::write(root.path().join(format!("{system}.rs")), text).expect("written");
    }
    let mut selector = selector(SELECTOR);
    selector.file = "mod.rs".to_owned();
    let error = selector.check_items(root.path()).expect_err("macos differs").to_string();
    assert!(error.contains("macos") && error.contains("other"), "{error}");
    fs::write(root.path().join("macos.rs"), "pub(crate) fn a() {}\n").expect("written");
    selector.check_items(root.path()).expect("equal");
}
