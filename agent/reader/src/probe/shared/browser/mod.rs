//! Section `browser`: which web browsers are installed, in which version, and which extensions their profiles hold.
//!
//! One row for each browser and version. That it is installed follows from the packages of every format (`known.rs`). Profiles lie
//! in the homes of persons and belong to a browser, not to one of its installations: a row of a browser that the machine has
//! names the extensions of all of its profiles together, one of a browser that an account has for itself those of that account. A
//! report does not say whose they are. Profiles of a browser that no package of theirs is known of, such as one that was unpacked
//! by hand, give a row without version.

pub mod chromium;
pub mod firefox;
pub mod known;
#[cfg(test)]
mod tests;

use super::homes::Across;
use super::package::{Package, Packages, Product};
use crate::host::Host;
use crate::probe::found::{Found, text_value};
use crate::probe::reading::{Raw, RawRow};
use crate::probe::table::asked;
use crate::treat::Owner;
use collector_proto::catalog::{FieldId, FieldSet, Section, fields};
use collector_proto::messages::{Absence, SourceName};
use collector_proto::text::clean;
use std::collections::{BTreeMap, BTreeSet};

/// Most extensions in the profiles of one browser family, of all persons together.
const MAX_EXTENSIONS: usize = 16 * 1024;

/// Most bytes of an extension's version; more is not a version. Chromium's are four numbers.
const MAX_VERSION_BYTES: usize = 32;

/// Most bytes of an extension's name, so that the version behind it fits into the field's 128 bytes.
const MAX_NAME_BYTES: usize = 95;

/// The extensions of one family of browsers, of every home that could be read.
pub type ExtensionSource = fn(&Host) -> Across<Extension>;

/// A row: a browser in one version.
struct Shown<'a> {
    name: &'static str,
    version: Option<&'a str>,
    /// Each with whose it is.
    extensions: Vec<(Owner, String)>,
}

/// A field, and the function that finds its value in a row.
type Column = (FieldId, fn(&Shown<'_>) -> Result<Raw, Absence>);

/// The fields that packages tell.
const OF_PACKAGES: &[Column] = &[
    (fields::X_BROWSER_NAME, |browser| text_value(browser.name)),
    (fields::X_BROWSER_VERSION, |browser| text_value(browser.version.ok_or(Absence::Unavailable)?)),
];

/// The fields that profiles tell.
const OF_PROFILES: &[Column] = &[(fields::X_BROWSER_EXTENSION, |browser| {
    if browser.extensions.is_empty() {
        return Err(Absence::Unavailable);
    }
    Ok(Raw::TextsOf(browser.extensions.clone()))
})];

/// Every field of the section.
pub(super) fn fields() -> FieldSet {
    OF_PACKAGES.iter().chain(OF_PROFILES).map(|(field, _)| *field).collect()
}

/// Whether packages have to be looked at for these fields.
pub(super) fn needs_packages(wanted: &FieldSet) -> bool {
    asked(OF_PACKAGES, wanted).next().is_some()
}

/// The browser that a package is; `None` for a package that is not a browser.
pub(super) fn of_package(package: &dyn Package) -> Option<Product> {
    let name = clean(package.name())?;
    // The names of most packages alone say that they are not.
    known::browser_of(package.kind(), &name, None)?;
    let version = package.version().and_then(clean);
    let name = known::browser_of(package.kind(), &name, version.as_deref())?;
    Some(Product { name, version })
}

/// Hands the section on.
pub(super) fn report(
    host: &Host,
    sources: &[(SourceName, ExtensionSource)],
    wanted: &FieldSet,
    installed: &Packages,
    found: &mut Found,
) {
    if fields().intersection(wanted).is_empty() {
        return;
    }
    if needs_packages(wanted) {
        for (name, reason) in &installed.failed {
            found.failed(Section::Browser, *name, *reason);
        }
    }
    let mut extensions = Extensions::default();
    if asked(OF_PROFILES, wanted).next().is_some() {
        for (name, source) in sources {
            extensions.add(*name, source(host), found);
        }
    }
    found.rows(Section::Browser, rows(wanted, installed, &extensions));
    for (field, _) in asked(OF_PACKAGES, wanted) {
        found.absent(*field, installed.absence().unwrap_or(Absence::Unavailable));
    }
    for (field, _) in asked(OF_PROFILES, wanted) {
        found.absent(*field, extensions.failure.unwrap_or(Absence::Unavailable));
    }
}

/// Sorted by name and version. Installations of a browser that look the same in what was asked for are one row.
fn rows(wanted: &FieldSet, installed: &Packages, extensions: &Extensions) -> Vec<RawRow> {
    let browsers = browsers(wanted.contains(fields::X_BROWSER_VERSION), installed, extensions);
    let row = |((name, version), owner): ((&'static str, Option<&str>), Owner)| {
        let shown = Shown { name, version, extensions: extensions.beside(name, &owner) };
        let mut row = RawRow::default();
        for (field, value) in asked(OF_PACKAGES, wanted).chain(asked(OF_PROFILES, wanted)) {
            // One that lacks a version or extensions is still a row.
            if let Ok(value) = value(&shown) {
                row.push(*field, value);
            }
        }
        row.owned_by(owner)
    };
    browsers.into_iter().map(row).collect()
}

/// Whose each browser is, by name and, where it counts, version.
fn browsers<'a>(
    by_version: bool,
    installed: &'a Packages,
    extensions: &Extensions,
) -> BTreeMap<(&'static str, Option<&'a str>), Owner> {
    let mut browsers: BTreeMap<_, Owner> = BTreeMap::new();
    for package in &installed.seen {
        let Some(browser) = &package.product else { continue };
        let version = browser.version.as_deref().filter(|_| by_version);
        browsers
            .entry((browser.name, version))
            .and_modify(|whose| whose.join(&package.owner))
            .or_insert_with(|| package.owner.clone());
    }
    let packaged = browsers.clone();
    let has_package = |name: &str, owner: &Owner| {
        packaged.iter().any(|((of, _), whose)| *of == name && whose.shares(owner))
    };
    for (name, found) in &extensions.of {
        for (_, owner) in found.iter().filter(|(_, owner)| !has_package(name, owner)) {
            browsers
                .entry((*name, None))
                .and_modify(|whose| whose.join(owner))
                .or_insert_with(|| owner.clone());
        }
    }
    browsers
}

/// The extensions of every browser, each with whose it is.
#[derive(Default)]
struct Extensions {
    of: BTreeMap<&'static str, BTreeSet<(String, Owner)>>,
    failure: Option<Absence>,
}

impl Extensions {
    fn add(&mut self, source: SourceName, across: Across<Extension>, found: &mut Found) {
        for (owner, extension) in across.items {
            self.of.entry(extension.browser).or_default().insert((extension.text, owner));
        }
        if let Some(reason) = across.failure {
            self.failure.get_or_insert(reason);
            found.failed(Section::Browser, source, reason);
        }
    }

    /// Those of the profiles that a browser of this owner has.
    fn beside(&self, name: &str, owner: &Owner) -> Vec<(Owner, String)> {
        let of = self.of.get(name).into_iter().flatten();
        of.filter(|(_, whose)| owner.shares(whose))
            .map(|(text, whose)| (whose.clone(), text.clone()))
            .collect()
    }
}

/// An extension in a profile.
pub struct Extension {
    pub browser: &'static str,
    /// Name and version, fit to be shown.
    pub text: String,
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
