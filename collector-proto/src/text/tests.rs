use super::class::{acts, deceives, disturbs, garbles, is_joiner};
use super::*;
use proptest::prelude::*;
use serde_json::Value;
use std::sync::LazyLock;

#[test]
fn what_acts_is_shown_as_its_code_point() {
    assert_eq!(plain("curl"), "curl");
    assert_eq!(plain("a\u{1b}[2Jb"), "a⟨U+001B⟩[2Jb");
    assert_eq!(plain("evil\u{202e}gpj.exe"), "evil⟨U+202E⟩gpj.exe");
    assert_eq!(plain("a\nb\tc\u{9b}d"), "a⟨U+000A⟩b⟨U+0009⟩c⟨U+009B⟩d");
    assert_eq!(plain("\u{e0041}"), "⟨U+E0041⟩");
    assert_eq!(plain("日本語 👩\u{200d}💻 żółw"), "日本語 👩\u{200d}💻 żółw");
    assert_eq!(plain_lines("a\nb\tc\u{2028}d"), "a\nb⟨U+0009⟩c⟨U+2028⟩d");
    assert_eq!(format!("{:>6}|{:<3}|", Plain("curl"), Plain("\u{7f}")), "  curl|⟨U+007F⟩|");
}

#[test]
fn escaped_json_is_the_same_document() {
    let value = serde_json::json!({"n\u{202e}": ["\u{7f}\u{9b}\u{e0041}\u{1b}\n", "ü"]});
    for written in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
        let escaped = json(&written);
        assert!(!escaped.contains(['\u{202e}', '\u{7f}', '\u{9b}', '\u{e0041}']));
        assert_eq!(serde_json::from_str::<Value>(&escaped).unwrap(), value);
    }
}

#[test]
fn what_deceives_is_shown_to_administrators() {
    assert_eq!(plain_where("cu\u{200d}rl\u{6dd}", deceives), "cu⟨U+200D⟩rl⟨U+06DD⟩");
    assert_eq!(json_where("{\n\"a\": \"\u{200c}\"}", deceives), "{\n\"a\": \"\\u200c\"}");
}

#[test]
fn what_disturbs_does_not_stay_in_values() {
    assert_eq!(clean("  Latitude\t 7440 \n").as_deref(), Some("Latitude 7440"));
    assert_eq!(clean("a\u{1b}[31mred\u{0}\u{7f}b\u{85}c").as_deref(), Some("a[31mredb c"));
    assert_eq!(clean("exe\u{202e}cod.txt").as_deref(), Some("execod.txt"));
    assert_eq!(clean("Müller’s 机器").as_deref(), Some("Müller’s 机器"));
    assert_eq!(clean(" \u{0}\t\n"), None);
}

/// The classes over every character: the count changes when somebody changes a class, on purpose or not.
#[test]
fn the_classes_are_what_they_are_said_to_be() {
    let count = |class: fn(char) -> bool| (char::MIN..=char::MAX).filter(|c| class(*c)).count();
    assert_eq!(count(acts), 65 + 2 + 187);
    assert_eq!(count(deceives), 65 + 2 + 187 + 2 + 13);
    assert_eq!(count(disturbs), 65 + 12 + 1);
    assert_eq!(count(garbles), 64 + 5 + 4);
    for character in char::MIN..=char::MAX {
        assert!(!disturbs(character) || acts(character), "{character:?}");
        assert!(!acts(character) || deceives(character), "{character:?}");
        assert!(!garbles(character) || acts(character), "{character:?}");
        assert!(!is_joiner(character) || !acts(character), "{character:?}");
    }
}

/// Text of which every other character acts, which `any::<String>()` hardly ever has.
fn hostile() -> impl Strategy<Value = String> {
    // Looked for once: a strategy is built many times.
    static ACTING: LazyLock<Vec<char>> =
        LazyLock::new(|| (char::MIN..=char::MAX).filter(|c| acts(*c)).collect());
    let one = prop_oneof![any::<char>(), proptest::sample::select(ACTING.as_slice())];
    proptest::collection::vec(one, 0..40).prop_map(String::from_iter)
}

fn document() -> impl Strategy<Value = Value> {
    let leaf =
        prop_oneof![hostile().prop_map(Value::from), any::<i32>().prop_map(Value::from), Just(Value::Null)];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(hostile(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn nothing_that_acts_is_left_in_plain_text(text in hostile()) {
        prop_assert!(!plain(&text).contains(acts));
        prop_assert!(!plain_lines(&text).contains(|c| acts(c) && c != '\n'));
        prop_assert_eq!(plain(&text), Plain(&text).to_string());
        // What does not act is left as it is.
        let quiet: String = text.chars().filter(|c| !acts(*c)).collect();
        prop_assert_eq!(plain(&quiet), quiet.as_str());
    }

    #[test]
    fn nothing_that_disturbs_is_left_in_a_clean_value(text in hostile()) {
        if let Some(value) = clean(&text) {
            prop_assert!(!value.contains(disturbs));
            prop_assert_eq!(clean(&value), Some(value));
        }
    }

    #[test]
    fn written_json_keeps_its_values_and_shows_nothing_that_acts(value in document()) {
        for written in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let escaped = json(&written);
            prop_assert!(!escaped.contains(|c| acts(c) && c != '\n'));
            prop_assert_eq!(&serde_json::from_str::<Value>(&escaped).unwrap(), &value);
        }
    }
}
