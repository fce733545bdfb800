//! The rule of the crate's documentation, on what the system says about one file or directory.

use super::{Here, Unix as _};
use crate::distrust::{Fault, Role};
use rustix::fs::{FileType, Stat};

/// Owner of everything whose owner a user namespace has no number for (user_namespaces(7)).
const UNMAPPED: u32 = 65534;

/// Rights of group and others to write, and to do anything.
const OTHERS_WRITE: u32 = 0o022;
const OTHERS: u32 = 0o077;

/// Deletion restricted to owners: others may add names to such a directory and change none (inode(7)).
const STICKY: u32 = 0o1000;

/// Whose files are trusted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trusted {
    us: u32,
    root: u32,
    /// Whom that belongs to which is only looked into; else this process's user.
    keeper: u32,
}

/// What is held to the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standard {
    /// A directory that is passed through.
    OnTheWay,
    /// A directory that files lie in.
    Directory,
    /// A file that others may read.
    File,
    /// A file that others must not read.
    Secret,
}

impl Standard {
    /// What the file of this role is held to.
    pub(super) fn of_file(role: Role) -> Self {
        if matches!(role, Role::Bundle | Role::Key) { Self::Secret } else { Self::File }
    }
}

impl Trusted {
    /// This process's user and root. In a user namespace that has no number for root, what `/` belongs to stands for it:
    /// whoever can change `/` decides what this program sees anyway.
    pub(super) fn seen_from(top: &Stat) -> Self {
        let root = if top.st_uid == UNMAPPED { UNMAPPED } else { 0 };
        let us = rustix::process::geteuid().as_raw();
        Self { us, root, keeper: us }
    }

    /// The same beneath a directory that is looked into: the first one that belongs to somebody else says to whom.
    pub(super) fn looking_into(self, directory: &Stat) -> Self {
        let is_ours = self.keeper == self.us && directory.st_uid != self.root;
        Self { keeper: if is_ours { directory.st_uid } else { self.keeper }, ..self }
    }

    /// Why nothing may be changed there.
    pub(super) fn may_change(self) -> Result<(), Fault> {
        let Self { us, keeper: owner, .. } = self;
        if owner == us || owner == self.root { Ok(()) } else { Err(Fault::Owner { owner, us }) }
    }

    /// Whether it is this process's user's own.
    pub(super) fn is_ours(self, found: &Stat) -> bool {
        found.st_uid == self.us
    }

    /// A link on the way: its mode means nothing, and its owner alone can change it.
    pub(super) fn judge_link(self, found: &Stat) -> Result<(), Fault> {
        let (owner, us) = (found.st_uid, self.us);
        if owner == us || owner == self.root { Ok(()) } else { Err(Fault::ForeignLink { owner, us }) }
    }

    /// Anything else.
    pub(super) fn judge(self, found: &Stat, standard: Standard) -> Result<(), Fault> {
        judge_kind(found, standard)?;
        let (owner, us, mode) = (found.st_uid, self.us, mode(found));
        if ![us, self.root, self.keeper].contains(&owner) {
            return Err(Fault::Owner { owner, us });
        }
        let is_shared_safely = standard == Standard::OnTheWay && mode & STICKY != 0;
        if mode & OTHERS_WRITE != 0 && !is_shared_safely {
            return Err(Fault::Writable { mode });
        }
        if standard == Standard::Secret && mode & OTHERS != 0 {
            return Err(Fault::Readable { mode });
        }
        Ok(())
    }
}

/// What is not the regular file or the directory that it should be is never opened for what is in it.
pub(super) fn judge_kind(found: &Stat, standard: Standard) -> Result<(), Fault> {
    if kind(found) == wanted(standard).0 { Ok(()) } else { Err(wrong_kind(found, standard)) }
}

/// That this is something else.
pub(super) fn wrong_kind(found: &Stat, standard: Standard) -> Fault {
    Fault::Kind { found: name(kind(found)), expected: wanted(standard).1 }
}

fn wanted(standard: Standard) -> (FileType, &'static str) {
    match standard {
        Standard::OnTheWay | Standard::Directory => (FileType::Directory, "a directory"),
        Standard::File | Standard::Secret => (FileType::RegularFile, "a regular file"),
    }
}

pub(super) fn kind(found: &Stat) -> FileType {
    FileType::from_raw_mode(found.st_mode)
}

/// Whether anybody but the owner has any right.
pub(super) fn is_shared(found: &Stat) -> bool {
    mode(found) & OTHERS != 0
}

fn mode(found: &Stat) -> u32 {
    Here::mode(found)
}

fn name(kind: FileType) -> &'static str {
    match kind {
        FileType::RegularFile => "a regular file",
        FileType::Directory => "a directory",
        FileType::Symlink => "a symbolic link",
        FileType::Fifo => "a FIFO",
        FileType::Socket => "a socket",
        FileType::CharacterDevice | FileType::BlockDevice => "a device",
        FileType::Unknown => "of an unknown kind",
    }
}
