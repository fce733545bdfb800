//! Records that the notice of a policy version was shown and acknowledged.
//!
//! `acknowledgements.jsonl` in the state directory: one JSON object per line, in the order of time, only ever appended to.
//! An acknowledgement is not consent and never counts as such: it allows nothing that the policy does not allow anyway.

use crate::durable;
use candor_durable::{Directory, Role};
use candor_notice::Notice;
use collector_proto::contract::Version1;
use collector_proto::digest::Digest;
use collector_proto::policy::PolicyRef;
use collector_proto::time::UtcTime;
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Name of the file.
pub(crate) const FILE: &str = "acknowledgements.jsonl";

/// One acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Acknowledgement {
    /// Format version.
    pub(crate) v: Version1,
    /// Always `notice_acknowledgement`.
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    /// The policy that the notice was of.
    pub(crate) policy: PolicyRef,
    /// Language in which it was shown.
    pub(crate) language: String,
    /// When it was acknowledged.
    pub(crate) at: UtcTime,
    /// Digest of the very bytes that were shown.
    pub(crate) notice: Digest,
    /// Always `false`: acknowledging is not consenting.
    pub(crate) consent: bool,
}

/// The word `notice_acknowledgement`, so that nobody takes the record for one of consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// `notice_acknowledgement`
    #[serde(rename = "notice_acknowledgement")]
    NoticeAcknowledgement,
}

/// Why an acknowledgement was not recorded, or the records cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AcknowledgeError {
    /// There is no policy in force that the notice could be of.
    #[error("there is no policy in force, so there is nothing to acknowledge")]
    NothingInForce,
    /// The file cannot be written or read.
    #[error("the acknowledgements in {} cannot be used", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line is not an acknowledgement.
    #[error(
        "line {line} of {} is damaged; move the file away and acknowledge again with `candor notice --acknowledge`",
        .path.display()
    )]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// Why.
        source: serde_json::Error,
    },
}

/// Appends the acknowledgement of a notice that was shown as `rendered`, and makes it durable.
pub(crate) fn record(
    state: &Path,
    notice: &Notice,
    rendered: &[u8],
    now: UtcTime,
) -> Result<Acknowledgement, AcknowledgeError> {
    let policy =
        notice.policy().filter(|_| notice.can_be_acknowledged()).ok_or(AcknowledgeError::NothingInForce)?;
    let acknowledgement = Acknowledgement {
        v: Version1,
        kind: Kind::NoticeAcknowledgement,
        policy,
        language: notice.language().to_owned(),
        at: now,
        notice: Digest::of(rendered),
        consent: false,
    };
    let path = state.join(FILE);
    let failed = |source| AcknowledgeError::File { path: path.clone(), source };
    let mut line = serde_json::to_vec(&acknowledgement).map_err(|error| failed(error.into()))?;
    line.push(b'\n');
    let log = Directory::open(state, Role::State).and_then(|directory| directory.log_file(FILE));
    let mut file = log.map_err(failed)?;
    // A write that was cut off by a crash must not swallow this record: it starts on a line of its own.
    if ends_within_a_line(&mut file).map_err(failed)? {
        line.insert(0, b'\n');
    }
    file.write_all(&line).and_then(|()| file.sync_all()).map_err(failed)?;
    Ok(acknowledgement)
}

/// All acknowledgements, oldest first; none when there is no file. A line that a crash cut off is passed over: the
/// command that wrote it did not report success.
pub(crate) fn list(state: &Path) -> Result<Vec<Acknowledgement>, AcknowledgeError> {
    let path = state.join(FILE);
    let log = durable::to_read(state, Role::State).and_then(|directory| directory.read(FILE));
    let text = match log.and_then(std::io::read_to_string) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(AcknowledgeError::File { path, source }),
    };
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .filter_map(|(index, line)| match serde_json::from_str(line) {
            Ok(acknowledgement) => Some(Ok(acknowledgement)),
            Err(error) if error.is_eof() => None,
            Err(source) => Some(Err(AcknowledgeError::Line { path: path.clone(), line: index + 1, source })),
        })
        .collect()
}

/// Whether the notice of this very policy was acknowledged: a changed policy has to be read again.
pub(crate) fn is_acknowledged(state: &Path, policy: PolicyRef) -> Result<bool, AcknowledgeError> {
    Ok(list(state)?.iter().any(|acknowledged| acknowledged.policy == policy))
}

fn ends_within_a_line(file: &mut std::fs::File) -> std::io::Result<bool> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != [b'\n'])
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
