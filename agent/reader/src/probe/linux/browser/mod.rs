//! Section `browser`: where the profiles of browsers lie. Which browsers are installed follows from the packages.

use crate::host::Host;
use crate::probe::shared::browser::known::{
    BRAVE, CHROME, CHROMIUM, EDGE, FIREFOX, LIBREWOLF, OPERA, VIVALDI,
};
use crate::probe::shared::browser::{Extension, ExtensionSource, chromium, firefox};
use crate::probe::shared::homes::Across;
use collector_proto::messages::SourceName;

/// Extensions, in the order in which they are read.
pub(super) const EXTENSIONS: &[(SourceName, ExtensionSource)] =
    &[(SourceName::Chromium, of_chromium), (SourceName::Firefox, of_firefox)];

fn of_chromium(host: &Host) -> Across<Extension> {
    chromium::extensions(host, CHROMIUM_PROFILES)
}

fn of_firefox(host: &Host) -> Across<Extension> {
    firefox::extensions(host, FIREFOX_PROFILES)
}

/// Directories of extensions, one in each profile.
const CHROMIUM_PROFILES: &[(&str, &str)] = &[
    (CHROME, "/home/*/.config/google-chrome/*/Extensions"),
    (CHROME, "/home/*/.var/app/com.google.Chrome/config/google-chrome/*/Extensions"),
    (CHROMIUM, "/home/*/.config/chromium/*/Extensions"),
    (CHROMIUM, "/home/*/snap/chromium/common/chromium/*/Extensions"),
    (CHROMIUM, "/home/*/.var/app/org.chromium.Chromium/config/chromium/*/Extensions"),
    (EDGE, "/home/*/.config/microsoft-edge/*/Extensions"),
    (EDGE, "/home/*/.var/app/com.microsoft.Edge/config/microsoft-edge/*/Extensions"),
    (BRAVE, "/home/*/.config/BraveSoftware/Brave-Browser/*/Extensions"),
    (BRAVE, "/home/*/snap/brave/current/.config/BraveSoftware/Brave-Browser/*/Extensions"),
    (BRAVE, "/home/*/.var/app/com.brave.Browser/config/BraveSoftware/Brave-Browser/*/Extensions"),
    (VIVALDI, "/home/*/.config/vivaldi/*/Extensions"),
    (VIVALDI, "/home/*/.var/app/com.vivaldi.Vivaldi/config/vivaldi/*/Extensions"),
    (OPERA, "/home/*/.config/opera/*/Extensions"),
    // Former versions of Opera have one profile.
    (OPERA, "/home/*/.config/opera/Extensions"),
];

/// The list in each profile. Since version 147 new profiles lie in `~/.config`.
const FIREFOX_PROFILES: &[(&str, &str)] = &[
    (FIREFOX, "/home/*/.mozilla/firefox/*/extensions.json"),
    (FIREFOX, "/home/*/.config/mozilla/firefox/*/extensions.json"),
    (FIREFOX, "/home/*/snap/firefox/common/.mozilla/firefox/*/extensions.json"),
    (FIREFOX, "/home/*/.var/app/org.mozilla.firefox/.mozilla/firefox/*/extensions.json"),
    (FIREFOX, "/home/*/.var/app/org.mozilla.firefox/config/mozilla/firefox/*/extensions.json"),
    (LIBREWOLF, "/home/*/.librewolf/*/extensions.json"),
    (LIBREWOLF, "/home/*/.var/app/io.gitlab.librewolf-community/.librewolf/*/extensions.json"),
];

#[cfg(test)]
mod tests;
