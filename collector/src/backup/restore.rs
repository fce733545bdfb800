//! From a backup to a collector in a directory of its own.

use super::file::{BackupFile, BackupFileError, DATABASE, Member};
use crate::data_dir::{Config, DataDir, create_private_dir, write_new_secret};
use crate::journal::{Entry, Journal, JournalError, Note, Position, read_after};
use crate::keys::{KeyError, OnlineKeys};
use crate::retention::sweep;
use crate::store::{self, Recovered, Recovery, Store, StoreError, StoreOptions, wait};
use candor_durable::Directory;
use collector_proto::digest::Digest;
use collector_proto::envelope::VerifyError;
use collector_proto::policy::trust::Role;
use collector_proto::time::UtcTime;
use std::io;
use std::path::{Component, Path, PathBuf};

/// What is restored, and with what.
#[derive(Debug)]
pub struct RestoreOptions {
    /// The backup.
    pub from: PathBuf,
    /// The new directory: absent or empty.
    pub data: PathBuf,
    /// The journal; `None` for the one that the configuration in the backup names.
    pub journal: Option<PathBuf>,
    /// Whether the journal is left out although there is one.
    pub without_journal: bool,
    /// Whether what is lost without a journal is accepted.
    pub accept_loss: bool,
}

/// A collector that was restored.
#[derive(Debug, serde::Serialize)]
pub struct Restored {
    /// The collector's directory.
    pub directory: PathBuf,
    /// Id of the collector.
    pub collector: String,
    /// When the backup was made.
    pub made: UtcTime,
    /// How often it came from a backup.
    pub generation: u64,
    /// Why the journal was not gone by; `None` where it was.
    pub without_journal: Option<&'static str>,
    /// What was done again, and what was not trusted.
    pub recovered: Recovered,
    /// Parts of reports whose date had come since.
    pub parts_deleted: usize,
    /// Whether it serves nothing until the loss is accepted.
    pub held: bool,
    /// What to do where the root that the journal brought back names a key that is newer than the backup.
    pub missing_key: Option<String>,
}

/// Why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The directory has something in it. Nothing is overwritten.
    #[error("{0} is not empty; name a new directory, or remove what an interrupted restore left there")]
    NotEmpty(PathBuf),
    /// The backup's file.
    #[error(transparent)]
    Backup(#[from] BackupFileError),
    /// Nobody knows who made it.
    #[error(
        "the backup's manifest is not signed by the receipt key of the root that is in it; use another backup"
    )]
    Signature(#[source] VerifyError),
    /// It may be kept no longer.
    #[error(
        "the backup had to be deleted by {0}: it is not restored, because values whose day has come would be back. Delete it, and use a newer one"
    )]
    TooOld(UtcTime),
    /// A file of the directory.
    #[error("{0} cannot be written")]
    Write(PathBuf, #[source] io::Error),
    /// A member that would be written elsewhere.
    #[error("the backup names a file {0}, which has no place in a collector's directory")]
    Place(String),
    /// The configuration in it.
    #[error("the backup's collector.toml cannot be read")]
    Config(#[source] toml::de::Error),
    /// The keys in it.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Restores a backup into a new directory. The configuration is written last: a directory without one is not a collector's.
pub fn restore(options: &RestoreOptions, now: UtcTime) -> Result<Restored, RestoreError> {
    let mut backup = BackupFile::at(&options.from)?;
    let manifest = backup.manifest().clone();
    if manifest.delete_by <= now {
        return Err(RestoreError::TooOld(manifest.delete_by));
    }
    let dir = DataDir::at(&options.data);
    make_directories(&dir)?;
    extract_database(&mut backup, &manifest.files, &dir)?;
    let small = extract_small(&mut backup, &manifest.files)?;
    let text = small.iter().find(|(name, _)| name == "collector.toml").map(|(_, content)| content.as_slice());
    let text = String::from_utf8_lossy(text.unwrap_or_default()).into_owned();
    let config: Config = toml::from_str(&text).map_err(RestoreError::Config)?;
    let store = store::open(&dir.database(), StoreOptions::default())?;
    let digest = verify(&backup, store.as_ref())?;
    let named = options.journal.clone().or_else(|| config.journal()).filter(|_| !options.without_journal);
    let since = happened_since(manifest.journal, named.as_deref(), options.journal.is_some())?;
    let (notes, newest, without_journal) = match since {
        Since::Known(notes, generation) => (Some(notes), generation, None),
        Since::Unknown(why) => (None, 0, Some(why)),
    };
    let generation = manifest.generation.max(newest) + 1;
    let held = notes.is_none() && !options.accept_loss;
    let recovery = Recovery { generation, made: manifest.made, since: notes, accepted: options.accept_loss };
    let recovered = wait(store.recover(recovery, now))?;
    // Nothing is there, not even for a moment of serving, whose day came since.
    let swept = wait(sweep(store.as_ref(), now))?;
    let root = wait(store.current_root())?;
    drop(store);
    // From here on the collector that the backup is of confirms nothing any more that the journal would have to know.
    if let Some(journal) = &named
        && let Ok(mut journal) = Journal::open(journal)
    {
        let entry = Entry::Restored { manifest: digest };
        let generation = generation.max(journal.generation().unwrap_or(0));
        journal.add(generation, &Note { id: None, at: now, entry })?;
    }
    write_small(&dir, small)?;
    let missing = OnlineKeys::read(&dir)?.missing(root.document());
    Ok(Restored {
        directory: options.data.clone(),
        collector: manifest.collector,
        made: manifest.made,
        generation,
        without_journal,
        recovered,
        parts_deleted: swept.parts.len(),
        held,
        missing_key: missing.map(|missing| missing.advice()),
    })
}

fn make_directories(dir: &DataDir) -> Result<(), RestoreError> {
    let root = dir.path();
    if std::fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(RestoreError::NotEmpty(root.to_owned()));
    }
    for path in [root.to_owned(), root.join("tls"), root.join("keys"), root.join("offline")] {
        create_private_dir(&path).map_err(|error| RestoreError::Write(path, error))?;
    }
    Ok(())
}

fn extract_database(backup: &mut BackupFile, members: &[Member], dir: &DataDir) -> Result<(), RestoreError> {
    let unwritable = |error| RestoreError::Write(dir.database(), error);
    let folder = Directory::named(dir.path()).map_err(unwritable)?;
    let staged = folder.stage().map_err(unwritable)?;
    for member in members.iter().take(1) {
        backup.extract(member, &mut staged.file())?;
    }
    staged.publish(DATABASE).map_err(unwritable)
}

fn extract_small(
    backup: &mut BackupFile,
    members: &[Member],
) -> Result<Vec<(String, Vec<u8>)>, RestoreError> {
    let mut small = Vec::new();
    for member in members.iter().skip(1) {
        if !has_a_place(&member.name) {
            return Err(RestoreError::Place(member.name.clone()));
        }
        let mut content = Vec::new();
        backup.extract(member, &mut content)?;
        small.push((member.name.clone(), content));
    }
    Ok(small)
}

/// `collector.toml`, or a file in one of the two folders.
fn has_a_place(name: &str) -> bool {
    let parts: Vec<_> = Path::new(name).components().collect();
    match parts.as_slice() {
        [Component::Normal(file)] => *file == "collector.toml",
        [Component::Normal(folder), Component::Normal(_)] => *folder == "keys" || *folder == "tls",
        _ => false,
    }
}

/// Writes the small files, the configuration last.
fn write_small(dir: &DataDir, mut small: Vec<(String, Vec<u8>)>) -> Result<(), RestoreError> {
    small.sort_by_key(|(name, _)| name == "collector.toml");
    for (name, content) in small {
        let path = dir.path().join(name);
        write_new_secret(&path, &content).map_err(|error| RestoreError::Write(path, error))?;
    }
    Ok(())
}

/// Holds the manifest to the receipt key of the root that the backup holds.
fn verify(backup: &BackupFile, store: &dyn Store) -> Result<Digest, RestoreError> {
    let root = wait(store.current_root())?;
    let (keys, threshold) = root.document().role(Role::Receipt);
    let verified = backup.envelope().verify::<super::Manifest>(&keys, threshold);
    Ok(verified.map_err(RestoreError::Signature)?.digest())
}

/// What happened since the backup was made.
enum Since {
    /// All of it, and the generation of the store that wrote last.
    Known(Vec<Note>, u64),
    /// Nobody can say all of it, and why.
    Unknown(&'static str),
}

/// Reads the journal. One that somebody named has to be usable; where the one of the configuration was lost with the host, the
/// restore goes on without it.
fn happened_since(
    position: Option<Position>,
    journal: Option<&Path>,
    is_demanded: bool,
) -> Result<Since, JournalError> {
    let Some(position) = position else {
        return Ok(Since::Unknown("no journal was set when the backup was made"));
    };
    let Some(journal) = journal else { return Ok(Since::Unknown("no journal was named")) };
    match read_after(journal, position) {
        Ok((notes, _)) if notes.iter().any(|note| note.entry == Entry::Unwritten {}) => {
            Ok(Since::Unknown("no journal was set for a time since the backup was made"))
        }
        Ok((notes, generation)) => Ok(Since::Known(notes, generation)),
        Err(JournalError::File(..)) if !is_demanded => {
            Ok(Since::Unknown("the journal that the configuration names cannot be read"))
        }
        Err(error) => Err(error),
    }
}
