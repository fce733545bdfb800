//! What the resolver searches (resolv.conf(5)).

/// The `domain`, else the first name of `search`; the last line of either kind counts (resolv.conf(5)).
pub fn searched(text: &str) -> Option<String> {
    let named = |line: &str| {
        let mut words = line.split_whitespace();
        let is_domain = matches!(words.next()?, "domain" | "search");
        words
            .next()
            .filter(|name| is_domain && *name != ".")
            .map(|name| name.trim_end_matches('.').to_owned())
    };
    text.lines().filter_map(named).next_back()
}

#[cfg(test)]
mod tests {
    use super::searched;

    #[test]
    fn the_last_line_counts() {
        for (text, expected) in [
            ("search corp.example.com example.com\n", Some("corp.example.com")),
            ("domain a.example.\nsearch b.example\n", Some("b.example")),
            ("search b.example\ndomain a.example.\n", Some("a.example")),
            ("# search a.example\nnameserver 192.0.2.1\n", None),
            ("search .\nsearch\n", None),
            ("", None),
        ] {
            assert_eq!(searched(text).as_deref(), expected, "{text}");
        }
    }
}
