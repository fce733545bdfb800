//! Section `package`: what package managers say is installed, one file per format.

mod apk;
mod appimage;
mod brew;
mod dpkg;
mod flatpak;
mod nix;
mod pacman;
mod portage;
mod rpm;
mod slackware;
mod snap;
#[cfg(test)]
mod tests;

use super::browser;
use crate::probe::shared::software::{HomeSource, PackageSource, Software};
use crate::probe::table::Probe;
use collector_proto::messages::SourceName;

/// Serves the section `browser` too.
pub(super) const PROBE: &dyn Probe =
    &Software { packages: PACKAGES, packages_of_homes: PACKAGES_OF_HOMES, extensions: browser::EXTENSIONS };

/// Every source, in the order in which they are read.
const PACKAGES: &[(SourceName, PackageSource)] = &[
    (SourceName::Dpkg, dpkg::packages),
    (SourceName::Rpm, rpm::packages),
    (SourceName::Apk, apk::packages),
    (SourceName::Pacman, pacman::packages),
    (SourceName::Portage, portage::packages),
    (SourceName::Slackware, slackware::packages),
    (SourceName::Nix, nix::of_machine),
    (SourceName::Brew, brew::packages),
    (SourceName::Flatpak, flatpak::of_machine),
    (SourceName::Snap, snap::packages),
    (SourceName::AppImage, appimage::of_machine),
];

/// Every source in the homes of persons.
const PACKAGES_OF_HOMES: &[(SourceName, HomeSource)] = &[
    (SourceName::NixUser, nix::of_users),
    (SourceName::FlatpakUser, flatpak::of_users),
    (SourceName::AppImageUser, appimage::of_users),
];
