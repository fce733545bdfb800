//! Places that persons can write: there a link may lead anywhere, so what is opened has to be where it seems to be.

use super::files::path_of;
use super::listing::Listings;
use super::tree::Root;
use crate::host::broker::Last;
use crate::host::{AccountId, Unreadable};
use std::collections::BTreeMap;
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
    let path = root.resolve(&format!("{HOMES}/{home}"), Last::Followed)?;
    Ok(AccountId::Uid(fs::metadata(path)?.uid()))
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
