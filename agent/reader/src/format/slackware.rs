//! The package list of Slackware's pkgtools (installpkg(8), upgradepkg(8)): one file per package, named
//! `<name>-<version>-<architecture>-<build>`, in which only the name may have dashes.
//!
//! ```text
//! /var/lib/pkgtools/packages/aaa_base-15.0-x86_64-3
//! /var/lib/pkgtools/packages/xorg-server-1.20.14-x86_64-1
//! /var/lib/pkgtools/packages/bash-5.1.016-x86_64-1-upgraded-2026-11-02,10:31:07   the old version, during an upgrade
//! ```
//! The names tell all there is; the files, which describe the package and list its contents, stay shut. Before Slackware 15
//! the directory was `/var/log/packages`, which is a link to the new one since. A version here is version and build number,
//! `1.20.14-1`, because fixes raise the build alone; the tag behind the number is often the name of the person who built the
//! package and is left out. Nothing says when a package was installed.

/// What follows the name of a package that is being replaced by another version of it.
const BEING_UPGRADED: &str = "-upgraded-";

/// What an entry's name tells.
#[derive(Debug, PartialEq, Eq)]
pub struct Package<'a> {
    /// The package's name.
    pub name: &'a str,
    /// Version and build number.
    pub version: Option<String>,
    /// The architecture.
    pub architecture: Option<&'a str>,
}

impl<'a> Package<'a> {
    /// `None` for what is not a package.
    pub fn of(entry: &'a str) -> Option<Self> {
        if entry.starts_with('.') || entry.contains(BEING_UPGRADED) {
            return None;
        }
        // pkgtools takes what it cannot split for a name alone; the oldest packages have no more.
        Some(match split(entry) {
            Some([name, version, architecture, build]) => {
                Self { name, version: Some(full_version(version, build)), architecture: Some(architecture) }
            }
            None => Self { name: entry, version: None, architecture: None },
        })
    }
}

/// Name, version, architecture and build.
fn split(entry: &str) -> Option<[&str; 4]> {
    let (rest, build) = entry.rsplit_once('-')?;
    let (rest, architecture) = rest.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    let parts = [name, version, architecture, build];
    (!parts.contains(&"")).then_some(parts)
}

/// `2.33-5` of version `2.33` and build `5_slack15.0`.
fn full_version(version: &str, build: &str) -> String {
    let number: String = build.chars().take_while(char::is_ascii_digit).collect();
    if number.is_empty() { version.to_owned() } else { format!("{version}-{number}") }
}

#[cfg(test)]
mod tests {
    use super::Package;

    #[test]
    fn only_the_name_may_have_dashes() {
        for (entry, name, version, architecture) in [
            ("aaa_base-15.0-x86_64-3", "aaa_base", Some("15.0-3"), Some("x86_64")),
            ("glibc-2.33-x86_64-5_slack15.0", "glibc", Some("2.33-5"), Some("x86_64")),
            ("xorg-server-1.20.14-noarch-1_SBo", "xorg-server", Some("1.20.14-1"), Some("noarch")),
            ("a-1-i586-tag", "a", Some("1"), Some("i586")),
            ("a--1-x", "a--1-x", None, None),
            ("-1-i586-1", "-1-i586-1", None, None),
            ("old", "old", None, None),
        ] {
            let version = version.map(str::to_owned);
            assert_eq!(Package::of(entry), Some(Package { name, version, architecture }), "{entry}");
        }
        assert_eq!(Package::of(".hidden"), None);
        assert_eq!(Package::of("glibc-2.33-x86_64-4-upgraded-2026-11-02,10:31:07"), None);
    }
}
