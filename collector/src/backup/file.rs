//! The file: the database, the small files of the directory, and at its end the signed manifest that names each with its digest.
//!
//! ```text
//! collector.db │ collector.toml │ keys/… │ tls/… │ manifest, a DSSE envelope │ its length, 8 bytes, big-endian │ "CANDOR-BACKUP-1\n"
//! ```

use crate::journal::Position;
use candor_durable::{Directory, Staged, directory_of, open_given};
use collector_proto::contract::Version1;
use collector_proto::digest::{Digest, hex};
use collector_proto::envelope::{Document, Envelope, EnvelopeError, SigningKey};
use collector_proto::time::UtcTime;
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Name of the database in a backup.
pub(super) const DATABASE: &str = "collector.db";

/// What a backup ends with.
const MARK: &[u8; 16] = b"CANDOR-BACKUP-1\n";

/// Longest manifest in bytes; one has about 2 KiB.
const LONGEST_MANIFEST: u64 = 64 * 1024;

/// Bytes read at once.
const PIECE: usize = 1 << 20;

/// What is in a backup, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format version.
    pub v: Version1,
    /// Id of the collector.
    pub collector: String,
    /// When it was made.
    pub made: UtcTime,
    /// When it is deleted at the latest; it is not restored from then on.
    pub delete_by: UtcTime,
    /// The generation of the store.
    pub generation: u64,
    /// Where the journal ended when it was begun; `None` where none was set.
    pub journal: Option<Position>,
    /// What is in it, in the order in which it stands there.
    pub files: Vec<Member>,
}

/// A file in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its path in the collector's directory.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its digest.
    pub sha256: Digest,
}

impl Document for Manifest {
    const PAYLOAD_TYPE: &'static str = "application/vnd.candor.backup.v1+json";
}

/// Why a file is not used as a backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupFileError {
    /// It cannot be read or written.
    #[error("the backup {0} cannot be read or written")]
    File(PathBuf, #[source] io::Error),
    /// It does not end as a backup does.
    #[error("{0} is not a backup, or was not written to its end; use another one")]
    NotABackup(PathBuf),
    /// The manifest cannot be read.
    #[error("the manifest of the backup {0} is damaged; use another backup")]
    Manifest(PathBuf, #[source] EnvelopeError),
    /// What the manifest says is not what the file holds.
    #[error("the backup {0} is damaged: {1} is not what its manifest names; use another backup")]
    Damaged(PathBuf, String),
}

/// Writes what follows the database into a backup, and gives its manifest's digest. `database` is in the file by then.
pub(super) fn complete(
    staged: &Staged<'_>,
    small: &[(String, Vec<u8>)],
    mut manifest: Manifest,
    key: &SigningKey,
) -> io::Result<Digest> {
    let mut written = File::open(staged.path())?;
    let (bytes, sha256) = copy_and_hash(&mut written, u64::MAX, &mut io::sink())?;
    manifest.files.push(Member { name: DATABASE.to_owned(), bytes, sha256 });
    let mut file = staged.file();
    file.seek(SeekFrom::End(0))?;
    for (name, content) in small {
        file.write_all(content)?;
        let (bytes, sha256) = (content.len() as u64, Digest::of(content));
        manifest.files.push(Member { name: name.clone(), bytes, sha256 });
    }
    let sealed = key.seal(&manifest)?;
    let envelope = sealed.to_envelope().to_json();
    file.write_all(&envelope)?;
    file.write_all(&(envelope.len() as u64).to_be_bytes())?;
    file.write_all(MARK)?;
    Ok(sealed.digest())
}

/// A backup, open to be read. Its manifest is read, and not verified.
pub(super) struct BackupFile {
    path: PathBuf,
    file: File,
    envelope: Envelope,
    manifest: Manifest,
}

impl BackupFile {
    pub(super) fn at(path: &Path) -> Result<Self, BackupFileError> {
        let unreadable = |error| BackupFileError::File(path.to_owned(), error);
        let other = || BackupFileError::NotABackup(path.to_owned());
        let mut file = open_given(path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        let trailer_at = length.checked_sub(8 + MARK.len() as u64).ok_or_else(other)?;
        let mut trailer = [0; 8 + MARK.len()];
        file.seek(SeekFrom::Start(trailer_at)).map_err(unreadable)?;
        file.read_exact(&mut trailer).map_err(unreadable)?;
        let (size, mark) = trailer.split_at(8);
        let size = size.try_into().map_or(0, u64::from_be_bytes);
        if mark != MARK || size > LONGEST_MANIFEST {
            return Err(other());
        }
        let manifest_at = trailer_at.checked_sub(size).ok_or_else(other)?;
        file.seek(SeekFrom::Start(manifest_at)).map_err(unreadable)?;
        let mut envelope = Vec::new();
        Read::by_ref(&mut file).take(size).read_to_end(&mut envelope).map_err(unreadable)?;
        let damaged = |error| BackupFileError::Manifest(path.to_owned(), error);
        let envelope = Envelope::parse(&envelope, envelope.len()).map_err(damaged)?;
        let payload = envelope.unverified_payload().map_err(damaged)?;
        let manifest = Manifest::read(&payload)
            .map_err(|_| BackupFileError::Damaged(path.to_owned(), "the manifest".to_owned()))?;
        let held: u64 = manifest.files.iter().map(|member| member.bytes).sum();
        let is_first = manifest.files.first().is_some_and(|member| member.name == DATABASE);
        if held != manifest_at || !is_first {
            return Err(BackupFileError::Damaged(path.to_owned(), "the length".to_owned()));
        }
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        Ok(Self { path: path.to_owned(), file, envelope, manifest })
    }

    pub(super) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub(super) fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// Copies the next member, which has to be what the manifest says. They stand in the manifest's order.
    pub(super) fn extract(&mut self, member: &Member, into: &mut dyn Write) -> Result<(), BackupFileError> {
        let copied = copy_and_hash(&mut self.file, member.bytes, into);
        let copied = copied.map_err(|error| BackupFileError::File(self.path.clone(), error))?;
        if copied == (member.bytes, member.sha256) {
            Ok(())
        } else {
            Err(BackupFileError::Damaged(self.path.clone(), member.name.clone()))
        }
    }
}

fn copy_and_hash(from: &mut File, bytes: u64, into: &mut dyn Write) -> io::Result<(u64, Digest)> {
    let (mut piece, mut context, mut copied) = (vec![0; PIECE], Context::new(&SHA256), 0);
    while copied < bytes {
        let most = usize::try_from(bytes - copied).unwrap_or(PIECE).min(PIECE);
        let read = from.read(&mut piece[..most])?;
        if read == 0 {
            break;
        }
        context.update(&piece[..read]);
        into.write_all(&piece[..read])?;
        copied += read as u64;
    }
    let digest = Digest::parse_hex(&hex(context.finish().as_ref())).map_err(io::Error::other)?;
    Ok((copied, digest))
}

/// Removes the backups of a collector in the directory of a path that may be kept no longer, and names them.
pub fn remove_expired(beside: &Path, collector: &str, now: UtcTime) -> Result<Vec<PathBuf>, BackupFileError> {
    let folder = directory_of(beside);
    let unreadable = |error| BackupFileError::File(folder.to_owned(), error);
    let mut removed = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let Ok(backup) = BackupFile::at(&path) else { continue };
        if backup.manifest.collector == collector && backup.manifest.delete_by <= now {
            let directory = Directory::named(folder).map_err(unreadable)?;
            directory.remove(path.file_name().unwrap_or_default()).map_err(unreadable)?;
            directory.sync().map_err(unreadable)?;
            removed.push(path);
        }
    }
    Ok(removed)
}
