use super::*;

fn check(text: impl AsRef<[u8]>, format: Format) -> (ExitCode, String) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("policy.toml");
    std::fs::write(&file, text).unwrap();
    let mut out = Vec::new();
    let code = run(&Args { files: vec![file], format }, &mut Output::to(&mut out)).unwrap();
    (code, String::from_utf8(out).unwrap())
}

const MINIMAL: &str = include_str!("../../../../../packaging/policies/minimal.toml");

#[test]
fn a_good_file_is_good() {
    let (code, text) = check(MINIMAL, Format::Text);
    assert_eq!(code, ExitCode::SUCCESS);
    assert!(
        text.contains(
            "good, 0 errors, 0 warnings; version 1 for the group `default`: 7 fields for 1 purpose"
        ),
        "{text}"
    );
}

#[test]
fn a_bad_file_fails_with_every_finding() {
    let bad = MINIMAL.replace("os.version", "os.versoin").replace("\"90d\"", "\"forever\"");
    let (code, text) = check(&bad, Format::Text);
    assert_eq!(code, ExitCode::FAILURE);
    assert!(
        text.contains("did you mean `os.version`?") && text.contains("purposes.operations.retention"),
        "{text}"
    );
    assert!(text.ends_with("2 errors, 0 warnings\n"), "{text}");
    let (code, json) = check(&bad, Format::Json);
    assert_eq!(code, ExitCode::FAILURE);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["ok"], false);
    assert_eq!(json[0]["diagnostics"][1]["suggestion"], "os.version");
    assert_eq!(json[0]["diagnostics"][1]["code"], "unknown_field");
}

#[test]
fn a_byte_that_is_no_utf_8_has_a_place() {
    let mut bytes = MINIMAL.as_bytes().to_vec();
    let lines = MINIMAL.matches('\n').count();
    bytes.extend(b"# M\xFCller\n");
    let (code, text) = check(&bytes, Format::Text);
    assert_eq!(code, ExitCode::FAILURE);
    assert!(text.contains(&format!("policy.toml:{}:4: error[syntax]: the byte 0xFC", lines + 1)), "{text}");
    let json: serde_json::Value = serde_json::from_str(&check(&bytes, Format::Json).1).unwrap();
    assert_eq!(json[0]["diagnostics"][0]["line"], lines + 1);
    assert_eq!(json[0]["diagnostics"][0]["column"], 4);
    assert_eq!(json[0]["errors"], 1);
}

#[test]
fn a_missing_file_is_an_error_of_that_file() {
    let mut out = Vec::new();
    let args = Args { files: vec!["/nonexistent/policy.toml".into()], format: Format::Text };
    assert_eq!(run(&args, &mut Output::to(&mut out)).unwrap(), ExitCode::FAILURE);
    assert!(String::from_utf8(out).unwrap().contains("cannot read /nonexistent/policy.toml"));
}
