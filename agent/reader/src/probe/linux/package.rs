//! Section `package`: what package managers say is installed.

use super::super::Probe;
use super::super::found::Found;
use super::dpkg;
use crate::host::{Host, Unreadable};
use collector_proto::catalog::{FieldSet, Section, fields};
use collector_proto::messages::Absence;

pub(super) const PROBE: Probe = Probe {
    section: Section::Package,
    fields: &[
        fields::PACKAGE_NAME,
        fields::PACKAGE_VERSION,
        fields::PACKAGE_TYPE,
        fields::PACKAGE_ARCHITECTURE,
        fields::PACKAGE_INSTALLED,
        fields::PACKAGE_INSTALL_SCOPE,
    ],
    read,
};

/// Databases of package managers that this program cannot read. Where one stands and dpkg's does not, packages are
/// unsupported rather than absent from the machine.
const OTHER_DATABASES: &[&str] =
    &["/usr/lib/sysimage/rpm/rpmdb.sqlite", "/var/lib/rpm/rpmdb.sqlite", "/lib/apk/db/installed"];

fn read(host: &Host, wanted: &FieldSet, found: &mut Found) {
    match dpkg::packages(host, wanted) {
        Ok(rows) => found.rows(Section::Package, rows),
        Err(reason) => {
            let is_foreign = reason == Absence::from(Unreadable::Missing)
                && OTHER_DATABASES.iter().any(|database| host.exists(*database));
            let reason = if is_foreign { Absence::Unsupported } else { reason };
            wanted.iter().for_each(|field| found.absent(field, reason));
        }
    }
}
