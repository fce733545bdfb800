//! What the reader remembers, one file for each thing, in a directory of its own that the rest of the agent cannot write:
//!
//! ```text
//! lock          held while anything here changes
//! trust.json    {"v":1,"pinned":{version,sha256},"root":envelope,"group":…,"placed":{number,document},"device_id":…}
//! versions.json {"v":1,"versions":{…}}   the versions of the policy that stand, when each came and was shown
//! history.jsonl what happened to the policy: each version, what it changed, when it was shown; chained by digest (`history.rs`)
//! floor.json    {"v":1,"floor":{…},"had_ceiling":…}   accepted policy, last timestamp, latest proven time; whether a ceiling was ever set
//! keys.json     {"v":1,"device":{id,key},"tenant":{id,version,key},"tenants":[{id,version,since}, …]}   mode 0600, secret
//! ceiling.json  {"v":1,"ceiling":{allow,quiet_hours,never},"named_at":…}   optional until one was set: the most that may ever be collected on this device; when accounts were last added to it
//! consent.json  {"v":1,"purposes":["…", …]}   optional: purposes that the device's person has consented to
//! acknowledgements.json  {"v":1,"acknowledgements":[{policy,language,at,notice}, …]}   optional: notices that were acknowledged
//! documents.json  {"v":1,"documents":{…}}   optional: the newest genuine documents that the agent handed over
//! clock.json    {"v":1,"timestamp":…,"at":…,"running":…}   optional: how far the time has come under the newest timestamp
//! last_reading.json  {"v":1,"at":…,"consent":[…],"daily":{since,read,terms}}   optional: when the machine was last read for a report, and under
//!               which consents; when what is sent at most once a day was, and what was granted of it
//! ledger.json   {"v":1,"head":{entries,digest}}   optional: the newest entry of the agent's ledger that the reader was told of
//! readings.jsonl   what was read, when, for whom, from where; no value (`readings.rs`)
//! refused.json  {"v":1,"refused":{entries,well_since}}   optional: documents that the collector gave and that were refused
//! custody.json  {"v":1,"direction":…,"condition":…,"at":…}   optional: the last hand-over, in a person's words
//! ```
//! `trust.json` is written last, so that it stands for a complete enrolment. A file that is there and cannot be
//! understood stops everything: forgetting a floor would be a rollback.
//! `custody.json` decides nothing, so it costs no more than its own fields.
//!
//! A file names the version of its form. A program reads its own form and the earlier ones, and writes its own. What
//! happens to a file of a later form when an earlier program is put in the place of the one that wrote it:
//!
//! | File | Under the earlier program | Way out |
//! |---|---|---|
//! | `trust.json`, `floor.json`, `keys.json` | every request is refused; nothing is read and nothing is changed | the later program again; or the directory is removed and the device enrolled again |
//! | `versions.json` | every request is refused | the later program again; or the file is removed and the policy is shown again as the first one |
//! | `ceiling.json` | every request that reads is refused, also where the file is gone: what it withholds is unknown | the later program again; or the ceiling is set again |
//! | `consent.json` | every request that reads is refused: what it withholds is unknown | the later program again; or the file is removed and its content set again |
//! | `acknowledgements.json` | the status is refused, and nothing is acknowledged | the later program again; or the file is removed and the notice acknowledged again |
//! | `documents.json` | the agent works on; whoever asks by the kept documents is told that they cannot be read | the next report replaces it |
//! | `clock.json` | every request that goes by documents is refused | the later program again; or the file is removed |
//! | `last_reading.json` | every reading for a report is refused | the later program again; or the file is removed |
//! | `refused.json` | the status says so, and nothing more is put on record; the history still says what was refused | the later program again; or the file is removed |
//! | `ledger.json` | the status is refused, and nothing of the ledger is taken | the later program again; or the file is removed |
//! | `readings.jsonl`, `history.jsonl` | lines of a later form are skipped | the later program again |
//! | `custody.json` | its fields are absent as malformed, the rest is collected | the next hand-over replaces it |
//! | `lock` | has no content | |

mod acknowledgements;
mod ceiling;
mod clock;
mod consent;
mod custody;
mod directory;
mod documents;
mod fingerprint;
mod floor;
mod history;
mod keys;
mod last_reading;
mod ledger;
mod limits;
mod readings;
mod refused;
mod trust;
mod versions;

pub use clock::Clock;
pub(crate) use keys::{TenantKeyError, draft_keys};
pub use limits::Limits;
pub(crate) use readings::{Began, Journal};
pub(crate) use trust::{Pin, PinError, Pinned};

use collector_proto::keyed_hash::BadHashKey;
use collector_proto::policy::trust::Refusal;
use directory::Directory;
use std::io;
use std::path::{Path, PathBuf};

/// The reader's state directory.
#[derive(Debug)]
pub struct State {
    directory: Directory,
}

/// Held while the state changes: whatever writes asks for it.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "closing the file releases the lock")] std::fs::File);

impl State {
    /// The state in a directory, which need not exist before the first enrolment.
    pub fn at(path: &Path) -> Self {
        Self { directory: Directory::at(path) }
    }

    /// Holds the directory and the way to it to the rule, as far as they are there: nobody but this user and root may have a
    /// hand in it.
    pub fn examine(&self) -> Result<(), StateError> {
        self.directory.examine()
    }

    /// Keeps other readers from changing the state until the result is dropped.
    pub fn lock(&self) -> Result<Lock, StateError> {
        self.directory.lock().map(Lock)
    }
}

/// Why the reader's state cannot be used. Names the file, never its content.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Somebody else could have led the reader there.
    #[error(transparent)]
    Distrusted(candor_durable::Distrust),
    /// A file or the directory cannot be read.
    #[error("the reader's state cannot be read: {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file or the directory cannot be written.
    #[error("the reader's state cannot be written: {path}; nothing is read until it can be")]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is missing although the device is enrolled, or does not hold what it should.
    #[error("{path} is damaged; restore it, or {again}")]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What makes it whole again without the file.
        again: &'static str,
        /// What is wrong with it, without its content.
        source: Damage,
    },
    /// A later version of the program wrote the file.
    #[error(
        "{path} was written by a later version of Candor (form {found}; this version reads up to form {known}); \
         install that version again, or {again}"
    )]
    Later {
        /// Which.
        path: PathBuf,
        /// The form's version.
        found: u64,
        /// The latest version that is understood.
        known: u64,
        /// What makes it whole again without the file.
        again: &'static str,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Random,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    /// The file is not there.
    #[error("the file is missing")]
    Missing,
    /// It is larger than any that the reader writes.
    #[error("the file is too large")]
    TooLarge,
    /// It does not have its form. The parser's own message could repeat a key, so only the place is kept.
    #[error("the file cannot be understood at line {line}, column {column}")]
    Form {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// Its root does not stand by itself.
    #[error("the root in it is not accepted")]
    Root(#[source] Refusal),
    /// One of its keys is not a key.
    #[error("a key in it is not usable")]
    Key(#[source] BadHashKey),
}

#[cfg(test)]
mod tests;
