use super::*;
use collector_proto::catalog::PackageFormat::{AppImage, Deb, Ebuild, Flatpak, Rpm, Snap};

#[test]
fn packages_are_browsers_by_their_names() {
    for (kind, package, version, name) in [
        (Deb, "firefox-esr", Some("1"), Some("Firefox")),
        (Deb, "firefox", Some("1:1snap1-0ubuntu5"), None),
        (Snap, "firefox", Some("133.0-2"), Some("Firefox")),
        (Rpm, "MozillaFirefox", None, Some("Firefox")),
        (Rpm, "epiphany", None, Some("GNOME Web")),
        (Deb, "epiphany", None, None),
        (Deb, "epiphany-browser", None, Some("GNOME Web")),
        (Ebuild, "www-client/firefox", None, Some("Firefox")),
        (Ebuild, "games/links", None, None),
        (Flatpak, "com.google.Chrome", None, Some("Google Chrome")),
        (Flatpak, "firefox", None, None),
        (AppImage, "LibreWolf", None, Some("LibreWolf")),
        (AppImage, "Zen Browser", None, Some("Zen Browser")),
        (Deb, "firefox-esr-l10n-de", None, None),
        (Deb, "", None, None),
    ] {
        assert_eq!(known::browser_of(kind, package, version), name, "{} {package}", kind.name());
    }
}

#[test]
fn text_fits_into_the_field_with_its_version() {
    let text = |name: &str, version| Extension::of("x", name, version).map(|found| found.text);
    assert_eq!(text("a\u{202e}\n b", Some(" 1 ")).as_deref(), Some("a b 1"));
    assert_eq!(text(" ", Some("1")), None);
    let (longest, too_long) = ("1".repeat(32), "1".repeat(33));
    let long = text(&"ü".repeat(200), Some(&longest)).unwrap();
    assert!(long.len() <= 128 && long.ends_with("ü 11111111111111111111111111111111"), "{long}");
    assert_eq!(text("a", Some(&too_long)).as_deref(), Some("a"));
}
