//! Makes a backup while others work.

use super::file::{self, BackupFileError, Manifest};
use crate::data_dir::{Config, ConfigError, DataDir, read_file};
use crate::keys::{KeyError, NoOnlineKey, OnlineKeys, tenant};
use crate::store::{CopyPace, KeptFor, StoreError, WithoutValues};
use candor_durable::{Directory, Staged, directory_of};
use collector_proto::contract::Version1;
use collector_proto::digest::Digest;
use collector_proto::policy::trust::Role;
use collector_proto::time::UtcTime;
use std::io;
use std::path::{Path, PathBuf};

/// Small files of the directory that are in a backup. `offline/` is not: these keys have no place beside the online ones.
const FOLDERS: [&str; 2] = ["keys", "tls"];

/// A backup that was made.
#[derive(Debug, serde::Serialize)]
pub struct MadeBackup {
    /// Its file.
    pub file: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// When it was made.
    pub made: UtcTime,
    /// When it is deleted at the latest.
    pub delete_by: UtcTime,
    /// Whether a journal says what happens after it.
    pub is_continued: bool,
    /// Earlier backups that may be kept no longer and were removed.
    pub removed: Vec<PathBuf>,
}

/// Why no backup was made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The collector's configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The key that signs the manifest.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The key that the root names is not here.
    #[error(transparent)]
    NoKey(#[from] NoOnlineKey),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file of the directory.
    #[error("{0} cannot be read")]
    Read(PathBuf, #[source] io::Error),
    /// The backup's file.
    #[error(transparent)]
    File(#[from] BackupFileError),
}

/// Makes a backup of a collector in a file whose name nothing has.
pub async fn make(
    dir: &DataDir,
    store: &dyn WithoutValues,
    output: &Path,
    pace: impl FnOnce(&Staged<'_>) -> io::Result<CopyPace>,
    now: UtcTime,
) -> Result<MadeBackup, BackupError> {
    let config = Config::read(&dir.config())?;
    let root = store.current_root().await?;
    let key = OnlineKeys::read(dir)?.of(Role::Receipt, root.document())?;
    let delete_by = now.plus_seconds(config.backup.keep.seconds());
    // What the journal says up to here is in the copy, which is begun afterwards.
    let journal = store.journal_end(now).await?;
    let generation = store.condition().await?.generation;
    let unwritable = |error| BackupFileError::File(output.to_owned(), error);
    let name = output.file_name().ok_or_else(|| unwritable(io::ErrorKind::InvalidInput.into()))?;
    let folder = Directory::named(directory_of(output)).map_err(unwritable)?;
    if folder.size(name).is_ok() {
        return Err(unwritable(io::ErrorKind::AlreadyExists.into()).into());
    }
    let staged = folder.stage().map_err(unwritable)?;
    let pace = pace(&staged).map_err(unwritable)?;
    store.copy(staged.path(), KeptFor { made: now, until: delete_by }, pace).await?;
    let (v, collector, files) = (Version1, config.id.clone(), Vec::new());
    let manifest = Manifest { v, collector, made: now, delete_by, generation, journal, files };
    let digest: Digest = file::complete(&staged, &small_files(dir)?, manifest, &key).map_err(unwritable)?;
    staged.publish(name).map_err(unwritable)?;
    store.note_backup(digest, now).await?;
    let bytes = folder.size(name).map_err(unwritable)?;
    let (file, is_continued, removed) = (output.to_owned(), journal.is_some(), Vec::new());
    Ok(MadeBackup { file, bytes, made: now, delete_by, is_continued, removed })
}

fn small_files(dir: &DataDir) -> Result<Vec<(String, Vec<u8>)>, BackupError> {
    let read = |path: PathBuf| read_file(&path).map_err(|error| BackupError::Read(path, error));
    let mut files = vec![("collector.toml".to_owned(), read(dir.config())?)];
    for folder in FOLDERS {
        let path = dir.path().join(folder);
        let unreadable = |error| BackupError::Read(path.clone(), error);
        for entry in std::fs::read_dir(&path).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // What a crash left is nobody's.
            let is_kept = !name.starts_with(candor_durable::TEMPORARY) && entry.path().is_file();
            // A tenant key that lies in the wrong place comes to no second one.
            if is_kept && !tenant::is_one(&entry.path()) {
                files.push((format!("{folder}/{name}"), read(entry.path())?));
            }
        }
    }
    files[1..].sort();
    Ok(files)
}
