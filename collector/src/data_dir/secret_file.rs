//! Files that only their owner may read, and files that appear whole or not at all.

use crate::platform;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Writes a secret to a file that must not exist yet, readable by its owner only, and waits until it is durable.
pub(crate) fn write_new_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fill(platform::private().create_new(true).open(path)?, bytes)?;
    sync_parent(path)
}

/// Replaces a file by one of this content, readable by its owner only. Readers see the old file or the whole of
/// the other one; when it fails, the old one stays and nothing is left beside it.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = temporary_beside(path)?;
    let written = create(&temporary)
        .and_then(|file| fill(file, bytes))
        .and_then(|()| std::fs::rename(&temporary, path));
    if written.is_err() {
        // What failed first is what the caller has to know.
        let _ = std::fs::remove_file(&temporary);
    }
    written?;
    sync_parent(path)
}

/// Makes a directory that only its owner may enter.
pub(crate) fn create_private_dir(path: &Path) -> io::Result<()> {
    platform::create_private_dir(path)
}

/// A name in the same directory that no other process writes to.
fn temporary_beside(path: &Path) -> io::Result<PathBuf> {
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    Ok(path.with_file_name(name))
}

/// Makes the temporary file. What has its name already is a dead process's, or a link that somebody put there; neither
/// is written through.
fn create(temporary: &Path) -> io::Result<File> {
    match platform::private().create_new(true).open(temporary) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            std::fs::remove_file(temporary)?;
            platform::private().create_new(true).open(temporary)
        }
        opened => opened,
    }
}

fn fill(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

/// A name is durable once its directory is.
fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => platform::sync_directory(parent),
        _ => platform::sync_directory(Path::new(".")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_is_replaced_whole_and_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write_atomically(&path, b"one").unwrap();
        // A process of the same number died here.
        std::fs::write(temporary_beside(&path).unwrap(), "rest").unwrap();
        write_atomically(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(names(folder.path()), ["file"]);
    }

    #[test]
    fn what_fails_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::create_dir(&path).unwrap();
        assert!(write_atomically(&path, b"one").is_err());
        assert_eq!(names(folder.path()), ["file"]);
        let secret = folder.path().join("secret");
        write_new_secret(&secret, b"one").unwrap();
        assert!(write_new_secret(&secret, b"two").is_err());
        assert_eq!(std::fs::read(&secret).unwrap(), b"one");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_written_through() {
        use std::os::unix::fs::{MetadataExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("file"), folder.path().join("other"));
        std::fs::write(&other, "other").unwrap();
        symlink(&other, temporary_beside(&path).unwrap()).unwrap();
        write_atomically(&path, b"one").unwrap();
        assert_eq!(std::fs::read(&other).unwrap(), b"other");
        let metadata = std::fs::symlink_metadata(&path).unwrap();
        assert!(metadata.is_file() && metadata.mode() & 0o777 == 0o600);
    }
}
