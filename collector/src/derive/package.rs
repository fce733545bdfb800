//! `x.package.purl`: the package URL of an installed package, from its row and the row of the section `os`.
//!
//! ```text
//! deb   pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64&distro=debian-12     the epoch is part of the version
//! rpm   pkg:rpm/fedora/curl@8.9.1-3.fc41?arch=x86_64&distro=fedora-41&epoch=1   the epoch is a qualifier
//! apk   pkg:apk/alpine/curl@8.11.0-r2?arch=x86_64&distro=alpine-3.20.3
//! alpm  pkg:alpm/arch/pacman@6.0.1-1?arch=x86_64                             a rolling release has no version
//! brew  pkg:brew/postgresql%4012@12.17
//! ```
//!
//! Source: the definitions of the types in purl-spec `types/`; `distro` as their examples write it. The namespace says
//! which distribution is installed, not from which repository the package came: rows do not tell that. A formula of a
//! third-party tap of Homebrew cannot be told from one of `homebrew/core` either, which is what no namespace means.

use super::Untreated;
use super::distributions::known;
use super::purl::{PackageType, PackageUrl};
use collector_proto::catalog::fields;

/// The distribution that is installed.
pub struct Distribution {
    /// The format that it is made of. A database of another format on it (an rpm's on Debian) holds strangers.
    format: PackageType,
    namespace: &'static str,
    version: Option<String>,
}

impl Distribution {
    /// From the row of the section `os`. `None` when nobody knows its packages' namespace.
    pub fn of(os: &Untreated<'_>) -> Option<Self> {
        let (format, namespace) = known(os.text(fields::OS_NAME)?)?;
        let version = os.text(fields::OS_VERSION).filter(|version| !version.is_empty()).map(str::to_owned);
        Some(Self { format, namespace, version })
    }

    /// Value of the qualifier `distro`; empty when the version is unknown.
    fn qualifier(&self) -> String {
        self.version.as_ref().map(|version| format!("{}-{version}", self.namespace)).unwrap_or_default()
    }
}

/// The package URL of a row. `None` when its type is not registered, its type or name is missing, or the distribution
/// that it belongs to is not known: no URL is better than another package's.
pub fn package_url(package: &Untreated<'_>, distribution: Option<&Distribution>) -> Option<PackageUrl> {
    let kind = PackageType::parse(package.text(fields::PACKAGE_TYPE)?)?;
    let name = package.text(fields::PACKAGE_NAME)?;
    let version = package.text(fields::PACKAGE_VERSION).unwrap_or_default();
    if kind == PackageType::Brew {
        // Homebrew is the same everywhere; its type has no architecture and no distribution.
        return Some(PackageUrl::new(kind, "", name)?.version(version));
    }
    let distribution = distribution.filter(|distribution| distribution.format == kind)?;
    let (epoch, version) = if kind == PackageType::Rpm { split_epoch(version) } else { ("", version) };
    let url = PackageUrl::new(kind, distribution.namespace, name)?
        .version(version)
        .qualifier("arch", package.text(fields::PACKAGE_ARCHITECTURE).unwrap_or_default())
        .qualifier("distro", &distribution.qualifier())
        .qualifier("epoch", epoch);
    Some(url)
}

/// `1:2.3-4` is epoch `1` and version `2.3-4`. Neither version nor release of an rpm can have a colon, so what stands
/// before one and is not a number is left where it is.
fn split_epoch(version: &str) -> (&str, &str) {
    match version.split_once(':') {
        Some((epoch, rest)) if !epoch.is_empty() && epoch.bytes().all(|b| b.is_ascii_digit()) => {
            (epoch, rest)
        }
        _ => ("", version),
    }
}
