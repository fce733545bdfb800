use super::*;

/// The texts of the questions in a source.
fn texts(source: &str) -> Vec<String> {
    all(source).into_iter().map(|question| question.text).collect()
}

#[test]
fn every_way_to_ask_is_found() {
    for (source, text) in [
        ("#[cfg(target_os = \"linux\")]\nfn a() {}", "target_os = \"linux\""),
        ("    if cfg!(target_os = \"macos\") {", "target_os = \"macos\""),
        ("#[cfg(windows)]", "windows"),
        ("#![cfg(unix)]", "unix"),
        ("struct A(#[cfg(not(unix))] u8);", "not(unix)"),
        (
            "#[cfg_attr(not(target_os = \"linux\"), expect(dead_code, reason = \"\"))]",
            "not(target_os = \"linux\"), expect(dead_code, reason = \"\")",
        ),
        (
            "    #[cfg_attr(\n        not(any(target_os = \"linux\", test)),\n        allow(dead_code)\n    )]\n",
            "not(any(target_os = \"linux\", test)), allow(dead_code)",
        ),
        ("#[cfg(all(test, target_family = \"unix\"))]", "all(test, target_family = \"unix\")"),
    ] {
        assert_eq!(texts(source), [text], "{source}");
    }
}

#[test]
fn what_is_no_question_for_the_system_is_not_found() {
    for source in [
        "// #[cfg(windows)]",
        "let text = \"#[cfg(windows)]\";",
        "#[cfg(test)]",
        "#[cfg(feature = \"author\")]",
        "#[cfg(target_arch = \"x86_64\")]",
        "fn windows() {}",
    ] {
        assert!(texts(source).is_empty(), "{source}");
    }
}

#[test]
fn a_question_knows_what_stands_around_it() {
    let source = "\n#[cfg(test)]\n#[cfg(unix)]\nmod tests;\n\n#[cfg(\n    unix\n)]\nmod other;\n";
    let questions = all(source);
    let [of_tests, other] = questions.as_slice() else { panic!("two questions") };
    assert_eq!((of_tests.line, of_tests.next, of_tests.is_of_tests), (3, "mod tests;", true));
    assert_eq!((other.line, other.next, other.is_of_tests), (6, "mod other;", false));
}
