//! Which paths of this machine a source of the catalogue means now: what the sandbox has to let through.
//!
//! Nothing but directories is opened, and only those that a source lists or in which a `*` of its pattern stands: their names
//! are listed here, once, and the probes take them from this list. So the sandbox need not let any directory be listed for
//! them, which Landlock could only allow together with everything beneath.

use super::files::open_path;
use super::listing::{Listings, list};
use super::person::{self, Persons, Within};
use super::stand_in;
use super::tree::Root;
use crate::host::Unreadable;
use crate::host::broker::Last;
use collector_proto::catalog::SourcePlace;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;

/// Most paths that the patterns of one permit may mean; what is beyond stays closed. A machine with a thousand network
/// interfaces needs some thousands.
const MAX_PATHS: usize = 16 * 1024;

/// Most of them in one person's directories, so that nobody can use up what the others and the machine need. Profiles of
/// some browsers and a few hundred desktop entries are far below.
const MAX_PATHS_OF_PERSON: usize = 2048;

/// A path that may be opened, if it exists.
#[derive(Debug)]
pub(crate) struct Opening {
    /// The path, below another root with its links followed.
    path: PathBuf,
    /// Where what it leads to has to be.
    within: Within,
    access: Access,
}

/// What may be done with what a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// A file may be read.
    Read,
    /// Everything in a directory may be read and listed.
    ReadBeneath,
}

impl Opening {
    /// What the path leads to, opened for nothing but to name it. `None` when it does not exist, is nothing that is ever read
    /// or is not where it has to be: what is named is the very file that was looked at, so nobody can put another in its
    /// place.
    pub(crate) fn open(&self) -> Option<(File, Access)> {
        let opened = open_path(&self.path).ok()?;
        let metadata = opened.metadata().ok()?;
        let is_expected = match self.access {
            Access::Read => metadata.is_file(),
            Access::ReadBeneath => metadata.is_dir(),
        };
        (is_expected && self.within.holds(&opened)).then_some((opened, self.access))
    }
}

/// Expands sources one after the other.
pub(super) struct Expander<'a> {
    root: &'a Root,
    persons: &'a Persons,
    openings: Vec<Opening>,
    listed: Listings,
    /// Where what lies in a person's directory has to be, by that directory.
    withins: BTreeMap<String, Within>,
    /// Paths so far, by person.
    of_persons: BTreeMap<String, usize>,
    of_machine: usize,
}

impl<'a> Expander<'a> {
    /// Nothing is open yet.
    pub(super) fn of(root: &'a Root, persons: &'a Persons) -> Self {
        Self {
            root,
            persons,
            openings: Vec::new(),
            listed: BTreeMap::new(),
            withins: BTreeMap::new(),
            of_persons: BTreeMap::new(),
            of_machine: 0,
        }
    }

    /// What the sources mean together, and the names in the directories that they list.
    pub(super) fn finish(self) -> (Vec<Opening>, Listings) {
        (self.openings, self.listed)
    }

    /// Adds what a source of the catalogue means on this machine. Sources that are not in the file system add nothing.
    pub(super) fn add(&mut self, source: SourcePlace) {
        match source {
            SourcePlace::File(pattern) => self.admit(pattern, Access::Read),
            SourcePlace::Tree(pattern) => self.admit(pattern, Access::ReadBeneath),
            SourcePlace::Directory(pattern) => {
                for directory in self.paths(pattern) {
                    if self.persons.admit(&directory) {
                        self.listing(&directory);
                    }
                }
            }
            // What is looked at is not opened, but the names for its `*` are listed.
            SourcePlace::Look(pattern) | SourcePlace::LookBeneath(pattern) => drop(self.paths(pattern)),
            SourcePlace::SystemCall(call) if !self.root.is_live() => {
                for file in stand_in::of(call) {
                    self.admit(file, Access::Read);
                }
            }
            _ => {}
        }
    }

    /// The paths that a pattern means: each `*` is filled with the names that its directory has.
    fn paths(&mut self, pattern: &str) -> Vec<String> {
        let mut paths = vec![String::new()];
        for component in pattern.split('/').filter(|component| !component.is_empty()) {
            if let Some((prefix, suffix)) = component.split_once('*') {
                paths = paths.iter().flat_map(|path| self.filled(path, prefix, suffix)).collect();
            } else {
                for path in &mut paths {
                    path.push('/');
                    path.push_str(component);
                }
            }
        }
        paths
    }

    /// The names in a directory, listed at the first time.
    fn listing(&mut self, directory: &str) -> &Result<Vec<String>, Unreadable> {
        let root = self.root;
        self.listed.entry(directory.to_owned()).or_insert_with(|| list(root, directory))
    }

    /// The paths of the names in a directory that fit. One with more of them than there is room for is too large.
    fn filled(&mut self, directory: &str, prefix: &str, suffix: &str) -> Vec<String> {
        let theirs = self.persons.names_in(directory);
        if theirs.is_none() && !self.persons.admit(directory) {
            return Vec::new();
        }
        let names = match &theirs {
            Some(names) => names,
            None => match self.listing(directory) {
                Ok(names) => names,
                Err(_) => return Vec::new(),
            },
        };
        let fits = |name: &&String| {
            name.len() > prefix.len() + suffix.len() && name.starts_with(prefix) && name.ends_with(suffix)
        };
        let paths: Vec<String> =
            names.iter().filter(fits).map(|name| format!("{directory}/{name}")).collect();
        let (count, most) = match person::directory_of(directory) {
            Some(person) => (self.of_persons.entry(person.to_owned()).or_default(), MAX_PATHS_OF_PERSON),
            None => (&mut self.of_machine, MAX_PATHS),
        };
        if paths.len() > most.saturating_sub(*count) {
            self.listed.insert(directory.to_owned(), Err(Unreadable::TooLarge));
            return Vec::new();
        }
        *count += paths.len();
        paths
    }

    fn admit(&mut self, pattern: &str, access: Access) {
        for path in self.paths(pattern) {
            if !self.persons.admit(&path) {
                continue;
            }
            let within = match person::directory_of(&path) {
                Some(person) => {
                    let root = self.root;
                    self.withins.entry(person.to_owned()).or_insert_with(|| Within::of(root, &path)).clone()
                }
                None => Within::default(),
            };
            if let Ok(path) = self.root.resolve(&path, Last::Followed) {
                self.openings.push(Opening { path, within, access });
            }
        }
    }
}

#[cfg(test)]
mod tests;
