use super::*;
use std::fs;

const SELECTOR: &str = "\
#[cfg_attr(target_os = \"linux\", path = \"linux.rs\")]
#[cfg_attr(target_os = \"macos\", path = \"macos.rs\")]
#[cfg_attr(windows, path = \"windows.rs\")]
#[cfg_attr(not(any(target_os = \"linux\", target_os = \"macos\", windows)), path = \"unsupported.rs\")]
mod system;
";

#[test]
fn a_selector_names_every_system() {
    let selector = parse("a/mod.rs", SELECTOR).expect("sound").expect("a selector");
    assert_eq!(
        SYSTEMS.map(|system| selector.module(system)),
        ["linux.rs", "windows.rs", "macos.rs", "unsupported.rs"]
    );
    let without_macos: String =
        SELECTOR.lines().filter(|line| !line.contains("macos.rs")).collect::<Vec<_>>().join("\n");
    assert!(parse("a/mod.rs", &without_macos).is_err());
    let by_family = SELECTOR.replace("#[cfg_attr(windows,", "#[cfg_attr(not(unix),");
    assert!(parse("a/mod.rs", &by_family).is_err());
    assert!(parse("a/mod.rs", "fn a() {}").expect("sound").is_none());
}

#[test]
fn a_question_outside_a_selector_is_found() {
    for line in ["#[cfg(target_os = \"linux\")]", "    if cfg!(target_os = \"macos\") {", "#[cfg(windows)]"] {
        assert!(parse("a.rs", line).is_err(), "{line}");
    }
    assert!(parse("a.rs", "// #[cfg(windows)]").is_ok());
    assert!(parse("a.rs", &format!("{SHARED}\nmod unix;")).is_ok());
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
    let selector = parse("mod.rs", SELECTOR).expect("sound").expect("a selector");
    let error = selector.check_items(root.path()).expect_err("macos differs").to_string();
    assert!(error.contains("macos") && error.contains("other"), "{error}");
    fs::write(root.path().join("macos.rs"), "pub(crate) fn a() {}\n").expect("written");
    selector.check_items(root.path()).expect("equal");
}
