//! Names in the Nix store (Nix manual: Store Path; `DrvName` of libstore): `<32 characters of a hash>-<name>-<version>`.

const STORE: &str = "/nix/store/";

/// Length of the hash in base 32.
const HASH_CHARACTERS: usize = 32;

/// Outputs of a package beside its first one (Nixpkgs manual: Multiple-output packages).
const OUTPUTS: &[&str] =
    &["bin", "debug", "dev", "devdoc", "devman", "doc", "info", "lib", "man", "out", "static"];

/// `jq-1.7.1-bin` of `/nix/store/<hash>-jq-1.7.1-bin/bin/jq`; `None` for what is not a path in the store.
pub fn of_path(path: &str) -> Option<&str> {
    let item = path.strip_prefix(STORE)?.split('/').next()?;
    let (hash, name) = item.split_at_checked(HASH_CHARACTERS)?;
    let name = name.strip_prefix('-').filter(|name| !name.is_empty())?;
    hash.bytes().all(|b| b.is_ascii_alphanumeric()).then_some(name)
}

/// Name and version: the version starts behind the first dash that no letter follows. The output's name is left out.
pub fn split(stored: &str) -> (&str, Option<&str>) {
    let package = match stored.rsplit_once('-') {
        Some((package, output)) if !package.is_empty() && OUTPUTS.contains(&output) => package,
        _ => stored,
    };
    let starts_version = |(index, _): &(usize, &str)| {
        let next = package.as_bytes().get(index + 1);
        *index > 0 && next.is_some_and(|b| !b.is_ascii_alphabetic())
    };
    match package.match_indices('-').find(starts_version) {
        Some((index, _)) => (package.get(..index).unwrap_or(package), package.get(index + 1..)),
        None => (package, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_in_the_store_names_a_package() {
        let item = |rest: &str| format!("/nix/store/j8ig6zr57cj22pfmj35qlc91yikvymyg{rest}");
        for (path, expected) in [
            (item("-jq-1.7.1-bin/bin/jq"), Some("jq-1.7.1-bin")),
            (item("-hello-2.12.1"), Some("hello-2.12.1")),
            (item("-"), None),
            (item(""), None),
            (item("x-hello"), None),
            ("/nix/store/short-hello".to_owned(), None),
            ("/nix/store/ä8ig6zr57cj22pfmj35qlc91yikvymy-hello".to_owned(), None),
            ("/usr/bin/hello".to_owned(), None),
            ("../store/x".to_owned(), None),
        ] {
            assert_eq!(of_path(&path), expected, "{path}");
        }
    }

    #[test]
    fn the_version_starts_behind_the_first_dash_that_no_letter_follows() {
        for (stored, name, version) in [
            ("hello-2.12.1", "hello", Some("2.12.1")),
            ("apache-httpd-2.0.48", "apache-httpd", Some("2.0.48")),
            ("bash-interactive-5.2p37-man", "bash-interactive", Some("5.2p37")),
            ("nix-3.0-unstable-2020-05-11", "nix", Some("3.0-unstable-2020-05-11")),
            ("nixos-rebuild", "nixos-rebuild", None),
            ("systemd-minimal-lib", "systemd-minimal", None),
            ("lib", "lib", None),
            ("-1.0", "-1.0", None),
            ("x-", "x-", None),
            ("-bin", "-bin", None),
            ("ä-1", "ä", Some("1")),
        ] {
            assert_eq!(split(stored), (name, version), "{stored}");
        }
    }
}
