//! The name of an AppImage's file: `Krita-5.2.6-x86_64.AppImage` (AppImage specification: naming).

/// The suffix, in lower case.
const SUFFIX: &str = ".appimage";

const ARCHITECTURES: &[&str] =
    &["x86_64", "aarch64", "amd64", "arm64", "armhf", "armv7l", "i686", "i386", "x86-64", "x64"];

/// What the file name tells.
#[derive(Debug, PartialEq, Eq)]
pub struct NameParts<'a> {
    pub name: &'a str,
    pub version: Option<&'a str>,
    pub architecture: Option<&'a str>,
}

/// Whether a path names an AppImage.
pub fn is_appimage(path: &str) -> bool {
    let front = path.len().checked_sub(SUFFIX.len());
    let end = front.filter(|front| *front > 0).and_then(|front| path.get(front..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(SUFFIX)) && !path.ends_with(['/', '\0'])
}

impl<'a> NameParts<'a> {
    /// Takes a file name apart. Without the recommended form all of it but the suffix is the name.
    pub fn of(file: &'a str) -> Self {
        let stem = file.len().checked_sub(SUFFIX.len()).and_then(|end| file.get(..end)).unwrap_or(file);
        let stem = without_digest(stem);
        let (front, architecture) = ARCHITECTURES
            .iter()
            .find_map(|word| {
                let at = stem.len().checked_sub(word.len())?;
                let (front, end) = stem.split_at_checked(at)?;
                let front = front.strip_suffix(['-', '_', '.'])?;
                (end.eq_ignore_ascii_case(word) && !front.is_empty()).then_some((front, Some(end)))
            })
            .unwrap_or((stem, None));
        let is_version = |text: &str| {
            let number = text.strip_prefix(['v', 'V']).unwrap_or(text);
            number.starts_with(|c: char| c.is_ascii_digit())
        };
        // `x86_64` alone is a name, and not version 64 of `x86`.
        let is_architecture = ARCHITECTURES.iter().any(|word| front.eq_ignore_ascii_case(word));
        // The first part that begins like a number: `-beta-2` belongs to the version.
        let version = Some(front)
            .filter(|_| !is_architecture)
            .unwrap_or_default()
            .match_indices(['-', '_', ' '])
            .filter_map(|(at, _)| Some((front.get(..at)?, front.get(at + 1..)?)))
            .find(|(name, version)| !name.is_empty() && is_version(version));
        match version {
            Some((name, version)) => Self { name, version: Some(version), architecture },
            None => Self { name: front, version: None, architecture },
        }
    }
}

/// AppImageLauncher appends `_` and the file's MD5 digest.
fn without_digest(stem: &str) -> &str {
    let is_digest = |end: &str| end.len() == 32 && end.bytes().all(|b| b.is_ascii_hexdigit());
    stem.rsplit_once('_')
        .filter(|(front, end)| !front.is_empty() && is_digest(end))
        .map_or(stem, |(front, _)| front)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_of_the_recommended_form_is_taken_apart() {
        for (file, name, version, architecture) in [
            ("Krita-5.2.6-x86_64.AppImage", "Krita", Some("5.2.6"), Some("x86_64")),
            ("krita-5.2.6-beta-2-x86_64.appimage", "krita", Some("5.2.6-beta-2"), Some("x86_64")),
            ("Nextcloud-3.14.1.AppImage", "Nextcloud", Some("3.14.1"), None),
            ("Bitwarden_v2024.1_arm64.AppImage", "Bitwarden", Some("v2024.1"), Some("arm64")),
            ("7-zip-24.AppImage", "7-zip", Some("24"), None),
            ("A-1_0123456789abcdef0123456789abcdef.appimage", "A", Some("1"), None),
            ("nvim.appimage", "nvim", None, None),
            ("LibreWolf.x86_64.AppImage", "LibreWolf", None, Some("x86_64")),
            ("-1.AppImage", "-1", None, None),
            ("Zoé ü-1-ü.AppImage", "Zoé ü", Some("1-ü"), None),
        ] {
            assert_eq!(NameParts::of(file), NameParts { name, version, architecture }, "{file}");
        }
    }

    #[test]
    fn an_appimage_is_known_by_its_suffix() {
        assert!(is_appimage("/opt/a.AppImage") && is_appimage("a.appimage") && is_appimage("ü.APPIMAGE"));
        assert!(!is_appimage(".AppImage") && !is_appimage("a.AppImage.zsync") && !is_appimage("ü"));
    }
}
