//! Every locale has exactly the messages that the catalogue asks for.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files fails")]

use collector_proto::catalog::{
    CcpaCategory, DERIVED, FieldId, LegalBasis, NEVER, Privilege, Right, Section, Sensitivity, Wording,
};
use collector_proto::messages::{Absence, SourceName};
use collector_proto::policy::document_terms::{LANGUAGES, PURPOSES};
use collector_proto::policy::{Generalisation, KeyScope, Necessity};
use fluent_syntax::ast::{
    Attribute, Entry, Expression, InlineExpression, Message, Pattern, PatternElement, Resource,
};
use fluent_syntax::{parser, serializer};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Ids of the notice's own sentences begin with this; the catalogue does not know them.
const NOTICE: &str = "notice-";

/// Words that no notice may use: nothing is certain for ever.
const ABSOLUTES: &[&str] = &["100 %", "100%", "completely secure", "absolutely secure", "guarantee"];

/// Most words of a sentence: longer ones are read twice.
const MOST_WORDS: usize = 25;

/// What leaves open whether something happens or is allowed, by language.
const VAGUE: &[(&str, &str)] = &[("en", "may")];

/// Every message that the catalogue and the vocabularies ask for, with its parameters.
fn required() -> BTreeMap<String, BTreeSet<&'static str>> {
    fn all(group: Wording, terms: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<String> {
        terms.into_iter().map(|term| group.message_id(term.as_ref())).collect()
    }
    let plain = [
        all(Wording::Field, FieldId::all().map(FieldId::name)),
        all(Wording::Section, Section::ALL.iter().map(|section| section.name())),
        all(Wording::Derived, DERIVED.iter().map(|derived| derived.name)),
        all(Wording::Purpose, PURPOSES),
        all(Wording::Basis, LegalBasis::ALL.iter().map(|basis| basis.name())),
        all(Wording::Right, Right::ALL.iter().map(|right| right.name())),
        all(Wording::Treatment, ["keep", "drop"]),
        all(Wording::Treatment, KeyScope::ALL.iter().map(|scope| format!("hmac_{scope}"))),
        all(Wording::Treatment, Generalisation::ALL.iter().map(|step| format!("generalise_{step}"))),
        all(Wording::Absence, Absence::ALL.iter().map(|absence| absence.name())),
        all(Wording::Source, SourceName::ALL.iter().map(|source| source.name())),
        all(Wording::Necessity, Necessity::ALL.iter().map(|necessity| necessity.name())),
        all(Wording::Sensitivity, Sensitivity::ALL.iter().map(|sensitivity| sensitivity.name())),
        all(Wording::Privilege, Privilege::ALL.iter().map(|privilege| privilege.name())),
        all(Wording::Ccpa, CcpaCategory::ALL.iter().map(|category| category.name())),
        all(Wording::Never, NEVER.iter().map(|never| never.name)),
    ];
    let mut required: BTreeMap<_, _> = plain.into_iter().flatten().map(|id| (id, BTreeSet::new())).collect();
    required.insert(Wording::Treatment.message_id("truncate_ip"), ["v4", "v6"].into());
    required.insert(Wording::Treatment.message_id("truncate_text"), ["chars"].into());
    required
}

/// A locale's messages by id.
struct Locale {
    name: String,
    messages: BTreeMap<String, Message<String>>,
}

impl Locale {
    fn parse(name: &str, source: &str) -> Result<Self, String> {
        let Resource { body } = parser::parse(source.to_owned())
            .map_err(|(_, errors)| format!("{name}: does not parse: {errors:?}"))?;
        let mut messages = BTreeMap::new();
        for entry in body {
            match entry {
                Entry::Message(message) => {
                    let id = message.id.name.clone();
                    if messages.insert(id.clone(), message).is_some() {
                        return Err(format!("{name}: `{id}` appears twice"));
                    }
                }
                Entry::Term(term) => return Err(format!("{name}: has the term `-{}`", term.id.name)),
                Entry::Junk { content } => return Err(format!("{name}: has junk: {content}")),
                Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            }
        }
        Ok(Self { name: name.to_owned(), messages })
    }
}

/// The locales of the directory. There must be some, English among them.
fn committed() -> BTreeMap<String, String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales");
    let mut locales = BTreeMap::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "ftl") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            locales.insert(name, std::fs::read_to_string(path).unwrap());
        }
    }
    locales
}

/// Everything that is wrong with the locales.
fn faults(sources: &BTreeMap<String, String>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut locales = Vec::new();
    for (name, source) in sources {
        match Locale::parse(name, source) {
            Ok(locale) => locales.push(locale),
            Err(fault) => faults.push(fault),
        }
        if !LANGUAGES.contains(&name.as_str()) {
            faults.push(format!("{name}: is not a language of the notice"));
        }
    }
    let Some(english) = locales.iter().find(|locale| locale.name == "en") else {
        faults.push("no English locale was examined".to_owned());
        return faults;
    };
    for locale in &locales {
        catalogue_faults(locale, &mut faults);
        notice_faults(locale, english, &mut faults);
        wording_faults(locale, &mut faults);
    }
    faults
}

/// Sentences that are too long to be understood at once, and words that say nothing definite.
fn wording_faults(locale: &Locale, faults: &mut Vec<String>) {
    let name = &locale.name;
    for (id, message) in &locale.messages {
        let mut texts = Vec::new();
        for pattern in message.value.iter().chain(message.attributes.iter().map(|attribute| &attribute.value))
        {
            let text = text_of(pattern, &mut texts);
            texts.push(text);
        }
        for sentence in texts.iter().flat_map(|text| text.split_inclusive(['.', '!', '?', '\n'])) {
            let words: Vec<&str> = sentence.split(|c: char| c.is_whitespace() || c == '/').collect();
            let words: Vec<&str> =
                words.into_iter().filter(|word| word.contains(char::is_alphanumeric)).collect();
            if words.len() > MOST_WORDS {
                faults.push(format!("{name}: `{id}` has a sentence of {} words: {sentence}", words.len()));
            }
            let is = |word: &str, vague| {
                word.trim_matches(|c: char| !c.is_alphabetic()).eq_ignore_ascii_case(vague)
            };
            for (_, vague) in VAGUE.iter().filter(|(language, _)| language == name) {
                if words.iter().any(|word| is(word, vague)) {
                    faults.push(format!("{name}: `{id}` says “{vague}”: {sentence}"));
                }
            }
        }
    }
}

/// What people read of a pattern, a parameter as one word. What a choice says goes to `others`, text by text.
fn text_of(pattern: &Pattern<String>, others: &mut Vec<String>) -> String {
    let mut text = String::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => text.push_str(value),
            PatternElement::Placeable { expression: Expression::Inline(_) } => text.push('x'),
            PatternElement::Placeable { expression: Expression::Select { variants, .. } } => {
                for variant in variants {
                    let chosen = text_of(&variant.value, others);
                    others.push(chosen);
                }
                text.push('x');
            }
        }
    }
    text
}

/// The catalogue's messages: exactly those, each with a title and a description.
fn catalogue_faults(locale: &Locale, faults: &mut Vec<String>) {
    let name = &locale.name;
    let required = required();
    for (id, parameters) in &required {
        let Some(message) = locale.messages.get(id) else {
            faults.push(format!("{name}: `{id}` is missing"));
            continue;
        };
        if message.value.as_ref().is_none_or(is_empty) {
            faults.push(format!("{name}: `{id}` has no title"));
        }
        match message.attributes.as_slice() {
            [Attribute { id, value }] if id.name == "description" && !is_empty(value) => {}
            _ => faults.push(format!("{name}: `{id}` must have a description and no other attribute")),
        }
        let used = variables(message);
        if !used.iter().map(String::as_str).eq(parameters.iter().copied()) {
            faults.push(format!("{name}: `{id}` uses the parameters {used:?}, not {parameters:?}"));
        }
    }
    for (id, message) in &locale.messages {
        if !id.starts_with(NOTICE) && !required.contains_key(id) {
            faults.push(format!("{name}: `{id}` is not a message of the catalogue"));
        }
        let text = written(message).to_lowercase();
        for absolute in ABSOLUTES.iter().filter(|absolute| text.contains(**absolute)) {
            faults.push(format!("{name}: `{id}` promises too much: {absolute}"));
        }
    }
}

/// The notice's own sentences: the same in every language as in English, with the same parameters.
fn notice_faults(locale: &Locale, english: &Locale, faults: &mut Vec<String>) {
    let name = &locale.name;
    let of_notice = |locale: &Locale| -> BTreeSet<String> {
        locale.messages.keys().filter(|id| id.starts_with(NOTICE)).cloned().collect()
    };
    let (here, there) = (of_notice(locale), of_notice(english));
    for id in there.difference(&here) {
        faults.push(format!("{name}: `{id}` is missing"));
    }
    for id in here.difference(&there) {
        faults.push(format!("{name}: `{id}` is not in the English locale"));
    }
    for id in here.intersection(&there) {
        let (message, original) = (&locale.messages[id], &english.messages[id]);
        if message.value.as_ref().is_none_or(is_empty) {
            faults.push(format!("{name}: `{id}` is empty"));
        }
        if variables(message) != variables(original) || attributes(message) != attributes(original) {
            faults.push(format!("{name}: `{id}` has other parameters or attributes than in English"));
        }
    }
}

fn is_empty(pattern: &Pattern<String>) -> bool {
    pattern.elements.iter().all(|element| match element {
        PatternElement::TextElement { value }
        | PatternElement::Placeable {
            expression: Expression::Inline(InlineExpression::StringLiteral { value }),
        } => value.trim().is_empty(),
        PatternElement::Placeable { .. } => false,
    })
}

fn attributes(message: &Message<String>) -> BTreeSet<&str> {
    message.attributes.iter().map(|attribute| attribute.id.name.as_str()).collect()
}

/// The message in Fluent syntax, without its comment.
fn written(message: &Message<String>) -> String {
    let message = Message { comment: None, ..message.clone() };
    serializer::serialize(&Resource { body: vec![Entry::Message(message)] })
}

/// The parameters that the message uses.
fn variables(message: &Message<String>) -> BTreeSet<String> {
    written(message)
        .split('$')
        .skip(1)
        .map(|rest| {
            rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
        })
        .collect()
}

#[test]
fn every_locale_is_complete() {
    let locales = committed();
    assert!(!locales.is_empty(), "no locale was examined");
    assert_eq!(faults(&locales), Vec::<String>::new());
}

#[test]
fn the_english_never_list_says_that_there_is_no_code() {
    let english = Locale::parse("en", &committed()["en"]).unwrap();
    for never in NEVER {
        let id = Wording::Never.message_id(never.name);
        assert!(written(&english.messages[&id]).contains("has no code"), "{id}");
    }
}

#[test]
fn an_incomplete_locale_is_noticed() {
    let english = committed().remove("en").unwrap();
    let fault = |source: String| faults(&BTreeMap::from([("en".to_owned(), source)])).join("\n");
    assert!(
        fault(english.replace("field-host-ip =", "field-host-ipp =")).contains("`field-host-ip` is missing")
    );
    assert!(
        fault(english.clone() + "\nfield-stray = A\n    .description = B\n").contains("`field-stray` is no")
    );
    assert!(fault(english.replace("= IP address", "= { \"\" }")).contains("`field-host-ip` has no title"));
    assert!(fault(english.replace("field-host-ip = IP address", "field-host-ip =")).contains("has no title"));
    assert!(fault(english.replace("{ $v4 }", "24")).contains("`treatment-truncate-ip` uses"));
    assert!(fault(english.clone() + "\nfield-host-ip = Again\n").contains("appears twice"));
    assert!(fault(english.clone() + "\nnotice-boast = This is 100 % safe.\n").contains("promises too much"));
    let twice = |words: usize| format!("\nnotice-probe = {}end.\n", "word ".repeat(words - 1));
    assert!(fault(english.clone() + &twice(MOST_WORDS)).is_empty());
    assert!(fault(english.clone() + &twice(MOST_WORDS + 1)).contains("a sentence of 26 words"));
    let chosen = "\nnotice-probe = { $n ->\n    [one] One.\n   *[other] They may.\n}\n";
    assert!(fault(english.clone() + chosen).contains("`notice-probe` says “may”"));
    assert!(fault(english + "\nno message\n").contains("does not parse"));
}

#[test]
fn another_language_must_follow_the_english_notice() {
    let english = committed().remove("en").unwrap() + "\nnotice-probe = See { $thing }.\n";
    let faults = |other: String| {
        faults(&BTreeMap::from([("de".to_owned(), other), ("en".to_owned(), english.clone())])).join("\n")
    };
    assert!(faults(english.clone()).is_empty());
    assert!(
        faults(english.replace("notice-probe", "notice-other")).contains("de: `notice-probe` is missing")
    );
    assert!(faults(english.replace("{ $thing }", "it")).contains("other parameters"));
}

#[test]
fn no_locale_at_all_is_a_fault() {
    assert!(!faults(&BTreeMap::new()).is_empty());
}
