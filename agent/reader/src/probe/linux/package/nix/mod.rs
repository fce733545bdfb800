//! Nix profiles (Nix manual: Profiles, `manifest.json`, `manifest.nix`) and what NixOS puts together from its
//! configuration (NixOS manual: Declarative Package Management).
//!
//! ```text
//! /nix/var/nix/profiles/default                       of the machine
//! /nix/var/nix/profiles/per-user/<user>/profile       of a person
//! /home/<user>/.local/state/nix/profiles/profile      of a person, since Nix 2.14
//!     -> profile-7-link -> /nix/store/<hash>-profile, which holds manifest.json (nix profile) or manifest.nix (nix-env)
//! /run/current-system/sw/bin/git                      of a NixOS machine
//! /etc/profiles/per-user/<user>/bin/jq                of a person by the configuration of a NixOS machine
//!     -> /nix/store/<hash>-jq-1.7.1-bin/bin/jq
//! ```
//! A profile lists what was installed into it. NixOS keeps no such list: there the links to programs tell it, so that
//! packages without programs are missing, and they are read as links without opening anything in the store. The store itself
//! is not a list of installed software: old generations and what was only needed for building lie there too. The name in the
//! store is name and version; a later output (`-bin`, `-man`) is the same package. Environments of home-manager are one
//! package, `home-manager-path`. Times in the store are those of 1970, and nothing says who published a package.

use crate::format::FormatError;
use crate::format::nix::{manifest, name};
use crate::host::{Host, Place, Unreadable};
use crate::probe::shared::homes::{Across, MAX_PACKAGES, listed};
use crate::probe::shared::package::{Package, Scope, Seen, Wanted};
use crate::treat::Owner;
use collector_proto::catalog::{PackageFormat, SourcePlace};
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::Absence;
use std::collections::BTreeSet;

/// Exists on every machine with Nix. Without it the homes are not looked into.
const STORE: SourcePlace = SourcePlace::Look("/nix/store");

const DEFAULT_PROFILE: Profile = Profile {
    json: "/nix/var/nix/profiles/default/manifest.json",
    nix: "/nix/var/nix/profiles/default/manifest.nix",
};

const USER_PROFILES: &[Profile] = &[
    Profile {
        json: "/nix/var/nix/profiles/per-user/*/profile/manifest.json",
        nix: "/nix/var/nix/profiles/per-user/*/profile/manifest.nix",
    },
    Profile {
        json: "/home/*/.local/state/nix/profiles/profile/manifest.json",
        nix: "/home/*/.local/state/nix/profiles/profile/manifest.nix",
    },
];

const SYSTEM_PROGRAMS: SourcePlace = SourcePlace::Look("/run/current-system/sw/bin/*");
const USER_PROGRAMS: SourcePlace = SourcePlace::Look("/etc/profiles/per-user/*/bin/*");
/// One package's programs are not linked one by one.
const USER_PROGRAMS_LINK: SourcePlace = SourcePlace::Look("/etc/profiles/per-user/*/bin");

/// The two forms of a profile's manifest.
struct Profile {
    json: &'static str,
    nix: &'static str,
}

/// What is installed, once each however many outputs, programs or profiles tell it.
#[derive(Default)]
struct Items(BTreeSet<Item>);

/// One package in one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Item {
    user: Option<String>,
    name: String,
    version: Option<String>,
    /// `x86_64-linux`, which links do not tell.
    system: Option<String>,
}

/// What was asked of each package of the machine.
pub(super) fn of_machine(host: &Host, wanted: &Wanted) -> Result<Vec<Seen>, Absence> {
    let mut items = Items::default();
    let has_profile = items.add_profile(&DEFAULT_PROFILE, &[], host)?;
    let has_programs = items.add_programs(SYSTEM_PROGRAMS, &[], host)?;
    if has_profile || has_programs { items.seen(wanted) } else { Err(Absence::Unavailable) }
}

/// What was asked of each package of a person, of every person whose profiles could be read.
pub(super) fn of_users(host: &Host, wanted: &Wanted) -> Across<Seen> {
    let mut across = Across { items: Vec::new(), failure: None };
    if !host.exists(STORE) {
        return across;
    }
    let mut users = BTreeSet::new();
    for places in USER_PROFILES.iter().map(|profile| SourcePlace::File(profile.json)).chain([USER_PROGRAMS]) {
        match listed(host, Place::at(places, &[])) {
            Ok(names) => users.extend(names),
            Err(reason) => across.add(&Owner::unknown(), Err(reason), 0),
        }
    }
    for user in users {
        let packages = of_user(&user, host).and_then(|items| items.seen(wanted));
        across.add_home(host, &user, packages, MAX_PACKAGES);
    }
    across
}

fn of_user(user: &str, host: &Host) -> Result<Items, Absence> {
    let mut items = Items::default();
    for profile in USER_PROFILES {
        items.add_profile(profile, &[user], host)?;
    }
    if let Ok(target) = host.link(Place::at(USER_PROGRAMS_LINK, &[user]))
        && let Some(stored) = name::of_path(&target)
    {
        items.add(Some(user), stored, None)?;
    } else {
        items.add_programs(USER_PROGRAMS, &[user], host)?;
    }
    Ok(items)
}

impl Items {
    /// Whether there is such a profile. `user` is none, or one name.
    fn add_profile(&mut self, profile: &Profile, user: &[&str], host: &Host) -> Result<bool, Absence> {
        type Parse = fn(&[u8]) -> Result<Vec<manifest::Element>, FormatError>;
        let forms: [(&'static str, Parse); 2] =
            [(profile.json, manifest::of_json), (profile.nix, manifest::of_nix)];
        for (form, parse) in forms {
            match host.bytes_up_to(Place::of(form, user), manifest::MAX_BYTES) {
                Ok(bytes) => {
                    for element in parse(&bytes)? {
                        self.add(user.first().copied(), &element.name, element.system.as_deref())?;
                    }
                    return Ok(true);
                }
                Err(Unreadable::Missing) => {}
                Err(reason) => return Err(reason.into()),
            }
        }
        Ok(false)
    }

    /// Whether there is such a directory of links to programs. `user` is none, or one name.
    fn add_programs(&mut self, links: SourcePlace, user: &[&str], host: &Host) -> Result<bool, Absence> {
        let programs = match host.fill(Place::at(links, user)) {
            Ok(programs) => programs,
            Err(Unreadable::Missing | Unreadable::Odd) => return Ok(false),
            Err(reason) => return Err(reason.into()),
        };
        for program in &programs {
            let names: Vec<&str> = user.iter().copied().chain([program.as_str()]).collect();
            // What is not a link, or leads elsewhere, is not a program of a package.
            if let Ok(target) = host.link(Place::at(links, &names))
                && let Some(stored) = name::of_path(&target)
            {
                self.add(user.first().copied(), stored, None)?;
            }
        }
        Ok(true)
    }

    fn add(&mut self, user: Option<&str>, stored: &str, system: Option<&str>) -> Result<(), Absence> {
        if self.0.len() >= MAX_ROWS {
            return Err(Absence::TooLarge);
        }
        let (name, version) = name::split(stored);
        self.0.insert(Item {
            user: user.map(str::to_owned),
            name: name.to_owned(),
            version: version.map(str::to_owned),
            system: system.map(str::to_owned),
        });
        Ok(())
    }

    fn seen(&self, wanted: &Wanted) -> Result<Vec<Seen>, Absence> {
        self.0.iter().map(|item| wanted.of_package(item)).collect()
    }
}

impl Package for Item {
    fn kind(&self) -> PackageFormat {
        PackageFormat::Nix
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    fn architecture(&self) -> Result<Option<&str>, Absence> {
        Ok(self.system.as_deref())
    }

    fn scope(&self) -> Scope<'_> {
        self.user.as_deref().map_or(Scope::Machine, Scope::User)
    }
}

#[cfg(test)]
mod tests;
