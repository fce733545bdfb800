//! Which directories sssd serves (sssd.conf(5)).

/// `domains = corp.example.com, LAB` of the section `[sssd]` (sssd.conf(5)): the first that is a domain's name and not a
/// mere label, as `LDAP` is.
pub fn directory(text: &str) -> Option<String> {
    let behind = text.lines().map(str::trim).skip_while(|line| *line != "[sssd]").skip(1);
    let lines = behind.take_while(|line| !line.starts_with('['));
    let domains = lines.filter_map(|line| line.split_once('=')).find(|(key, _)| key.trim() == "domains")?.1;
    let is_name = |name: &&str| name.trim_matches('.').contains('.') && !name.contains(char::is_whitespace);
    domains.split(',').map(str::trim).find(is_name).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::directory;

    #[test]
    fn the_first_domain_that_sssd_serves_counts() {
        for (text, expected) in [
            ("[sssd]\nservices = nss, pam\ndomains = corp.example.com\n", Some("corp.example.com")),
            (
                "# x\n[nss]\ndomains = wrong.example\n[sssd]\n  domains=LDAP , a.example,b.example\n",
                Some("a.example"),
            ),
            ("[sssd]\n#domains = off.example\n[domain/x.example]\ndomains = wrong.example\n", None),
            ("[sssd]\ndomains = LDAP\n", None),
            ("[sssd]\ndomains =\n", None),
            ("domains = before.example\n", None),
            ("[sssd]", None),
        ] {
            assert_eq!(directory(text).as_deref(), expected, "{text}");
        }
    }
}
