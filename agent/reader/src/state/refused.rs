//! `refused.json`: documents that the collector gave and that were refused, one entry for each attack on each kind of document.
//!
//! It decides nothing; people and the organisation are told by it. Whoever offers forged documents cannot push anything out of it, because
//! equal refusals are counted. What the agent says that the collector was told begins anew on a later day, and has a line in the
//! history once a day at most.

use super::directory::StateFile;
use super::{Lock, State, StateError};
use collector_proto::contract::Version1;
use collector_proto::disclosure::{PolicyChange, RefusedDocuments, RefusedEntry};
use collector_proto::messages::RefusedDocument;
use collector_proto::policy::trust::Attempt;
use collector_proto::time::UtcTime;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefusedFile {
    v: Version1,
    refused: RefusedDocuments,
}

impl StateFile for RefusedFile {
    const NAME: &'static str = "refused.json";
    const VERSION: u64 = 1;
    const AGAIN: &'static str = "remove it: `candor policy history` still says what was refused";
}

impl State {
    /// What is kept of refused documents.
    pub(crate) fn refused_documents(&self) -> Result<RefusedDocuments, StateError> {
        Ok(self.directory.read::<RefusedFile>()?.map(|file| file.refused).unwrap_or_default())
    }

    /// Puts on record that documents were refused.
    pub(crate) fn record_refused(
        &self,
        attempt: Attempt,
        by_agent: bool,
        now: UtcTime,
        lock: &Lock,
    ) -> Result<(), StateError> {
        let mut refused = self.refused_documents()?;
        let Attempt { attack, document, offered, held } = attempt;
        let known = refused.entries.iter_mut().find(|entry| {
            (entry.attack, entry.document) == (attack, document)
                && !(entry.told && entry.last.to_day() < now.to_day())
        });
        if let Some(entry) = known {
            entry.count = entry.count.saturating_add(1);
            entry.last = entry.last.max(now);
        } else {
            let event = PolicyChange::Refused { attack, document, offered, held };
            self.record_event(now, None, event, lock)?;
            refused.entries.retain(|entry| (entry.attack, entry.document) != (attack, document));
            let (first, last, count) = (now, now, 1);
            refused.entries.push(RefusedEntry {
                attack,
                document,
                offered,
                held,
                first,
                last,
                count,
                by_agent,
                told: false,
            });
        }
        refused.well_since = None;
        self.keep_refused(refused, lock)
    }

    /// Notes that documents were accepted. What has still to be told of earlier ones.
    pub(crate) fn well(&self, now: UtcTime, lock: &Lock) -> Result<Vec<RefusedDocument>, StateError> {
        let mut refused = self.refused_documents()?;
        if !refused.entries.is_empty() && refused.well_since.is_none() {
            self.record_event(now, None, PolicyChange::Well {}, lock)?;
            refused.well_since = Some(now);
            self.keep_refused(refused.clone(), lock)?;
        }
        Ok(refused.entries.iter().filter(|entry| !entry.told).map(RefusedEntry::to_tell).collect())
    }

    /// Notes what the collector was told of.
    pub(crate) fn told(&self, told: &[RefusedDocument], lock: &Lock) -> Result<(), StateError> {
        if told.is_empty() {
            return Ok(());
        }
        let before = self.refused_documents()?;
        let mut after = before.clone();
        for entry in &mut after.entries {
            entry.told |= told.iter().any(|told| entry.to_tell().is_told_by(told));
        }
        if after == before { Ok(()) } else { self.keep_refused(after, lock) }
    }

    fn keep_refused(&self, refused: RefusedDocuments, _: &Lock) -> Result<(), StateError> {
        self.directory.write(&RefusedFile { v: Version1, refused })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use collector_proto::catalog::{Attack, DocumentKind};

    const ROLLBACK: Attempt =
        Attempt { attack: Attack::Rollback, document: DocumentKind::Policy, offered: None, held: None };

    #[test]
    fn equal_refusals_are_counted_and_what_was_told_begins_anew_on_a_later_day() {
        let directory = tempfile::tempdir().unwrap();
        let state = State::at(directory.path());
        let lock = state.lock().unwrap();
        let at = |hour: u64| UtcTime::from_unix(1_000_080_000).plus_seconds(hour * 3600);
        for hour in 0..3 {
            state.record_refused(ROLLBACK, false, at(hour), &lock).unwrap();
        }
        let freeze = Attempt { attack: Attack::Freeze, ..ROLLBACK };
        state.record_refused(freeze, false, at(3), &lock).unwrap();
        let kept = state.refused_documents().unwrap();
        assert_eq!(kept.entries.iter().map(|entry| entry.count).collect::<Vec<_>>(), [3, 1]);
        assert_eq!((kept.entries[0].first, kept.entries[0].last), (at(0), at(2)));
        assert_eq!(kept.well_since, None);
        let to_tell = state.well(at(4), &lock).unwrap();
        assert_eq!(
            to_tell.iter().map(|told| (told.first, told.last)).collect::<Vec<_>>(),
            [(at(0).to_day(), at(0).to_day()); 2]
        );
        assert_eq!(state.well(at(5), &lock).unwrap(), to_tell, "until it is told");
        assert_eq!(state.refused_documents().unwrap().well_since, Some(at(4)));
        state.told(&to_tell, &lock).unwrap();
        assert!(state.well(at(6), &lock).unwrap().is_empty());
        state.record_refused(ROLLBACK, false, at(7), &lock).unwrap();
        assert!(state.well(at(8), &lock).unwrap().is_empty(), "once a day");
        state.record_refused(ROLLBACK, false, at(30), &lock).unwrap();
        assert_eq!(state.well(at(31), &lock).unwrap().len(), 1);
        let history = state.history().unwrap();
        let refused =
            history.events.iter().filter(|event| matches!(event.event, PolicyChange::Refused { .. }));
        assert_eq!((refused.count(), history.events.len(), history.is_whole), (3, 5, true));
    }
}
