//! Package URLs in canonical form.
//!
//! ```text
//! pkg:rpm/fedora/centerim@4.22.10-1.el6?arch=i686&distro=fedora-25&epoch=1
//!     │   │      │        │             └ qualifiers, sorted by key
//!     │   │      │        └ version
//!     │   │      └ name
//!     │   └ namespace
//!     └ type
//! ```
//!
//! Source: ECMA-427 clause 5 (purl-spec, "Core Specification") and the definitions of the types in purl-spec `types/`.
//! Only writing is here, since the collector reads none; docs/decisions/0009 says why it is not a library's.

use collector_proto::catalog::PackageFormat;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::BTreeMap;
use std::fmt;

/// What is percent-encoded in a component: everything but letters, digits, `.-_~` and the colon, which never is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_').remove(b'~').remove(b':');

/// A registered type that the collector has rows of. Not registered, so without a package URL, are `flatpak`, `snap`,
/// `appimage`, `slackware`, `msi`, `msix` and `app`; `ebuild` and `nix` are only candidates (purl-spec at 16f3d0e,
/// `purl-types-index.json` and `docs/types/candidate-purl-types.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageType {
    /// Arch Linux's packages.
    Alpm,
    /// Alpine Linux's packages.
    Apk,
    /// Homebrew's formulas.
    Brew,
    /// Debian's packages.
    Deb,
    /// RPM packages.
    Rpm,
}

impl PackageType {
    /// Every type.
    pub const ALL: [Self; 5] = [Self::Alpm, Self::Apk, Self::Brew, Self::Deb, Self::Rpm];

    /// The type of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// The registered name, which is also the word of `package.type`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alpm => PackageFormat::Alpm.name(),
            Self::Apk => PackageFormat::Apk.name(),
            Self::Brew => PackageFormat::Brew.name(),
            Self::Deb => PackageFormat::Deb.name(),
            Self::Rpm => PackageFormat::Rpm.name(),
        }
    }

    const fn needs_namespace(self) -> bool {
        !matches!(self, Self::Brew)
    }

    /// Namespaces of all these types are written in lower case, names of all but RPM.
    const fn has_lower_case_names(self) -> bool {
        !matches!(self, Self::Rpm)
    }
}

/// One package URL.
#[derive(Clone, PartialEq, Eq)]
pub struct PackageUrl {
    kind: PackageType,
    namespace: Vec<String>,
    name: String,
    version: String,
    qualifiers: BTreeMap<&'static str, String>,
}

impl PackageUrl {
    /// A URL without version and qualifiers; `namespace` may have several segments. `None` when the name, or a
    /// namespace that the type demands, is empty.
    pub fn new(kind: PackageType, namespace: &str, name: &str) -> Option<Self> {
        let segments = namespace.split('/').filter(|segment| !segment.is_empty());
        let namespace: Vec<_> = segments.map(str::to_lowercase).collect();
        let name = name.trim_matches('/');
        let name = if kind.has_lower_case_names() { name.to_lowercase() } else { name.to_owned() };
        if name.is_empty() || (namespace.is_empty() && kind.needs_namespace()) {
            return None;
        }
        Some(Self { kind, namespace, name, version: String::new(), qualifiers: BTreeMap::new() })
    }

    /// With a version; an empty one is none.
    #[must_use]
    pub fn version(mut self, version: &str) -> Self {
        version.clone_into(&mut self.version);
        self
    }

    /// With a qualifier; an empty value is the same as none. Keys are this program's own words, lower-case letters and
    /// `_`, so that they need no check.
    #[must_use]
    pub fn qualifier(mut self, key: &'static str, value: &str) -> Self {
        if value.is_empty() {
            self.qualifiers.remove(key);
        } else {
            self.qualifiers.insert(key, value.to_owned());
        }
        self
    }
}

impl fmt::Display for PackageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoded = |text| utf8_percent_encode(text, ENCODED);
        write!(f, "pkg:{}/", self.kind.name())?;
        for segment in &self.namespace {
            write!(f, "{}/", encoded(segment))?;
        }
        write!(f, "{}", encoded(&self.name))?;
        if !self.version.is_empty() {
            write!(f, "@{}", encoded(&self.version))?;
        }
        for (number, (key, value)) in self.qualifiers.iter().enumerate() {
            let separator = if number == 0 { '?' } else { '&' };
            write!(f, "{separator}{key}={}", encoded(value))?;
        }
        Ok(())
    }
}

/// A package's name is a collected value, so only the type is told.
impl fmt::Debug for PackageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PackageUrl({}, <hidden>)", self.kind.name())
    }
}
