//! `readings.jsonl`: the journal of what was read. It holds no value.
//!
//! One JSON object a line, each of a form `v`; lines of one reading share its random `id`:
//!
//! ```text
//! {"v":1,"id":"…","began":{"at":…,"asked_by":…,"operation":…,"policy":…,"fields":[…]}}   durable before anything is read
//! {"v":1,"id":"…","touched":["/etc/os-release", …]}                                      durable before the answer is written
//! {"v":1,"id":"…","entry":42}                                                            once the agent has recorded a report
//! ```
//!
//! The file is opened before the process is confined, which from then on can add to it and open no file of the state any more. What a crash cut off, or a
//! later version wrote, is skipped when it is read: the journal decides nothing. Where it cannot be written, nothing is read.

use super::{Lock, State, StateError};
use collector_proto::catalog::{FieldId, SourcePlace};
use collector_proto::contract::Version1;
use collector_proto::disclosure::{AskedBy, Operation, Reading};
use collector_proto::policy::PolicyRef;
use collector_proto::time::UtcTime;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

const NAME: &str = "readings.jsonl";

/// Largest file in bytes: it is cut to half of that. The widest policy on a desktop makes about 20 KiB a reading, an inventory 3.
const MAX_BYTES: u64 = 1024 * 1024;

/// Most readings of each kind, for reports and otherwise, that are left when the file is cut: whoever looks around often pushes no
/// report's reading out.
const MOST: usize = 512;

/// The journal, open for one reading.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    path: PathBuf,
    id: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    v: Version1,
    id: String,
    #[serde(flatten)]
    event: Event,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Began(Began),
    Touched(Vec<String>),
    Entry(u64),
}

/// What is known of a reading before it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Began {
    pub(crate) at: UtcTime,
    pub(crate) asked_by: AskedBy,
    pub(crate) operation: Operation,
    pub(crate) policy: Option<PolicyRef>,
    pub(crate) fields: Vec<FieldId>,
}

impl State {
    /// Puts a reading on record before it begins.
    pub(crate) fn begin_reading(&self, id: String, began: Began, lock: &Lock) -> Result<Journal, StateError> {
        self.cut_readings(lock)?;
        let mut journal = self.open_journal(id, lock)?;
        journal.add(Event::Began(began))?;
        Ok(journal)
    }

    /// Adds to the newest reading for a report that the agent has recorded it, if it had none before.
    pub(crate) fn reading_recorded(&self, entry: u64, lock: &Lock) -> Result<(), StateError> {
        let newest = self.kept()?.into_iter().rev().find(|(_, reading)| is_for_a_report(reading));
        match newest {
            Some((id, Reading { entry: None, .. })) => self.open_journal(id, lock)?.add(Event::Entry(entry)),
            Some(_) | None => Ok(()),
        }
    }

    /// What was read, oldest first.
    pub(crate) fn readings(&self) -> Result<Vec<Reading>, StateError> {
        Ok(self.kept()?.into_iter().map(|(_, reading)| reading).collect())
    }

    fn open_journal(&self, id: String, _: &Lock) -> Result<Journal, StateError> {
        let path = self.directory.path().join(NAME);
        Ok(Journal { file: self.directory.add_to(NAME)?, path, id })
    }

    /// Readings with their ids, oldest first.
    fn kept(&self) -> Result<Vec<(String, Reading)>, StateError> {
        // The file exceeds its bound by what was written since it was last cut.
        Ok(parse(&self.directory.log(NAME, 2 * MAX_BYTES)?))
    }

    /// Leaves the newest readings where the file has become too large.
    fn cut_readings(&self, _: &Lock) -> Result<(), StateError> {
        if self.directory.size(NAME) <= MAX_BYTES {
            return Ok(());
        }
        let mut left = Vec::new();
        // How many of each kind are left, and their bytes.
        let (mut reports, mut others) = ((0, 0), (0, 0));
        for (id, reading) in self.kept()?.into_iter().rev() {
            let (count, bytes) = if is_for_a_report(&reading) { &mut reports } else { &mut others };
            let written = write(&id, reading);
            *count += 1;
            *bytes += written.len() as u64;
            if *count <= MOST && *bytes <= MAX_BYTES / 4 {
                left.push(written);
            }
        }
        left.reverse();
        self.directory.replace_log(NAME, left.concat().as_bytes())
    }
}

impl Journal {
    /// Adds what was touched.
    pub(crate) fn touched(&mut self, sources: &BTreeSet<SourcePlace>) -> Result<(), StateError> {
        self.add(Event::Touched(sources.iter().map(ToString::to_string).collect()))
    }

    fn add(&mut self, event: Event) -> Result<(), StateError> {
        let line = line(self.id.clone(), event);
        self.file
            .write_all(line.as_bytes())
            .map_err(|source| StateError::Write { path: self.path.clone(), source })
    }
}

fn is_for_a_report(reading: &Reading) -> bool {
    reading.operation == Operation::Disclose
}

/// A line of its own, also after one that a crash cut off.
fn line(id: String, event: Event) -> String {
    let written = serde_json::to_string(&Line { v: Version1, id, event });
    format!("\n{}\n", written.unwrap_or_default())
}

/// A reading's lines.
fn write(id: &str, reading: Reading) -> String {
    let Reading { at, asked_by, operation, policy, fields, sources, entry } = reading;
    let began = Event::Began(Began { at, asked_by, operation, policy, fields });
    let events = [Some(began), sources.map(Event::Touched), entry.map(Event::Entry)];
    events.into_iter().flatten().map(|event| line(id.to_owned(), event)).collect()
}

fn parse(bytes: &[u8]) -> Vec<(String, Reading)> {
    let mut readings: Vec<(String, Reading)> = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let Ok(Line { id, event, .. }) = serde_json::from_slice(line) else { continue };
        if let Event::Began(Began { at, asked_by, operation, policy, fields }) = event {
            let reading = Reading { at, asked_by, operation, policy, fields, sources: None, entry: None };
            readings.push((id, reading));
            continue;
        }
        let Some((_, reading)) = readings.iter_mut().rev().find(|(known, _)| *known == id) else { continue };
        match event {
            Event::Touched(sources) => reading.sources = Some(sources),
            Event::Entry(entry) => reading.entry = Some(entry),
            Event::Began(_) => {}
        }
    }
    readings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> (tempfile::TempDir, State) {
        let directory = tempfile::tempdir().unwrap();
        let state = State::at(directory.path());
        (directory, state)
    }

    fn began(operation: Operation, fields: usize) -> Began {
        Began {
            at: UtcTime::from_unix(1_000_000),
            asked_by: AskedBy::Account("1000".to_owned()),
            operation,
            policy: None,
            fields: FieldId::all().take(fields).collect(),
        }
    }

    #[test]
    fn a_reading_is_on_record_from_its_beginning_and_what_a_crash_cut_off_hides_nothing() {
        let (directory, state) = state();
        let lock = state.lock().unwrap();
        assert!(state.readings().unwrap().is_empty());
        drop(state.begin_reading("a".to_owned(), began(Operation::Disclose, 2), &lock).unwrap());
        let path = directory.path().join(NAME);
        let cut = std::fs::read_to_string(&path).unwrap() + "{\"v\":1,\"id\":\"b\",\"beg";
        std::fs::write(&path, cut).unwrap();
        let mut journal = state.begin_reading("c".to_owned(), began(Operation::Preview, 1), &lock).unwrap();
        journal.touched(&[SourcePlace::File("/etc/os-release")].into()).unwrap();
        state.reading_recorded(7, &lock).unwrap();
        state.reading_recorded(8, &lock).unwrap();
        let readings = state.readings().unwrap();
        assert_eq!(readings.len(), 2);
        assert_eq!((readings[0].sources.as_ref(), readings[0].entry), (None, Some(7)));
        let touched = Some(vec!["/etc/os-release".to_owned()]);
        assert_eq!((&readings[1].sources, readings[1].entry), (&touched, None));
    }

    #[test]
    fn the_file_stays_bounded_and_looking_around_pushes_no_report_out() {
        let (directory, state) = state();
        let lock = state.lock().unwrap();
        let begin = |id: String, operation| {
            drop(state.begin_reading(id, began(operation, FieldId::all().count()), &lock).unwrap());
        };
        begin("report".to_owned(), Operation::Disclose);
        let one = std::fs::metadata(directory.path().join(NAME)).unwrap().len();
        let many = MAX_BYTES / one + 20;
        for number in 0..=many {
            begin(number.to_string(), Operation::Preview);
        }
        let length = std::fs::metadata(directory.path().join(NAME)).unwrap().len();
        assert!(length <= MAX_BYTES / 2, "{length}");
        let kept = state.kept().unwrap();
        assert_eq!(kept.first().map(|(id, _)| id.as_str()), Some("report"));
        assert_eq!(kept.last().map(|(id, _)| id.clone()), Some(many.to_string()));
    }
}
