//! Which program is started as the reader.

use crate::durable::{self, FileError};
use crate::platform;
use candor_durable::Role;
use std::io;
use std::path::{Path, PathBuf};

/// `CANDOR_READER` (for tests), the configured program, the one beside this program, the one where packages put it, the one
/// on `PATH`.
///
/// What root starts nobody else may have a hand in: the program and the way to it are held to the rule. Other users start
/// what they like, and on a system whose umask is 002 what they build is writable for its group.
pub(crate) fn find(configured: Option<&Path>) -> Result<PathBuf, FileError> {
    let name = format!("candor-reader{}", std::env::consts::EXE_SUFFIX);
    let named =
        std::env::var_os("CANDOR_READER").map(PathBuf::from).or_else(|| configured.map(Path::to_path_buf));
    let beside = beside(&name);
    let known = [beside.clone(), platform::installed_reader()].into_iter().flatten();
    let mut there = known.filter(|program| program.is_file());
    let mut installed = || there.next().or_else(|| on_path(&name));
    // Where it is needed and not there, starting it says so. Nobody is to look for it elsewhere then.
    let program = named.or_else(&mut installed).or(beside).unwrap_or_else(|| Path::new("/").join(&name));
    if platform::is_privileged() {
        examine(&program)?;
    }
    Ok(program)
}

fn beside(name: &str) -> Option<PathBuf> {
    Some(std::env::current_exe().ok()?.parent()?.join(name))
}

/// What the system would start, with its whole path: what is looked at and what is started are the same.
fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let directories = std::env::split_paths(&path).filter(|directory| directory.is_absolute());
    directories.map(|directory| directory.join(name)).find(|program| program.is_file())
}

fn examine(program: &Path) -> Result<(), FileError> {
    match candor_durable::examine(program, Role::ReaderProgram) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(durable::unreadable(program, error)),
        Ok(()) | Err(_) => Ok(()),
    }
}
