//! The row of one installed package, the same for every format.

use crate::probe::found::text_value;
use crate::probe::reading::{Raw, RawRow};
use collector_proto::catalog::{FieldSet, fields};
use collector_proto::messages::Absence;
use collector_proto::time::UtcTime;

/// What a source says of a package. What a format does not know is `None` and stays out of the row.
pub(super) struct Package<'a> {
    /// Format, such as `deb`: the word that package URLs use where they know the format.
    pub(super) kind: &'static str,
    /// Name.
    pub(super) name: &'a str,
    /// Version in the format's own writing.
    pub(super) version: Option<&'a str>,
    /// Architecture in the format's own writing.
    pub(super) architecture: Option<&'a str>,
    /// Whose installation it is.
    pub(super) scope: Scope<'a>,
    /// When it was installed, where the source truly says so.
    pub(super) installed: Option<UtcTime>,
    /// Who built or published it; an organisation, never a maintainer's name.
    pub(super) vendor: Option<&'a str>,
}

/// Whose installation it is.
#[derive(Clone, Copy)]
pub(super) enum Scope<'a> {
    /// The machine's.
    Machine,
    /// This account's.
    User(&'a str),
}

impl Package<'_> {
    /// The row with the wanted fields. A package without a name is malformed.
    pub(super) fn row(&self, wanted: &FieldSet) -> Result<RawRow, Absence> {
        let name = text_value(self.name).map_err(|_| Absence::Malformed)?;
        let (scope, user) = match self.scope {
            Scope::Machine => ("global", None),
            Scope::User(user) => ("user", Some(user)),
        };
        let mut row = RawRow::default();
        if wanted.contains(fields::PACKAGE_NAME) {
            row.push(fields::PACKAGE_NAME, name);
        }
        for (field, text) in [
            (fields::PACKAGE_VERSION, self.version),
            (fields::PACKAGE_TYPE, Some(self.kind)),
            (fields::PACKAGE_ARCHITECTURE, self.architecture),
            (fields::PACKAGE_INSTALL_SCOPE, Some(scope)),
            (fields::X_PACKAGE_USER, user),
            (fields::X_PACKAGE_VENDOR, self.vendor),
        ] {
            let text = text.filter(|_| wanted.contains(field));
            if let Some(Ok(value)) = text.map(text_value) {
                row.push(field, value);
            }
        }
        if let Some(installed) = self.installed.filter(|_| wanted.contains(fields::PACKAGE_INSTALLED)) {
            row.push(fields::PACKAGE_INSTALLED, Raw::Instant(installed));
        }
        Ok(row)
    }
}
