//! Places that persons can write: there a link may lead anywhere, so what is opened has to be where it seems to be.

use super::files::path_of;
use super::listing::{Listings, list};
use super::tree::Root;
use crate::host::broker::Last;
use crate::host::{AccountId, Unreadable};
use collector_proto::catalog::SourcePlace;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

/// Directories in which each entry is a person's own.
const OF_PERSONS: &[&str] = &[HOMES, "/nix/var/nix/profiles/per-user"];

/// Where a person's link may lead although it is not part of the person's own: the store of Nix, to which profiles are
/// links. root alone writes it and everybody reads it, so that nothing is opened that the person could not read.
const STORE: &str = "/nix/store";

/// The directory of homes.
const HOMES: &str = "/home";

/// Who has which home, by its name.
pub(super) type Owners = BTreeMap<String, AccountId>;

/// Who has the homes among what was listed.
pub(super) fn owners(root: &Root, listed: &Listings) -> Owners {
    let homes = listed.get(HOMES).and_then(|homes| homes.as_ref().ok()).into_iter().flatten();
    homes.filter_map(|home| Some((home.clone(), owner(root, home).ok()?))).collect()
}

/// Who has the home of this name.
pub(super) fn owner(root: &Root, home: &str) -> Result<AccountId, Unreadable> {
    owner_of(root, &self::home(home))
}

/// The path of the home of this name.
pub(super) fn home(name: &str) -> String {
    format!("{HOMES}/{name}")
}

/// Who has this directory.
pub(super) fn owner_of(root: &Root, directory: &str) -> Result<AccountId, Unreadable> {
    let path = root.resolve(directory, Last::Followed)?;
    Ok(AccountId::Uid(fs::metadata(path)?.uid()))
}

/// Who has each directory of a person that the sources may lead into.
pub(super) fn directories(root: &Root, sources: &BTreeSet<SourcePlace>) -> BTreeMap<String, AccountId> {
    let paths = || sources.iter().filter_map(|source| source.path());
    let mut directories = BTreeSet::new();
    for of_persons in OF_PERSONS {
        let below = |path: &'static str| path.strip_prefix(of_persons)?.strip_prefix('/')?.split('/').next();
        let named: BTreeSet<&str> = paths().filter_map(below).collect();
        if named.iter().any(|name| name.contains('*')) {
            let all = list(root, of_persons).unwrap_or_default();
            directories.extend(all.iter().map(|name| format!("{of_persons}/{name}")));
        }
        let named = named.iter().filter(|name| !name.contains('*'));
        directories.extend(named.map(|name| format!("{of_persons}/{name}")));
    }
    let owned = directories.into_iter().map(|directory| Ok((owner_of(root, &directory)?, directory)));
    owned
        .filter_map(|owned: Result<_, Unreadable>| owned.ok().map(|(owner, directory)| (directory, owner)))
        .collect()
}

/// Whether the account may be a person's. systemd.io/UIDS-GIDS: what is below belongs to the system, what is above to services that
/// get their number when they start, to nobody, and to what 16 bits take for an error.
pub(super) const fn may_be_a_persons(uid: u32) -> bool {
    uid >= 1000 && !(uid >= 61_184 && uid <= 65_535) && uid != u32::MAX
}

/// Into whose directories one looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Persons {
    /// Everybody's.
    #[default]
    All,
    /// All but these, about which somebody else is asked.
    AllBut(BTreeSet<String>),
    /// These, and nothing else of the machine.
    Only(BTreeSet<String>),
}

impl Persons {
    /// Whether one looks at this path.
    pub(super) fn admit(&self, path: &str) -> bool {
        match (self, directory_of(path)) {
            (Self::All, _) | (Self::AllBut(_), None) => true,
            (Self::AllBut(others), Some(directory)) => !others.contains(directory),
            (Self::Only(these), directory) => directory.is_some_and(|directory| these.contains(directory)),
        }
    }

    /// The same but for some directories.
    #[must_use]
    pub(super) fn but(self, left_alone: &BTreeSet<String>) -> Self {
        match self {
            Self::All if left_alone.is_empty() => Self::All,
            Self::All => Self::AllBut(left_alone.clone()),
            Self::AllBut(mut others) => {
                others.extend(left_alone.iter().cloned());
                Self::AllBut(others)
            }
            Self::Only(mut these) => {
                these.retain(|directory| !left_alone.contains(directory));
                Self::Only(these)
            }
        }
    }

    /// The names of these in a directory of persons, where one looks at no others.
    pub(super) fn names_in(&self, directory: &str) -> Option<Vec<String>> {
        let Self::Only(these) = self else { return None };
        let name = |path: &String| Some(path.strip_prefix(directory)?.strip_prefix('/')?.to_owned());
        holds_directories(directory).then(|| these.iter().filter_map(name).collect())
    }
}

/// Where an opened file has to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Within(Option<Vec<PathBuf>>);

impl Within {
    /// Where what is opened by this path of the machine has to be: in the person's own directory, if it lies in one.
    pub(super) fn of(root: &Root, path: &str) -> Self {
        let Some(directory) = directory_of(path) else { return Self(None) };
        let real = |path| root.resolve(path, Last::Followed).ok()?.canonicalize().ok();
        Self(Some([directory, STORE].into_iter().filter_map(real).collect()))
    }

    /// Whether the opened file is there. Its own place is asked for, not the path it was opened by: between the two a
    /// person could have put a link.
    pub(super) fn holds(&self, file: &File) -> bool {
        let Some(allowed) = &self.0 else { return true };
        path_of(file).is_ok_and(|real| allowed.iter().any(|directory| real.starts_with(directory)))
    }

    /// Refuses a file that is elsewhere.
    pub(super) fn check(&self, file: &File) -> Result<(), Unreadable> {
        if self.holds(file) { Ok(()) } else { Err(Unreadable::Denied) }
    }
}

/// Whether each entry of this directory is a person's own.
pub(super) fn holds_directories(directory: &str) -> bool {
    OF_PERSONS.contains(&directory)
}

/// The person's directory that the path lies in or is, such as `/home/anna`.
pub(super) fn directory_of(path: &str) -> Option<&str> {
    let is_above = |above: &str| path.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'));
    let of_persons = OF_PERSONS.iter().find(|of_persons| is_above(of_persons))?;
    let start = of_persons.len() + 1;
    let name = path.get(start..)?.split('/').next().filter(|name| !name.is_empty())?;
    path.get(..start + name.len())
}

#[cfg(test)]
mod tests {
    use super::directory_of;

    #[test]
    fn each_entry_of_these_directories_is_a_persons() {
        assert_eq!(directory_of("/home/anna/.config/x"), Some("/home/anna"));
        assert_eq!(directory_of("/home/anna"), Some("/home/anna"));
        let profile = "/nix/var/nix/profiles/per-user/anna/profile/manifest.json";
        assert_eq!(directory_of(profile), Some("/nix/var/nix/profiles/per-user/anna"));
        for path in ["/home", "/home/", "/homes/anna", "/etc/passwd", "/nix/var/nix/profiles/default"] {
            assert_eq!(directory_of(path), None, "{path}");
        }
    }
}
