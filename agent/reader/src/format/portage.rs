//! Portage's database of installed packages (portage(5), `/var/db/pkg`; names: Package Manager Specification §3.1 and
//! §3.2): one directory per package, `<category>/<name>-<version>`, with one file per value.
//!
//! ```text
//! /var/db/pkg/dev-lang/python-3.12.8/CHOST       x86_64-pc-linux-gnu
//! /var/db/pkg/dev-lang/python-3.12.8/SLOT        3.12
//! /var/db/pkg/dev-lang/python-3.12.8/BUILD_TIME  1733912511
//! /var/db/pkg/dev-lang/-MERGING-perl-5.40.0/     while it is being installed
//! ```
//! The names tell name and version: versions of one package are installed side by side in slots, never the same one twice.
//! The architecture is the first part of `CHOST`; Portage keeps no other word for it. `BUILD_TIME` may be another machine's
//! and `COUNTER` is not a date, so rows have none. `repository` is what a tree calls itself, which may be the name of the
//! person who keeps it, so rows have no vendor.

use super::FormatError;

/// `x86_64` of the `CHOST` `x86_64-pc-linux-gnu`.
pub fn architecture(chost: &[u8]) -> Result<Option<&str>, FormatError> {
    let text = std::str::from_utf8(chost).map_err(|_| FormatError::Malformed)?;
    Ok(text.trim().split('-').next().filter(|part| !part.is_empty()))
}

/// Name and version of an entry; the version starts at the last dash that a digit follows, revision aside.
pub fn split(entry: &str) -> Option<(&str, &str)> {
    if !is_name(entry) {
        return None;
    }
    let (head, tail) = entry.rsplit_once('-')?;
    let name = if is_revision(tail) { head.rsplit_once('-')?.0 } else { head };
    let version = entry.get(name.len() + 1..)?;
    let is_version = version.bytes().next().is_some_and(|b| b.is_ascii_digit());
    (is_version && !name.is_empty()).then_some((name, version))
}

/// `r1`.
fn is_revision(text: &str) -> bool {
    let digits = text.strip_prefix('r').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// What the specification lets names be made of. Entries that are being merged start with a dash, locks with a dot.
pub fn is_name(name: &str) -> bool {
    name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_starts_at_the_last_dash_before_a_digit() {
        for (entry, expected) in [
            ("bash-5.2_p37", Some(("bash", "5.2_p37"))),
            ("gtk+-3.24.42-r1", Some(("gtk+", "3.24.42-r1"))),
            ("font-adobe-100dpi-1.0.4", Some(("font-adobe-100dpi", "1.0.4"))),
            ("openssl-3.3.2_rc1-r10", Some(("openssl", "3.3.2_rc1-r10"))),
            ("linux-firmware-99999999", Some(("linux-firmware", "99999999"))),
            ("noversion", None),
            ("no-version", None),
            ("a-r1", None),
            ("a-b-r1", None),
            ("-1.0", None),
            ("a-1.0\x1b", None),
            ("a-1.0:0", None),
        ] {
            assert_eq!(split(entry), expected, "{entry}");
        }
    }

    #[test]
    fn the_architecture_is_the_first_part_of_the_triple() {
        assert_eq!(architecture(b"x86_64-pc-linux-gnu\n"), Ok(Some("x86_64")));
        assert_eq!(architecture(b"\n"), Ok(None));
        assert_eq!(architecture(b"-pc"), Ok(None));
        assert_eq!(architecture(b"\xff\xfe\0"), Err(FormatError::Malformed));
    }
}
