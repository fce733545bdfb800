//! Text as machines store it, made fit to be a value: firmware and configuration files hold anything.

use super::class::disturbs;

/// The text without what [disturbs]: white space of any kind becomes one space, other such characters vanish, ends are
/// trimmed. `None` when nothing remains.
pub fn clean(text: &str) -> Option<String> {
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
        } else if !disturbs(character) {
            out.push(character);
        }
    }
    out.truncate(out.trim_end().len());
    (!out.is_empty()).then_some(out)
}
