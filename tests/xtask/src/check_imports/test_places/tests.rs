use super::*;

/// What is wrong with a source of this text.
fn faults(file: &str, text: &str) -> Vec<String> {
    let (mut faults, paths) = judge(file, text);
    faults.extend(paths);
    faults
}

/// A source that ends in so many lines of tests.
fn with_tests(lines: usize) -> String {
    format!("fn a() {{}}\n\n#[cfg(test)]\nmod tests {{\n{}}}\n", "    // a line\n".repeat(lines - 2))
}

#[test]
fn short_tests_may_stand_at_the_end() {
    assert!(faults("src/a.rs", &with_tests(MAX_INLINE)).is_empty());
    assert!(faults("src/a/mod.rs", "#[cfg(test)]\nmod tests;\n").is_empty());
    assert!(faults("src/a/mod.rs", "#[cfg(test)]\npub(crate) mod fixture;\n").is_empty());
    assert!(faults("src/a/mod.rs", "#[cfg(feature = \"x\")]\nmod other;\n").is_empty());
}

#[test]
fn what_stands_elsewhere_is_found() {
    let followed = format!("{}\nfn b() {{}}\n", with_tests(4));
    for (file, text, part) in [
        ("src/a.rs", with_tests(MAX_INLINE + 1).as_str(), "a.rs:4: 61 lines"),
        ("src/a.rs", &followed, "follows"),
        ("src/a_tests.rs", "", "foo/tests.rs"),
        ("src/a.rs", "#[path = \"b.rs\"]\nmod b;\n", "selector"),
        ("src/a.rs", "#[cfg(test)]\nmod helpers;\n", "`helpers`"),
        ("src/a.rs", "#[cfg(test)]\n#[cfg(unix)]\npub(super) mod sample;\n", "`sample`"),
    ] {
        let found = faults(file, text);
        assert!(found.len() == 1 && found[0].contains(part), "{found:?}");
    }
}

#[test]
fn data_in_src_belongs_to_a_program() {
    let root = tempfile::tempdir().expect("a directory");
    assert!(check(root.path(), &mut Vec::new()).is_err(), "nothing was examined");
    for folder in SOURCES {
        fs::create_dir_all(root.path().join(folder)).expect("made");
        fs::write(root.path().join(folder).join("lib.rs"), "const A: &str = include_str!(\"a.sql\");\n")
            .expect("written");
        fs::write(root.path().join(folder).join("a.sql"), "").expect("written");
    }
    fs::write(root.path().join("durable/src/tests.rs"), "const B: &str = include_str!(\"b.bin\");\n")
        .expect("written");
    fs::write(root.path().join("durable/src/b.bin"), "").expect("written");
    let mut faults = Vec::new();
    assert_eq!(check(root.path(), &mut faults).expect("read"), SOURCES.len() + 1);
    let (stale, rest): (Vec<_>, Vec<_>) =
        faults.into_iter().partition(|fault| fault.contains("no exception"));
    assert_eq!(stale.len(), PATHS.len() + RUN.len(), "{stale:?}");
    assert!(rest.len() == 1 && rest[0].starts_with("durable/src/b.bin"), "{rest:?}");
}
