use super::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The files of the locales directory by language.
fn files() -> BTreeMap<String, String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../collector-proto/locales");
    let files: BTreeMap<_, _> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ftl"))
        .map(|path| {
            let language = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (language, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    assert!(!files.is_empty(), "no locale was examined");
    files
}

/// Ids with their attributes and the parameters that each uses.
fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages = BTreeMap::new();
    let mut id = String::new();
    let mut part = String::new();
    for line in source.lines() {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        if let Some((name, _)) = line.split_once(" =").filter(|(name, _)| !name.contains([' ', '['])) {
            (id, part) = (name.to_owned(), name.to_owned());
        } else if let Some((name, _)) = line.trim().strip_prefix('.').and_then(|rest| rest.split_once(" =")) {
            part = format!("{id}.{name}");
        }
        let parameters: &mut BTreeSet<String> = messages.entry(part.clone()).or_default();
        for used in line.split('$').skip(1) {
            parameters.insert(used.chars().take_while(char::is_ascii_alphanumeric).collect());
        }
    }
    messages
}

#[test]
fn every_file_is_built_in() {
    let files = files();
    assert_eq!(files.keys().map(String::as_str).collect::<BTreeSet<_>>(), languages().collect());
    for (language, source) in LOCALES {
        assert_eq!(files[*language], *source, "{language}");
        Words::load(language).unwrap();
    }
}

#[test]
fn every_language_has_the_messages_and_parameters_of_english() {
    let files = files();
    let english = messages(&files[DEFAULT_LANGUAGE]);
    assert!(english.len() > 300, "only {} messages were examined", english.len());
    for (language, source) in &files {
        assert_eq!(messages(source), english, "{language} differs from {DEFAULT_LANGUAGE}");
    }
}

#[test]
fn the_environment_chooses() {
    let from = |pairs: &'static [(&str, &str)]| {
        language_of_environment(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    };
    assert_eq!(from(&[]), "en");
    assert_eq!(from(&[("LANG", "C.UTF-8")]), "en");
    assert_eq!(from(&[("LC_ALL", ""), ("LANG", "en_GB.UTF-8")]), "en");
    assert!(find("en-US").is_some() && find("eng").is_none() && find("").is_none());
}

#[test]
fn an_unknown_language_names_the_known_ones() {
    let error = Words::load("tlh").err().unwrap();
    assert!(error.to_string().contains("tlh") && error.to_string().contains("en"), "{error}");
}

#[test]
fn holes_are_errors() {
    let words = Words::parse("en", "a = { $x }\nfield-b = B\n").unwrap();
    assert!(matches!(words.text("a"), Err(LocaleError::Incomplete { .. })));
    assert!(matches!(words.text("c"), Err(LocaleError::NoMessage { .. })));
    assert!(matches!(words.description(Wording::Field, "b", &[]), Err(LocaleError::NoMessage { .. })));
    assert_eq!(words.text_with("a", &[("x", 3.into())]).unwrap(), "3");
}

#[test]
fn spans_and_instants_read_well() {
    let words = Words::load("en").unwrap();
    let span = |text: &str| words.span(Span::parse(text).unwrap()).unwrap();
    assert_eq!(
        [span("90d"), span("24h"), span("6h"), span("90m"), span("61s")].join(", "),
        "90 days, 1 day, 6 hours, 90 minutes, 61 seconds"
    );
    assert_eq!(instant(UtcTime::parse("2026-11-22T08:03:59Z").unwrap()), "2026-11-22 08:03 UTC");
}
