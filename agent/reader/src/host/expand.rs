//! Which paths of this machine a source of the catalogue means now: what the sandbox has to let through.
//!
//! Nothing but directories is opened, and only those that a source lists or in which a `*` of its pattern stands: their names
//! are listed here, once, and the probes take them from this list. So the sandbox need not let any directory be listed for
//! them, which Landlock could only allow together with everything beneath.

use super::person::{self, Within};
use super::{Host, Unreadable, stand_in, tree};
use crate::system;
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
        let opened = system::open_path(&self.path).ok()?;
        let metadata = opened.metadata().ok()?;
        let is_expected = match self.access {
            Access::Read => metadata.is_file(),
            Access::ReadBeneath => metadata.is_dir(),
        };
        (is_expected && self.within.holds(&opened)).then_some((opened, self.access))
    }
}

/// The names in the directories that were listed, by their paths on the machine.
pub(super) type Listings = BTreeMap<String, Result<Vec<String>, Unreadable>>;

/// Expands sources one after the other.
pub(crate) struct Expander<'a> {
    host: &'a Host,
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
    pub(crate) fn of(host: &'a Host) -> Self {
        Self {
            host,
            openings: Vec::new(),
            listed: BTreeMap::new(),
            withins: BTreeMap::new(),
            of_persons: BTreeMap::new(),
            of_machine: 0,
        }
    }

    /// What the sources mean together. From here on the host takes the names in directories from what was listed.
    pub(crate) fn finish(self) -> Vec<Opening> {
        self.host.take_listings(self.listed);
        self.openings
    }

    /// Adds what a source of the catalogue means on this machine. Sources that are not in the file system add nothing.
    pub(crate) fn add(&mut self, source: SourcePlace) {
        match source {
            SourcePlace::File(pattern) => self.admit(pattern, Access::Read),
            SourcePlace::Tree(pattern) => self.admit(pattern, Access::ReadBeneath),
            SourcePlace::Directory(pattern) => {
                for directory in self.paths(pattern) {
                    self.listing(&directory);
                }
            }
            // What is looked at is not opened, but the names for its `*` are listed.
            SourcePlace::Look(pattern) | SourcePlace::LookBeneath(pattern) => drop(self.paths(pattern)),
            SourcePlace::SystemCall(call) if !self.host.is_live() => {
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
        let host = self.host;
        self.listed.entry(directory.to_owned()).or_insert_with(|| host.list(directory))
    }

    /// The paths of the names in a directory that fit. One with more of them than there is room for is too large.
    fn filled(&mut self, directory: &str, prefix: &str, suffix: &str) -> Vec<String> {
        let Ok(names) = self.listing(directory) else { return Vec::new() };
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
            let within = match person::directory_of(&path) {
                Some(person) => {
                    let host = self.host;
                    self.withins.entry(person.to_owned()).or_insert_with(|| host.within(&path)).clone()
                }
                None => Within::default(),
            };
            if let Ok(path) = self.host.resolve(&path, tree::Last::Followed) {
                self.openings.push(Opening { path, within, access });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SourcePlace::{Bus, Directory, File, Look, LookBeneath, Tree};
    use std::fs;

    fn tree() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        for directory in [
            "nix/store/1-profile",
            "sys/block/sda",
            "sys/block/sdb",
            "db/a",
            "home/anna/app",
            "home/ben",
            "etc",
        ] {
            fs::create_dir_all(at(directory)).unwrap();
        }
        for file in [
            "nix/store/1-profile/m.json",
            "sys/block/sda/size",
            "db/a/desc",
            "home/anna/app/x.json",
            "etc/shadow",
        ] {
            fs::write(at(file), "x").unwrap();
        }
        std::os::unix::fs::symlink("/etc", at("home/ben/app")).unwrap();
        std::os::unix::fs::symlink("../../etc/shadow", at("home/anna/link")).unwrap();
        std::os::unix::fs::symlink("app/x.json", at("home/anna/inside")).unwrap();
        std::os::unix::fs::symlink("/nix/store/1-profile", at("home/ben/profile")).unwrap();
        fs::create_dir_all(at("nix/var/nix/profiles/per-user/ben")).unwrap();
        std::os::unix::fs::symlink("/etc/shadow", at("nix/var/nix/profiles/per-user/ben/profile")).unwrap();
        root
    }

    fn openings(source: SourcePlace) -> [Vec<String>; 2] {
        let root = tree();
        let host = Host::at(root.path());
        let mut expander = Expander::of(&host);
        expander.add(source);
        let openings = expander.finish();
        [Access::Read, Access::ReadBeneath].map(|access| {
            let open = |opening: &&Opening| opening.open().is_some_and(|(_, allowed)| allowed == access);
            let inside =
                |opening: &Opening| opening.path.strip_prefix(root.path()).unwrap().display().to_string();
            openings.iter().filter(open).map(inside).collect()
        })
    }

    #[test]
    fn a_pattern_opens_what_it_names_and_lists_what_stands_before_a_star() {
        let none: Vec<String> = Vec::new();
        assert_eq!(openings(File("/etc/shadow")), [vec!["etc/shadow".into()], none.clone()]);
        assert_eq!(openings(File("/etc/missing")), [none.clone(), none.clone()]);
        let size = vec!["sys/block/sda/size".into()];
        assert_eq!(openings(File("/sys/block/sd*/size")), [size, none.clone()]);
        assert_eq!(openings(File("/sys/block")), [none.clone(), none.clone()]);
        assert_eq!(openings(Directory("/sys/block")), [none.clone(), none.clone()]);
        assert_eq!(openings(Look("/sys/block/sd*/size")), [none.clone(), none.clone()]);
        assert_eq!(openings(LookBeneath("/db")), [none.clone(), none.clone()]);
        assert_eq!(openings(Tree("/db")), [none.clone(), vec!["db".into()]]);
        assert_eq!(openings(Bus("org.example")), [none.clone(), none]);
    }

    /// A directory is listed before the sandbox, so that inside nothing of it need be opened.
    #[test]
    fn the_names_in_a_directory_are_those_that_were_listed_before() {
        let root = tree();
        let host = Host::at(root.path());
        let mut expander = Expander::of(&host);
        expander.add(Directory("/sys/block"));
        expander.finish();
        fs::create_dir(root.path().join("sys/block/sdc")).unwrap();
        assert_eq!(host.names(Directory("/sys/block")), Ok(vec!["sda".to_owned(), "sdb".to_owned()]));
        assert_eq!(host.names(Directory("/etc")), Err(Unreadable::Missing), "it was not listed");
    }

    #[test]
    fn links_in_a_home_lead_nowhere_outside_of_it() {
        assert_eq!(openings(File("/home/*/app/*"))[0], ["home/anna/app/x.json"]);
        let none: Vec<String> = Vec::new();
        assert_eq!(openings(File("/home/*/link"))[0], none);
        assert_eq!(openings(File("/home/*/inside"))[0], ["home/anna/app/x.json"]);
        assert_eq!(openings(File("/home/*/profile/m.json"))[0], ["nix/store/1-profile/m.json"]);
        let per_user = File("/nix/var/nix/profiles/per-user/*/profile");
        assert_eq!(openings(per_user), [none.clone(), none]);
    }

    /// Names come from what was listed before, and a person who has too many of them loses only these.
    #[test]
    fn one_person_uses_up_no_others_room() {
        let root = tree();
        for number in 0..=MAX_PATHS_OF_PERSON {
            fs::write(root.path().join(format!("home/anna/app/{number}.json")), "").unwrap();
        }
        fs::remove_file(root.path().join("home/ben/app")).unwrap();
        fs::create_dir(root.path().join("home/ben/app")).unwrap();
        fs::write(root.path().join("home/ben/app/y.json"), "").unwrap();
        let host = Host::at(root.path());
        let mut expander = Expander::of(&host);
        for source in ["/home/*/app/*.json", "/sys/block/*/size"] {
            expander.add(File(source));
        }
        let openings = expander.finish();
        assert_eq!(openings.iter().filter_map(Opening::open).count(), 2, "{openings:?}");
        let names = |person| host.fill(super::super::Place::of("/home/*/app/*.json", &[person]));
        assert_eq!(names("anna"), Err(Unreadable::TooLarge));
        assert_eq!(names("ben"), Ok(vec!["y".to_owned()]));
        fs::write(root.path().join("home/ben/app/z.json"), "").unwrap();
        assert_eq!(names("ben"), Ok(vec!["y".to_owned()]), "the sandbox lists no directory again");
    }
}
