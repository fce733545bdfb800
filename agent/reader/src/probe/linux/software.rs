//! Sections `package` and `browser`: which browsers are installed follows from the packages, so that one pass over the
//! databases serves both. What only the other section needs of a package is gone before the rows are handed on.

use super::package::Installed;
use super::{browser, package};
use crate::host::Host;
use crate::probe::Probe;
use crate::probe::found::Found;
use collector_proto::catalog::{FieldId, FieldSet, Section, fields};

pub(super) const PROBE: Probe = Probe { section: Section::Package, fields: FIELDS, read };

const FIELDS: &[FieldId] = &[
    fields::PACKAGE_NAME,
    fields::PACKAGE_VERSION,
    fields::PACKAGE_TYPE,
    fields::PACKAGE_ARCHITECTURE,
    fields::PACKAGE_INSTALLED,
    fields::PACKAGE_INSTALL_SCOPE,
    fields::X_PACKAGE_USER,
    fields::X_PACKAGE_VENDOR,
    fields::X_BROWSER_NAME,
    fields::X_BROWSER_VERSION,
    fields::X_BROWSER_EXTENSION,
];

fn read(host: &Host, wanted: &FieldSet, found: &mut Found) {
    let of = |section| wanted.iter().filter(|field| field.section() == section).collect::<FieldSet>();
    let (packages, browsers) = (of(Section::Package), of(Section::Browser));
    let needed: FieldSet = packages.iter().chain(browser::needed_of_packages(&browsers)).collect();
    let installed = if needed.is_empty() { Installed::default() } else { Installed::read(host, &needed) };
    if !browsers.is_empty() {
        browser::report(host, &browsers, &installed, found);
    }
    if !packages.is_empty() {
        package::report(installed, &packages, found);
    }
}
