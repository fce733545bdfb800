//! Extensions of Firefox and its relatives (Firefox `toolkit/mozapps/extensions/internal/XPIDatabase.sys.mjs`).
//!
//! ```text
//! ~/.mozilla/firefox/8w2k1j0x.default-release/extensions.json
//! {"schemaVersion": 37, "addons": [{"id": "uBlock0@raymondhill.net", "version": "1.62.0", "type": "extension",
//!   "location": "app-profile", "defaultLocale": {"name": "uBlock Origin", …}, …}, …]}
//! ```
//! Themes, language packs and dictionaries are not extensions. What Firefox brings along or installs by itself (built in,
//! system add-ons) says nothing beyond its version. Extensions that are switched off are installed and count.

use super::{Extension, MAX_EXTENSIONS};
use crate::host::{Host, Place, Unreadable};
use crate::probe::shared::homes::{Across, listed};
use collector_proto::catalog::SourcePlace;
use collector_proto::messages::Absence;
use serde::Deserialize;

/// Most bytes of a list. Each extension takes some KiB, with its permissions and translations.
const MAX_LIST_BYTES: u64 = 8 * 1024 * 1024;

/// Places that the browser fills by itself.
const OWN_LOCATIONS: &[&str] =
    &["app-builtin", "app-builtin-addons", "app-system-addons", "app-system-defaults", "app-system-profile"];

/// Extensions of every profile in the homes that could be read. Each of `profiles` is a browser and the lists of its
/// profiles; the first pattern finds the homes.
pub fn extensions(host: &Host, profiles: &[(&'static str, &'static str)]) -> Across<Extension> {
    let homes = profiles.first().map_or("", |(_, pattern)| pattern);
    Across::homes(host, SourcePlace::File(homes), MAX_EXTENSIONS, |home| {
        let mut found = Vec::new();
        for (browser, pattern) in profiles {
            for profile in listed(host, Place::of(pattern, &[home]))? {
                let names = [home, profile.as_str()];
                let place = Place::of(pattern, &names);
                let bytes = match host.bytes_up_to(place, MAX_LIST_BYTES) {
                    Ok(bytes) => bytes,
                    Err(Unreadable::Missing) => continue,
                    // `profiles.ini` and other files beside the profiles.
                    Err(Unreadable::Odd) if !host.exists(place) => continue,
                    Err(reason) => return Err(reason.into()),
                };
                let list: List = serde_json::from_slice(&bytes).map_err(|_| Absence::Malformed)?;
                found.extend(list.addons.iter().filter_map(|addon| addon.extension(browser)));
                if found.len() > MAX_EXTENSIONS {
                    return Err(Absence::TooLarge);
                }
            }
        }
        Ok(found)
    })
}

#[derive(Deserialize)]
struct List {
    addons: Vec<Addon>,
}

/// What is read of an add-on.
#[derive(Deserialize)]
struct Addon {
    id: String,
    #[serde(default)]
    version: Option<String>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    location: Option<String>,
    #[serde(default, rename = "defaultLocale")]
    default_locale: Option<Locale>,
}

#[derive(Deserialize)]
struct Locale {
    #[serde(default)]
    name: Option<String>,
}

impl Addon {
    fn extension(&self, browser: &'static str) -> Option<Extension> {
        let is_extension = self.kind.as_deref() == Some("extension");
        let is_own = self.location.as_deref().is_some_and(|place| OWN_LOCATIONS.contains(&place));
        if !is_extension || is_own {
            return None;
        }
        let name = self.default_locale.as_ref().and_then(|locale| locale.name.as_deref());
        let shown = |name: &str| Extension::of(browser, name, self.version.as_deref());
        name.and_then(shown).or_else(|| shown(&self.id))
    }
}
