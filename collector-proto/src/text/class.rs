//! Classes of characters, by the general categories of Unicode 16.

/// Control characters (Cc): C0, DEL and C1. They steer terminals; U+009B alone begins an escape sequence.
pub fn is_control(character: char) -> bool {
    character.is_control()
}

/// U+2028 and U+2029: they break a line where nobody expects it.
pub const fn is_separator(character: char) -> bool {
    matches!(character, '\u{2028}' | '\u{2029}')
}

/// Marks that reorder the text around them (UAX #9), among them the overrides that let `exe.gpj` read as `jpg.exe`.
pub const fn is_bidi(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The joiners U+200C and U+200D. They cannot be seen either, but Persian, Indic scripts and emoji need them.
pub const fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}')
}

/// Format characters (Cf) that cannot be seen: bidirectional marks, soft hyphen, zero-width characters, byte order mark,
/// annotation marks and tags. Not the joiners, and not the signs of category Cf that are drawn, such as U+06DD.
pub const fn is_invisible(character: char) -> bool {
    is_bidi(character)
        || matches!(
            character,
            '\u{ad}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{13430}'..='\u{1343f}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Whether the character does something to the text around it or cannot be seen. None of these is shown as it is.
pub fn acts(character: char) -> bool {
    is_control(character) || is_separator(character) || is_invisible(character)
}

/// What deceives whoever judges a value by its looks: everything that [acts], and every other format character (Cf).
/// `curl` with a joiner in it looks like `curl`; the signs that Arabic and Syriac draw around numbers go with the class.
pub fn deceives(character: char) -> bool {
    acts(character)
        || is_joiner(character)
        || matches!(
            character,
            '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{110bd}' | '\u{110cd}'
        )
}

/// What is taken out of values of machines and refused in what people type: control characters, the marks that reorder
/// text, and the byte order mark. Other characters that cannot be seen are part of a value and are shown by
/// [`plain`](super::plain).
pub fn disturbs(character: char) -> bool {
    is_control(character) || is_bidi(character) || character == '\u{feff}'
}

/// What would garble a notice: control characters other than a line feed, and the marks that override or isolate the
/// direction of text. The implicit marks U+061C, U+200E and U+200F stay: languages written from right to left use them.
pub fn garbles(character: char) -> bool {
    (is_control(character) && character != '\n')
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
