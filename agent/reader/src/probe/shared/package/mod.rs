//! Section `package`: the columns of an installed package, the same for every format.

mod installed;

pub(super) use installed::Packages;

use crate::probe::found::text_value;
use crate::probe::reading::{Raw, RawRow};
use crate::probe::table::asked;
use crate::treat::Owner;
use collector_proto::catalog::{FieldId, FieldSet, PackageFormat, fields};
use collector_proto::messages::Absence;
use collector_proto::text::class::disturbs;
use collector_proto::time::UtcTime;

/// What a source says of a package. What a format does not know stays out of the row. A reason is that of the whole source: half
/// a list would read as hundreds of removed packages.
pub trait Package {
    /// Its format.
    fn kind(&self) -> PackageFormat;

    /// Name.
    fn name(&self) -> &str;

    /// Version in the format's own writing.
    fn version(&self) -> Option<&str> {
        None
    }

    /// Architecture in the format's own writing.
    fn architecture(&self) -> Result<Option<&str>, Absence> {
        Ok(None)
    }

    /// Whose installation it is.
    fn scope(&self) -> Scope<'_> {
        Scope::Machine
    }

    /// When it was installed, where the source truly says so.
    fn installed(&self) -> Result<Option<UtcTime>, Absence> {
        Ok(None)
    }

    /// Who built or published it; an organisation, never a maintainer's name.
    fn vendor(&self) -> Option<&str> {
        None
    }
}

/// Whose installation it is.
#[derive(Clone, Copy)]
pub enum Scope<'a> {
    /// The machine's.
    Machine,
    /// This account's.
    User(&'a str),
}

impl<'a> Scope<'a> {
    fn name(self) -> &'static str {
        match self {
            Self::Machine => "global",
            Self::User(_) => "user",
        }
    }

    fn user(self) -> Option<&'a str> {
        match self {
            Self::Machine => None,
            Self::User(user) => Some(user),
        }
    }
}

/// A field, and the function that finds its value in a package.
type Column = (FieldId, fn(&dyn Package) -> Result<Option<Raw>, Absence>);

/// Every column.
pub(super) const COLUMNS: &[Column] = &[
    (fields::PACKAGE_NAME, |package| Ok(text(Some(package.name())))),
    (fields::PACKAGE_VERSION, |package| Ok(text(package.version()))),
    (fields::PACKAGE_TYPE, |package| Ok(text(Some(package.kind().name())))),
    (fields::PACKAGE_ARCHITECTURE, |package| Ok(text(package.architecture()?))),
    (fields::PACKAGE_INSTALLED, |package| Ok(package.installed()?.map(Raw::Instant))),
    (fields::PACKAGE_INSTALL_SCOPE, |package| Ok(text(Some(package.scope().name())))),
    (fields::X_PACKAGE_USER, |package| Ok(text(package.scope().user()))),
    (fields::X_PACKAGE_VENDOR, |package| Ok(text(package.vendor()))),
];

fn text(text: Option<&str>) -> Option<Raw> {
    text.and_then(|text| text_value(text).ok())
}

/// Whether something of the text remains when it is cleaned.
fn is_shown(text: &str) -> bool {
    text.chars().any(|character| !character.is_whitespace() && !disturbs(character))
}

/// What a package is under one name, whatever its format calls it, such as a web browser.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Product {
    pub(super) name: &'static str,
    pub(super) version: Option<String>,
}

/// Finds out which product a package is; `None` for any other package.
type Recognise = fn(&dyn Package) -> Option<Product>;

/// What is asked of packages in one pass over them.
pub struct Wanted {
    columns: Vec<&'static Column>,
    recognise: Option<Recognise>,
}

impl Wanted {
    /// The columns of the section that are in the set.
    pub fn of(wanted: &FieldSet) -> Self {
        Self { columns: asked(COLUMNS, wanted).collect(), recognise: None }
    }

    /// And which product each package is.
    pub(super) fn recognising(self, recognise: Recognise) -> Self {
        Self { recognise: Some(recognise), ..self }
    }

    /// Whether the section itself is asked for.
    pub(super) fn has_columns(&self) -> bool {
        !self.columns.is_empty()
    }

    /// Whether packages are read at all.
    pub(super) fn is_anything(&self) -> bool {
        self.has_columns() || self.recognise.is_some()
    }

    /// What was asked of the package. One without a name is malformed.
    pub fn of_package(&self, package: &dyn Package) -> Result<Seen, Absence> {
        if !is_shown(package.name()) {
            return Err(Absence::Malformed);
        }
        let mut row = RawRow::with_capacity(self.columns.len());
        for (field, value) in &self.columns {
            if let Some(value) = value(package)? {
                row.push(*field, value);
            }
        }
        let product = self.recognise.and_then(|recognise| recognise(package));
        Ok(Seen { owner: Owner::Machine, row, product })
    }
}

/// A package as far as it was asked for.
pub struct Seen {
    /// Whose installation it is; until it is said the machine's.
    pub(super) owner: Owner,
    pub(in crate::probe) row: RawRow,
    /// The product that it is, if that was asked for.
    pub(super) product: Option<Product>,
}
