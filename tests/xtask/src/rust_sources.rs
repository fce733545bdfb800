//! The workspace's Rust sources, for the checks that read them.

use anyhow::Context as _;
use std::path::{Path, PathBuf};

/// Folders of the workspace's sources.
pub(crate) const SOURCES: [&str; 10] = [
    "collector-proto/src",
    "durable/src",
    "confine/src",
    "agent/src",
    "agent/reader/src",
    "agent/uplink/src",
    "agent/notice/src",
    "collector/src",
    "tests/src",
    "tests/xtask/src",
];

/// Which sources are meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Those of programs.
    Shipped,
    /// Those of tests as well.
    All,
}

/// Adds the Rust sources below a folder, without those of tests.
pub(crate) fn below(folder: &Path, into: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    of_kind(Kind::Shipped, folder, into)
}

/// Adds the Rust sources of a kind below a folder.
pub(crate) fn of_kind(kind: Kind, folder: &Path, into: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if kind == Kind::All || name != "tests" {
                of_kind(kind, &path, into)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && (kind == Kind::All || name != "tests.rs")
        {
            into.push(path);
        }
    }
    Ok(())
}

/// Reads a file with its path in the error.
pub(crate) fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
