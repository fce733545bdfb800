//! Section `browser`: which web browsers are installed, in which version, and which extensions their profiles hold.
//!
//! One row a browser and version. That it is installed follows from the packages of every format (`known.rs`). Profiles lie
//! in the homes of persons and belong to a browser, not to one of its installations: each row of a browser names the
//! extensions of all of its profiles together, without saying whose they are. Profiles of a browser that no package is known
//! of, such as one that was unpacked by hand, give a row without version.

mod chromium;
mod firefox;
mod known;
#[cfg(test)]
mod tests;

use super::package::Installed;
use crate::host::Host;
use crate::probe::found::{Found, text_value};
use crate::probe::reading::{Raw, RawRow};
use crate::probe::shared::homes::Across;
use crate::probe::shared::text::clean;
use collector_proto::catalog::{FieldId, FieldSet, Section, fields};
use collector_proto::messages::{Absence, SourceName};
use std::collections::{BTreeMap, BTreeSet};

/// Most extensions in the profiles of one browser family, of all persons together.
const MAX_EXTENSIONS: usize = 16 * 1024;

/// Most bytes of an extension's version; more is no version. Chromium's are four numbers.
const MAX_VERSION_BYTES: usize = 32;

/// Most bytes of an extension's name, so that the version behind it fits into the field's 128 bytes.
const MAX_NAME_BYTES: usize = 95;

/// What has to be known of packages for these fields.
pub(super) fn needed_of_packages(wanted: &FieldSet) -> impl Iterator<Item = FieldId> {
    let is_needed = wanted.contains(fields::X_BROWSER_NAME) || wanted.contains(fields::X_BROWSER_VERSION);
    let needed = [fields::PACKAGE_TYPE, fields::PACKAGE_NAME, fields::PACKAGE_VERSION];
    needed.into_iter().filter(move |_| is_needed)
}

/// Hands the section on.
pub(super) fn report(host: &Host, wanted: &FieldSet, installed: &Installed, found: &mut Found) {
    let has_packages = needed_of_packages(wanted).next().is_some();
    if has_packages {
        for (name, reason) in &installed.failed {
            found.failed(Section::Browser, *name, *reason);
        }
    }
    let mut extensions = Extensions::default();
    if wanted.contains(fields::X_BROWSER_EXTENSION) {
        extensions.add(SourceName::Chromium, chromium::extensions(host), found);
        extensions.add(SourceName::Firefox, firefox::extensions(host), found);
    }
    found.rows(Section::Browser, rows(wanted, installed, &extensions));
    for field in wanted.iter() {
        let reason =
            if field == fields::X_BROWSER_EXTENSION { extensions.failure } else { installed.absence() };
        found.absent(field, reason.unwrap_or(Absence::Unavailable));
    }
}

fn rows(wanted: &FieldSet, installed: &Installed, extensions: &Extensions) -> Vec<RawRow> {
    let mut browsers: BTreeSet<(&'static str, Option<&str>)> =
        installed.rows.iter().filter_map(|package| browser(package, wanted)).collect();
    for profiled in extensions.of.keys() {
        if !browsers.iter().any(|(name, _)| name == profiled) {
            browsers.insert((profiled, None));
        }
    }
    let row = |(name, version): (&str, Option<&str>)| {
        let mut row = RawRow::default();
        for (field, text) in [(fields::X_BROWSER_NAME, Some(name)), (fields::X_BROWSER_VERSION, version)] {
            if let Some(Ok(value)) = text.filter(|_| wanted.contains(field)).map(text_value) {
                row.push(field, value);
            }
        }
        if let Some(texts) = extensions.of.get(name) {
            row.push(fields::X_BROWSER_EXTENSION, Raw::Texts(texts.iter().cloned().collect()));
        }
        row
    };
    browsers.into_iter().map(row).collect()
}

/// The browser that a package is, with its version if that is wanted.
fn browser<'a>(package: &'a RawRow, wanted: &FieldSet) -> Option<(&'static str, Option<&'a str>)> {
    let text = |field| match package.value(field) {
        Some(Raw::Text(text)) => Some(text.as_str()),
        _ => None,
    };
    let version = text(fields::PACKAGE_VERSION);
    let name = known::browser_of(text(fields::PACKAGE_TYPE)?, text(fields::PACKAGE_NAME)?, version)?;
    Some((name, version.filter(|_| wanted.contains(fields::X_BROWSER_VERSION))))
}

/// The extensions of every browser.
#[derive(Default)]
struct Extensions {
    of: BTreeMap<&'static str, BTreeSet<String>>,
    failure: Option<Absence>,
}

impl Extensions {
    fn add(&mut self, source: SourceName, across: Across<Extension>, found: &mut Found) {
        for extension in across.items {
            self.of.entry(extension.browser).or_default().insert(extension.text);
        }
        if let Some(reason) = across.failure {
            self.failure.get_or_insert(reason);
            found.failed(Section::Browser, source, reason);
        }
    }
}

/// An extension in a profile.
struct Extension {
    browser: &'static str,
    /// Name and version, fit to be shown.
    text: String,
}

impl Extension {
    /// `None` where nothing of the name remains.
    fn of(browser: &'static str, name: &str, version: Option<&str>) -> Option<Self> {
        let mut text = clean(name)?;
        text.truncate(text.floor_char_boundary(MAX_NAME_BYTES));
        let version = version.and_then(clean).filter(|version| version.len() <= MAX_VERSION_BYTES);
        if let Some(version) = version {
            text.push(' ');
            text.push_str(&version);
        }
        Some(Self { browser, text })
    }
}
