//! Which packages are web browsers.

use collector_proto::catalog::PackageFormat;

/// A browser and what it is called where.
struct Known {
    name: &'static str,
    /// Names of its packages, the same word in most formats.
    packages: &'static [&'static str],
    /// Its application ids.
    flatpaks: &'static [&'static str],
}

/// The category of browsers in Portage, whose package names have one.
const EBUILD_CATEGORY: &str = "www-client/";

/// What the version of a package of Ubuntu contains that only installs the snap of the same name.
const SNAP_STUB: &str = "snap";

/// Packages with the name of a browser that are something else: a game.
const OTHERS: &[(PackageFormat, &str)] = &[(PackageFormat::Deb, "epiphany")];

/// The browser's name; `None` for a package that is not a browser.
pub fn browser_of(kind: PackageFormat, package: &str, version: Option<&str>) -> Option<&'static str> {
    if OTHERS.contains(&(kind, package))
        || kind == PackageFormat::Deb && version.is_some_and(|v| v.contains(SNAP_STUB))
    {
        return None;
    }
    let package =
        if kind == PackageFormat::Ebuild { package.strip_prefix(EBUILD_CATEGORY)? } else { package };
    let is = |known: &&Known| match kind {
        PackageFormat::Flatpak => known.flatpaks.contains(&package),
        // AppImages bear the name that is shown.
        PackageFormat::AppImage => {
            known.name.eq_ignore_ascii_case(package)
                || known.packages.iter().any(|name| name.eq_ignore_ascii_case(package))
        }
        _ => known.packages.contains(&package),
    };
    KNOWN.iter().find(is).map(|known| known.name)
}

const fn known(
    name: &'static str,
    packages: &'static [&'static str],
    flatpaks: &'static [&'static str],
) -> Known {
    Known { name, packages, flatpaks }
}

pub const BRAVE: &str = "Brave";
pub const CHROME: &str = "Google Chrome";
pub const CHROMIUM: &str = "Chromium";
pub const EDGE: &str = "Microsoft Edge";
pub const FIREFOX: &str = "Firefox";
pub const LIBREWOLF: &str = "LibreWolf";
pub const OPERA: &str = "Opera";
pub const VIVALDI: &str = "Vivaldi";

const KNOWN: &[Known] = &[
    known(
        FIREFOX,
        &[
            "firefox",
            "firefox-esr",
            "firefox-bin",
            "firefox-beta",
            "firefox-devedition",
            "firefox-developer-edition",
            "firefox-nightly",
            "MozillaFirefox",
            "mozilla-firefox",
            "iceweasel",
        ],
        &["org.mozilla.firefox"],
    ),
    known(
        CHROME,
        &[
            "google-chrome-stable",
            "google-chrome",
            "google-chrome-beta",
            "google-chrome-unstable",
            "google-chrome-canary",
        ],
        &["com.google.Chrome", "com.google.ChromeDev"],
    ),
    known(CHROMIUM, &["chromium", "chromium-browser", "chromium-bin"], &["org.chromium.Chromium"]),
    known(
        EDGE,
        &[
            "microsoft-edge-stable",
            "microsoft-edge",
            "microsoft-edge-stable-bin",
            "microsoft-edge-beta",
            "microsoft-edge-dev",
        ],
        &["com.microsoft.Edge", "com.microsoft.EdgeDev"],
    ),
    known(
        BRAVE,
        &["brave-browser", "brave", "brave-bin", "brave-browser-beta", "brave-browser-nightly"],
        &["com.brave.Browser"],
    ),
    known(OPERA, &["opera-stable", "opera", "opera-beta", "opera-developer"], &["com.opera.Opera"]),
    known(VIVALDI, &["vivaldi-stable", "vivaldi", "vivaldi-snapshot"], &["com.vivaldi.Vivaldi"]),
    known(LIBREWOLF, &["librewolf", "librewolf-bin"], &["io.gitlab.librewolf-community"]),
    known("GNOME Web", &["epiphany-browser", "epiphany"], &["org.gnome.Epiphany"]),
    known("Falkon", &["falkon"], &["org.kde.falkon"]),
    known("Konqueror", &["konqueror"], &[]),
    known(
        "Tor Browser",
        &["tor-browser", "tor-browser-bin", "torbrowser-launcher"],
        &["org.torproject.torbrowser-launcher"],
    ),
    known("Mullvad Browser", &["mullvad-browser", "mullvad-browser-bin"], &["net.mullvad.MullvadBrowser"]),
    known("Zen Browser", &["zen-browser", "zen-browser-bin"], &["app.zen_browser.zen"]),
    known("Floorp", &["floorp", "floorp-bin"], &["one.ablaze.floorp"]),
    known("Waterfox", &["waterfox", "waterfox-bin"], &["net.waterfox.waterfox"]),
    known("Pale Moon", &["palemoon", "palemoon-bin"], &[]),
    known("SeaMonkey", &["seamonkey", "seamonkey-bin"], &["org.mozilla.seamonkey"]),
    known("GNU IceCat", &["icecat"], &["org.gnu.icecat"]),
    known(
        "ungoogled-chromium",
        &["ungoogled-chromium", "ungoogled-chromium-bin"],
        &["io.github.ungoogled_software.ungoogled_chromium"],
    ),
    known("Yandex Browser", &["yandex-browser-stable", "yandex-browser"], &["ru.yandex.Browser"]),
    known("qutebrowser", &["qutebrowser"], &["org.qutebrowser.qutebrowser"]),
    known("Midori", &["midori"], &["org.midori_browser.Midori"]),
    known("Nyxt", &["nyxt"], &["engineer.atlas.Nyxt"]),
    known("Angelfish", &["angelfish"], &["org.kde.angelfish"]),
    known("luakit", &["luakit"], &[]),
    known("NetSurf", &["netsurf", "netsurf-gtk", "netsurf-gtk3"], &[]),
    known("Dillo", &["dillo"], &["org.dillobrowser.Dillo"]),
    known("Lynx", &["lynx"], &[]),
    known("w3m", &["w3m"], &[]),
    known("Links", &["links", "links2"], &[]),
    known("ELinks", &["elinks"], &[]),
];
