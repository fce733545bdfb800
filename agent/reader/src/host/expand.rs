//! Which paths of this machine a source of the catalogue means now: what the sandbox has to let through.
//!
//! Nothing but directories is opened, and only those before a `*` of the pattern.

use super::place::{Pattern, Reach};
use super::{Host, stand_in, tree};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Most paths that the patterns of one permit may mean; what is beyond stays closed. A machine with a thousand network
/// interfaces or accounts needs some thousands.
const MAX_PATHS: usize = 16 * 1024;

/// The homes of persons: what lies in them, they can replace by links to anything.
const HOMES: &str = "/home";

/// Where a link in a home may lead although it is no part of it: the store of Nix, to which profiles are links. root alone
/// writes it and everybody reads it, so that nothing is opened that the person could not read.
const STORE: &str = "/nix/store";

/// Paths that may be opened.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Openings {
    /// Files that may be read.
    pub(crate) files: Vec<PathBuf>,
    /// Directories that may be listed.
    pub(crate) directories: Vec<PathBuf>,
    /// Directories in which everything may be read and listed.
    pub(crate) trees: Vec<PathBuf>,
}

/// Expands sources one after the other. Directories that several of them look into are listed once.
pub(crate) struct Expander<'a> {
    host: &'a Host,
    openings: Openings,
    listed: BTreeMap<String, Option<Vec<String>>>,
}

impl<'a> Expander<'a> {
    /// Nothing is open yet.
    pub(crate) fn of(host: &'a Host) -> Self {
        Self { host, openings: Openings::default(), listed: BTreeMap::new() }
    }

    /// What the sources mean together.
    pub(crate) fn finish(self) -> Openings {
        self.openings
    }

    /// Adds what a source of the catalogue means on this machine. Sources that are no paths add nothing.
    pub(crate) fn add(&mut self, source: &'static str) {
        let Some(pattern) = Pattern::of(source) else {
            if !self.host.is_live() {
                for file in stand_in::of(source) {
                    self.add(file);
                }
            }
            return;
        };
        let mut paths = vec![String::new()];
        let mut components = pattern.components().peekable();
        while let Some(component) = components.next() {
            let Some((prefix, suffix)) = component.split_once('*') else {
                for path in &mut paths {
                    path.push('/');
                    path.push_str(component);
                }
                continue;
            };
            // What is only looked at in the end needs no path of its own: some hold a thousand files.
            let is_needed = components.peek().is_some() || pattern.reach() != Reach::Looked;
            paths = self.filled(&paths, prefix, suffix, is_needed);
        }
        if pattern.reach() == Reach::Looked {
            return;
        }
        for path in paths {
            if self.count() < MAX_PATHS
                && let Some(inside) = self.inside_home(&path)
            {
                admit(inside, pattern.reach(), &mut self.openings);
            }
        }
    }

    /// The paths with one component more: every name of their directories that fits. The directories may be listed.
    fn filled(&mut self, paths: &[String], prefix: &str, suffix: &str, is_needed: bool) -> Vec<String> {
        let mut filled = Vec::new();
        for path in paths {
            if !is_needed {
                let directory = self.inside_home(path).filter(|directory| directory.is_dir());
                self.openings.directories.extend(directory);
                continue;
            }
            let left = MAX_PATHS.saturating_sub(self.count() + filled.len());
            let Some(names) = self.names(path) else { continue };
            let fits = |name: &&String| {
                name.len() > prefix.len() + suffix.len() && name.starts_with(prefix) && name.ends_with(suffix)
            };
            filled.extend(names.iter().filter(fits).take(left).map(|name| format!("{path}/{name}")));
        }
        filled
    }

    /// The names in a directory, which from here on may be listed.
    fn names(&mut self, path: &str) -> Option<&[String]> {
        if !self.listed.contains_key(path) {
            let directory = self.inside_home(path);
            let names = directory.as_ref().and_then(|directory| Host::list(directory).ok());
            if let Some(directory) = directory.filter(|_| names.is_some()) {
                self.openings.directories.push(directory);
            }
            self.listed.insert(path.to_owned(), names);
        }
        self.listed.get(path)?.as_deref()
    }

    /// The path, below another root with its links followed. `None` where a link leads out of the home that the path
    /// lies in, but for [`STORE`]: a person's link does not open what the catalogue does not name.
    fn inside_home(&self, path: &str) -> Option<PathBuf> {
        let home = path.strip_prefix(HOMES).and_then(|rest| rest.strip_prefix('/'));
        if let Some(name) = home.and_then(|below| below.split('/').next()) {
            let resolved = self.resolved(path)?.canonicalize().ok()?;
            let home = self.resolved(&format!("{HOMES}/{name}"))?.canonicalize().ok()?;
            let store = || self.resolved(STORE)?.canonicalize().ok();
            let is_inside =
                resolved.starts_with(home) || store().is_some_and(|store| resolved.starts_with(store));
            return is_inside.then_some(resolved);
        }
        self.resolved(path)
    }

    fn resolved(&self, path: &str) -> Option<PathBuf> {
        let path = if path.is_empty() { "/" } else { path };
        if self.host.is_live() {
            // Landlock follows the links itself.
            Some(PathBuf::from(path))
        } else {
            tree::resolve(&self.host.root, path, tree::Last::Followed).ok()
        }
    }

    fn count(&self) -> usize {
        self.openings.files.len() + self.openings.directories.len() + self.openings.trees.len()
    }
}

fn admit(path: PathBuf, reach: Reach, openings: &mut Openings) {
    let Ok(metadata) = path.metadata() else { return };
    match reach {
        Reach::Beneath if metadata.is_dir() => openings.trees.push(path),
        Reach::Itself if metadata.is_dir() => openings.directories.push(path),
        Reach::Itself if metadata.is_file() => openings.files.push(path),
        // FIFOs, devices and sockets are never read, and what is looked at is not opened.
        Reach::Looked | Reach::Itself | Reach::Beneath => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        root
    }

    fn openings(source: &'static str) -> [Vec<String>; 3] {
        let root = tree();
        let host = Host::at(root.path());
        let mut expander = Expander::of(&host);
        expander.add(source);
        let openings = expander.finish();
        [openings.files, openings.directories, openings.trees].map(|paths| {
            let inside = |path: PathBuf| path.strip_prefix(root.path()).unwrap().display().to_string();
            paths.into_iter().map(inside).collect()
        })
    }

    #[test]
    fn a_pattern_opens_what_it_names_and_lists_what_stands_before_a_star() {
        let none: Vec<String> = Vec::new();
        assert_eq!(openings("/etc/shadow"), [vec!["etc/shadow".into()], none.clone(), none.clone()]);
        assert_eq!(openings("/etc/missing"), [none.clone(), none.clone(), none.clone()]);
        let block = || "sys/block".to_owned();
        assert_eq!(
            openings("/sys/block/sd*/size"),
            [vec!["sys/block/sda/size".into()], vec![block()], none.clone()]
        );
        assert_eq!(openings("/sys/block"), [none.clone(), vec![block()], none.clone()]);
        assert_eq!(openings("stat:/sys/block/sd*/size"), [none.clone(), vec![block()], none.clone()]);
        assert_eq!(openings("/db/**"), [none.clone(), none.clone(), vec!["db".into()]]);
        assert_eq!(openings("dbus:org.example"), [none.clone(), none.clone(), none]);
    }

    #[test]
    fn links_in_a_home_lead_nowhere_outside_of_it() {
        let [files, directories, _] = openings("/home/*/app/*");
        assert_eq!(files, ["home/anna/app/x.json"]);
        assert_eq!(directories, ["home", "home/anna/app"]);
        let none: Vec<String> = Vec::new();
        assert_eq!(openings("/home/*/link")[0], none);
        assert_eq!(openings("/home/*/inside")[0], ["home/anna/app/x.json"]);
        assert_eq!(openings("/home/*/profile/m.json")[0], ["nix/store/1-profile/m.json"]);
    }
}
