//! Text as machines store it, made fit to be shown: firmware and configuration files hold anything.

/// The text without what could disturb a terminal, a page or a table: white space of any kind becomes one space,
/// other control characters and the marks that reorder text (UAX #9) vanish, ends are trimmed. `None` when nothing
/// remains.
pub(in crate::probe) fn clean(text: &str) -> Option<String> {
    // Most values are one plain word.
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Some(text.to_owned());
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !character.is_control() && !reorders(character) {
            out.push(character);
        }
    }
    out.truncate(out.trim_end().len());
    (!out.is_empty()).then_some(out)
}

const fn reorders(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn control_characters_do_not_survive() {
        assert_eq!(clean("  Latitude\t 7440 \n").as_deref(), Some("Latitude 7440"));
        assert_eq!(clean("a\u{1b}[31mred\u{0}\u{7f}b\u{85}c").as_deref(), Some("a[31mredb c"));
        assert_eq!(clean("exe\u{202e}cod.txt").as_deref(), Some("execod.txt"));
        assert_eq!(clean("Müller’s 机器").as_deref(), Some("Müller’s 机器"));
        assert_eq!(clean(" \u{0}\t\n"), None);
    }
}
