//! Files of shell assignments: os-release(5), locale.conf(5), `/etc/default/locale`.
//!
//! ```text
//! # comment
//! NAME="Debian GNU/Linux"
//! LANG=de_DE.UTF-8
//! MOTTO='single $quotes'
//! ```
//! Nothing is expanded: os-release(5) allows no variables, and a locale that needs a shell is not one.

/// The value of the last assignment to `name`, as a shell would take it.
pub fn value_of(text: &str, name: &str) -> Option<String> {
    let assigned = |line: &str| {
        let (left, right) = line.trim().split_once('=')?;
        (left == name || left.strip_prefix("export ").is_some_and(|left| left.trim() == name))
            .then(|| unquote(right))
    };
    text.lines().filter_map(assigned).next_back().filter(|value| !value.is_empty())
}

/// Takes quotes and backslashes off. Without quotes the value ends at the first white space.
fn unquote(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quote = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (None, space) if space.is_whitespace() => break,
            (Some(open), close) if open == close => quote = None,
            // Between double quotes only these four are escaped; between single quotes nothing is (POSIX 2.2).
            (Some('"'), '\\') => match characters.next() {
                Some(escaped @ ('"' | '$' | '`' | '\\')) => out.push(escaped),
                Some(other) => out.extend(['\\', other]),
                None => out.push('\\'),
            },
            (None, '\\') => out.extend(characters.next()),
            (_, other) => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::value_of;

    #[test]
    fn quotes_are_taken_off_as_a_shell_does() {
        let text = "# NAME=comment\nA=plain\nB=\"two words\"\nC='single \"$x\"'\nD=\"a \\\"quoted\\\" \\$5 \\n\"\n\
                    E=cut here\nF=\nG=\"\"\nH=first\nH=last\n  I=indented\nexport J=\"de_DE.UTF-8\"\nK=a\"b\"'c'\\ d\n";
        for (name, expected) in [
            ("A", Some("plain")),
            ("B", Some("two words")),
            ("C", Some("single \"$x\"")),
            ("D", Some("a \"quoted\" $5 \\n")),
            ("E", Some("cut")),
            ("F", None),
            ("G", None),
            ("H", Some("last")),
            ("I", Some("indented")),
            ("J", Some("de_DE.UTF-8")),
            ("K", Some("abc d")),
            ("NAME", None),
            ("missing", None),
        ] {
            assert_eq!(value_of(text, name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn an_open_quote_ends_with_the_line() {
        assert_eq!(value_of("A=\"never closed\nB=2\n", "A").as_deref(), Some("never closed"));
        assert_eq!(value_of("A=\"ends in \\", "A").as_deref(), Some("ends in \\"));
    }
}
