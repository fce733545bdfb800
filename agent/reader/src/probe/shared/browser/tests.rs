use super::*;

#[test]
fn packages_are_browsers_by_their_names() {
    for (kind, package, version, name) in [
        ("deb", "firefox-esr", Some("1"), Some("Firefox")),
        ("deb", "firefox", Some("1:1snap1-0ubuntu5"), None),
        ("snap", "firefox", Some("133.0-2"), Some("Firefox")),
        ("rpm", "MozillaFirefox", None, Some("Firefox")),
        ("rpm", "epiphany", None, Some("GNOME Web")),
        ("deb", "epiphany", None, None),
        ("deb", "epiphany-browser", None, Some("GNOME Web")),
        ("ebuild", "www-client/firefox", None, Some("Firefox")),
        ("ebuild", "games/links", None, None),
        ("flatpak", "com.google.Chrome", None, Some("Google Chrome")),
        ("flatpak", "firefox", None, None),
        ("appimage", "LibreWolf", None, Some("LibreWolf")),
        ("appimage", "Zen Browser", None, Some("Zen Browser")),
        ("deb", "firefox-esr-l10n-de", None, None),
        ("deb", "", None, None),
    ] {
        assert_eq!(known::browser_of(kind, package, version), name, "{kind} {package}");
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
