//! Extensions of Chromium and its relatives (Chrome for Developers: Manifest, `chrome.i18n`; Chromium
//! `docs/user_data_dir.md`).
//!
//! ```text
//! ~/.config/chromium/Default/Extensions/<id>/1.62.0_0/manifest.json
//! {"name": "__MSG_extName__", "default_locale": "en", "version": "1.62.0", …}
//! ~/.config/chromium/Default/Extensions/<id>/1.62.0_0/_locales/en/messages.json
//! {"extName": {"message": "uBlock Origin Lite"}, …}
//! ```
//! Beside the version in use an older one may lie until the browser is started again: the highest counts. Themes and the
//! apps of former times are not extensions. What comes with the browser itself lies elsewhere. A name that cannot be found is
//! the extension's id. Extensions that a developer loads from a folder of their own are not seen.

use super::{Extension, MAX_EXTENSIONS};
use crate::host::{Host, Place, Unreadable, if_present};
use crate::probe::shared::homes::{Across, listed};
use collector_proto::catalog::SourcePlace;
use collector_proto::messages::Absence;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What a pattern ends in whose browser has several profiles.
const IN_PROFILES: &str = "/*/Extensions";

/// Most bytes of a manifest. Rules for many sites make some 100 KiB of it.
const MAX_MANIFEST_BYTES: u64 = 1024 * 1024;

/// Most bytes of the texts of one language. Large extensions have some 100 KiB.
const MAX_MESSAGES_BYTES: u64 = 1024 * 1024;

/// Extensions of every profile in the homes that could be read. Each of `profiles` is a browser and its directories of
/// extensions, one in each profile; the first pattern finds the homes.
pub fn extensions(host: &Host, profiles: &[(&'static str, &'static str)]) -> Across<Extension> {
    let homes = profiles.first().map_or("", |(_, pattern)| pattern);
    Across::homes(host, SourcePlace::Tree(homes), MAX_EXTENSIONS, |home| {
        let mut found = Vec::new();
        for (browser, pattern) in profiles {
            if !pattern.ends_with(IN_PROFILES) {
                Profile { host, browser, pattern, front: vec![home] }.read(&mut found)?;
                continue;
            }
            for profile in &listed(host, Place::at(SourcePlace::Tree(pattern), &[home]))? {
                Profile { host, browser, pattern, front: vec![home, profile] }.read(&mut found)?;
            }
        }
        Ok(found)
    })
}

/// A profile's directory of extensions.
struct Profile<'a> {
    host: &'a Host,
    browser: &'static str,
    pattern: &'static str,
    /// The names before what lies beneath.
    front: Vec<&'a str>,
}

impl Profile<'_> {
    fn read(&self, found: &mut Vec<Extension>) -> Result<(), Absence> {
        for id in self.names("")?.iter().filter(|name| is_id(name)) {
            let versions = self.names(id)?;
            let Some(version) = versions.iter().max_by_key(|name| numbers(name)) else { continue };
            found.extend(self.extension(id, version)?);
            if found.len() > MAX_EXTENSIONS {
                return Err(Absence::TooLarge);
            }
        }
        Ok(())
    }

    /// An extension that is there and whose manifest is not understood is told by its id and its directory, which is named
    /// after the version: one person's odd file is not a reason to miss it, or the others.
    fn extension(&self, id: &str, directory: &str) -> Result<Option<Extension>, Absence> {
        let path = format!("{id}/{directory}/manifest.json");
        let Some(bytes) = self.file(&path, MAX_MANIFEST_BYTES)? else { return Ok(None) };
        let Ok(manifest) = serde_json::from_slice::<Manifest>(&bytes) else {
            let version = directory.split('_').next();
            return Ok(Extension::of(self.browser, id, version));
        };
        if manifest.theme.is_some() || manifest.app.is_some() {
            return Ok(None);
        }
        let name = match manifest.message() {
            Some((key, locale)) if is_locale(locale) => {
                self.message(key, &format!("{id}/{directory}/_locales/{locale}/messages.json"))?
            }
            Some(_) => None,
            None => Some(manifest.name),
        };
        let shown = |name: &str| Extension::of(self.browser, name, manifest.version.as_deref());
        Ok(name.as_deref().and_then(shown).or_else(|| shown(id)))
    }

    /// The text of that name (`chrome.i18n`: names are not case-sensitive).
    fn message(&self, key: &str, path: &str) -> Result<Option<String>, Absence> {
        let Some(bytes) = self.file(path, MAX_MESSAGES_BYTES)? else { return Ok(None) };
        let Ok(messages) = serde_json::from_slice::<BTreeMap<String, Message>>(&bytes) else {
            return Ok(None);
        };
        let named = messages.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        Ok(named.and_then(|(_, message)| message.message))
    }

    fn names(&self, below: &str) -> Result<Vec<String>, Absence> {
        match self.host.names(Place::at(SourcePlace::Tree(self.pattern), &self.with(below))) {
            Ok(names) => Ok(names),
            Err(Unreadable::Missing | Unreadable::Odd) => Ok(Vec::new()),
            Err(reason) => Err(reason.into()),
        }
    }

    fn file(&self, below: &str, max: u64) -> Result<Option<Vec<u8>>, Absence> {
        Ok(if_present(
            self.host.bytes_up_to(Place::at(SourcePlace::Tree(self.pattern), &self.with(below)), max),
        )?)
    }

    fn with<'b>(&'b self, below: &'b str) -> Vec<&'b str> {
        self.front.iter().copied().chain([below]).collect()
    }
}

/// What is read of a manifest.
#[derive(Deserialize)]
struct Manifest {
    name: String,
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    default_locale: Option<String>,
    #[serde(default)]
    theme: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    app: Option<serde::de::IgnoredAny>,
}

impl Manifest {
    /// The name's key in the texts of a language, and the language; `None` for a name that is not a reference.
    fn message(&self) -> Option<(&str, &str)> {
        let key = self.name.strip_prefix("__MSG_")?.strip_suffix("__")?;
        Some((key, self.default_locale.as_deref().unwrap_or_default()))
    }
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    message: Option<String>,
}

/// 32 letters from `a` to `p`: hexadecimal digits of a key's hash.
fn is_id(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|b| matches!(b, b'a'..=b'p'))
}

fn is_locale(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

/// The numbers of a version, so that 10 comes after 9; what is not a number is the lowest.
fn numbers(version: &str) -> Vec<u64> {
    version.split(['.', '_']).map(|number| number.parse().unwrap_or(0)).collect()
}
