//! Paths inside a root directory: a symbolic link to `/etc/x` leads to `<root>/etc/x`, and `..` never leaves the root.

use crate::host::Unreadable;
use crate::host::broker::Last;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

/// The root directory of this machine.
pub(super) const LIVE_ROOT: &str = "/";

/// Most links followed for one path, as many as Linux follows (path_resolution(7)).
const MAX_LINKS: usize = 40;

/// A root directory.
#[derive(Debug)]
pub(super) struct Root(PathBuf);

impl Root {
    /// `/`, however it is written, is this machine's.
    pub(super) fn at(root: &Path) -> Self {
        let live = Path::new(LIVE_ROOT);
        let is_live = root.canonicalize().is_ok_and(|root| root == live);
        Self(if is_live { live } else { root }.to_owned())
    }

    /// Whether it is this machine's.
    pub(super) fn is_live(&self) -> bool {
        self.0 == Path::new(LIVE_ROOT)
    }

    /// The path on this machine that `path` of the machine that is read means.
    pub(super) fn resolve(&self, path: &str, last: Last) -> Result<PathBuf, Unreadable> {
        if self.is_live() { Ok(PathBuf::from(path)) } else { resolve(&self.0, path, last) }
    }
}

/// The path below `root` that `path` means when `root` is taken for `/`.
fn resolve(root: &Path, path: &str, last: Last) -> Result<PathBuf, Unreadable> {
    let mut pending = components(path);
    let mut inside: Vec<String> = Vec::new();
    let mut links = 0;
    while let Some(component) = pending.pop_front() {
        if component == ".." {
            inside.pop();
            continue;
        }
        inside.push(component);
        let current = below(root, &inside);
        if pending.is_empty() && last == Last::Kept {
            break;
        }
        if !std::fs::symlink_metadata(&current)?.is_symlink() {
            continue;
        }
        links += 1;
        if links > MAX_LINKS {
            return Err(Unreadable::Odd);
        }
        let target = std::fs::read_link(&current)?;
        let target = target.to_str().ok_or(Unreadable::Odd)?;
        if target.starts_with('/') {
            inside.clear();
        } else {
            inside.pop();
        }
        for component in components(target).into_iter().rev() {
            pending.push_front(component);
        }
    }
    Ok(below(root, &inside))
}

fn components(path: &str) -> VecDeque<String> {
    path.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned).collect()
}

fn below(root: &Path, inside: &[String]) -> PathBuf {
    inside.iter().fold(root.to_owned(), |path, component| path.join(component))
}
