use super::*;

const HASH: &str = "/nix/store/j8ig6zr57cj22pfmj35qlc91yikvymyg";

fn elements(read: Result<Vec<Element>, FormatError>) -> Result<Vec<String>, FormatError> {
    let line = |e: &Element| format!("{} {}", e.name, e.system.as_deref().unwrap_or("-"));
    Ok(read?.iter().map(line).collect())
}

fn json(text: &str) -> Result<Vec<String>, FormatError> {
    elements(of_json(text.replace('$', HASH).as_bytes()))
}

fn nix(text: &str) -> Result<Vec<String>, FormatError> {
    elements(of_nix(text.as_bytes()))
}

#[test]
fn every_version_of_the_json_form_is_read() {
    let element = r#"{"active": true, "attrPath": "legacyPackages.x86_64-linux.hello", "originalUrl": "path:/home/jane/x",
        "storePaths": ["$-hello-2.12.1", "$-hello-2.12.1-man"], "url": "x", "outputs": null, "priority": 5}"#;
    let bare = r#"{"active": true, "storePaths": ["$-jq-1.7.1"]}"#;
    let hidden = r#"{"active": false, "storePaths": ["$-hidden-1"]}"#;
    let expected = ["hello-2.12.1 x86_64-linux", "hello-2.12.1-man x86_64-linux", "jq-1.7.1 -"];
    for version in [1, 2] {
        let text = format!(r#"{{"version": {version}, "elements": [{element}, {bare}, {hidden}]}}"#);
        assert_eq!(json(&text).unwrap(), expected);
    }
    let text = format!(r#"{{"version": 3, "elements": {{"a": {element}, "b": {bare}, "c": {hidden}}}}}"#);
    assert_eq!(json(&text).unwrap(), expected);
    assert_eq!(json(r#"{"version": 3, "elements": {}}"#).unwrap(), [""; 0]);
}

#[test]
fn the_json_form_is_refused_where_it_cannot_be_understood() {
    let whole = r#"{"version":3,"elements":{"a":{"storePaths":["$-jq-1.7.1"]}}}"#;
    assert_eq!(json(whole).unwrap(), ["jq-1.7.1 -"]);
    for end in 0..whole.len() {
        assert_eq!(json(&whole[..end]), Err(FormatError::Malformed), "cut at {end}");
    }
    for junk in [
        &whole.replace(":3", ":4"),
        &whole.replace('$', "/home/jane"),
        &whole.replace("$-jq-1.7.1", "$"),
        &whole.replace("\"a\"", "\"a\":1,\"b\""),
        "{}",
        "[]",
    ] {
        assert_eq!(json(junk), Err(FormatError::Malformed), "{junk}");
    }
    assert_eq!(json(&"[".repeat(1_000_000)), Err(FormatError::Malformed));
}

#[test]
fn attribute_paths_name_the_system() {
    assert_eq!(system_of("legacyPackages.x86_64-linux.python312Packages.black"), Some("x86_64-linux"));
    assert_eq!(system_of("packages.aarch64-linux.default"), Some("aarch64-linux"));
    for other in ["hello", "defaultPackage", "packages.x86_64", "nixosConfigurations.my-host.pkgs", ""] {
        assert_eq!(system_of(other), None, "{other}");
    }
}

/// As nix-env 2.8 prints it.
const PRINTED: &str = r#"[ { meta = { description = "A \"friendly\" ]} \n thing \${x}"; maintainers = [ { name = "Jane"; } ]; free = true; n = -1; "odd key" = null; }; name = "hello-2.12.1"; out = { outPath = "/nix/store/a"; name = "no"; }; outputs = [ "out" ]; system = "x86_64-linux"; type = "derivation"; } { meta = { }; name = "jq-1.7.1"; outPath = "/nix/store/b"; } ]"#;

#[test]
fn the_nix_form_names_its_packages() {
    assert_eq!(nix(PRINTED).unwrap(), ["hello-2.12.1 x86_64-linux", "jq-1.7.1 -"]);
    assert_eq!(nix("[ ]").unwrap(), [""; 0]);
    assert_eq!(nix("[]\n").unwrap(), [""; 0]);
}

#[test]
fn the_nix_form_is_refused_where_it_cannot_be_understood() {
    for end in 0..PRINTED.len() {
        assert_eq!(nix(&PRINTED[..end]), Err(FormatError::Malformed), "cut at {end}");
    }
    for junk in ["hello", "]", "[ { } ]", "[ ] [ ]", "[ { name = x; } ]", "[ \"\\", "{ } }", "[ ] x"] {
        assert_eq!(nix(junk), Err(FormatError::Malformed), "{junk}");
    }
    assert_eq!(elements(of_nix(b"[ { name = \"\xff\"; } ]")), Err(FormatError::Malformed));
    assert_eq!(nix(&"[".repeat(1_000_000)), Err(FormatError::Malformed));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_either_form_panic(text in "[\\[\\]{}=;\"\\\\ a-zä]{0,60}", bytes: Vec<u8>) {
        let _ = (of_nix(text.as_bytes()), of_nix(&bytes), of_json(text.as_bytes()), of_json(&bytes));
    }
}
