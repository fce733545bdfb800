//! The names in directories.

use super::files::read_directory;
use super::person::{self, Within};
use super::tree::{LIVE_ROOT, Root};
use crate::host::Unreadable;
use crate::host::broker::Last;
use std::collections::BTreeMap;
use std::fs;

/// Most entries of a listed directory. Container hosts have some thousand network interfaces.
const MAX_DIRECTORY_ENTRIES: usize = 16 * 1024;

/// The names in the directories that were listed, by their paths on the machine.
pub(super) type Listings = BTreeMap<String, Result<Vec<String>, Unreadable>>;

/// The names in a directory of the machine, sorted.
pub(super) fn list(root: &Root, directory: &str) -> Result<Vec<String>, Unreadable> {
    let path = if directory.is_empty() { LIVE_ROOT } else { directory };
    let path = root.resolve(path, Last::Followed)?;
    let mut names = Vec::new();
    let entries = if person::directory_of(directory).is_some() {
        read_directory(&path, |opened| Within::of(root, directory).holds(opened))?
    } else {
        fs::read_dir(&path)?
    };
    for entry in entries {
        if names.len() == MAX_DIRECTORY_ENTRIES {
            return Err(Unreadable::TooLarge);
        }
        names.extend(entry?.file_name().into_string());
    }
    names.sort_unstable();
    Ok(names)
}
