//! `history.jsonl`: every version of the policy that this device had: when it came, what it changed, who signed it, when it was shown
//! and from when on it is in force; documents that were refused; and what became of the ceiling. Each line has the digest of the one before it.

use super::{Lock, State, StateError};
use collector_proto::contract::Version1;
use collector_proto::digest::Digest;
use collector_proto::disclosure::{HistoryAnswer, PolicyChange, PolicyEvent};
use collector_proto::policy::PolicyRef;
use collector_proto::time::UtcTime;
use std::io::Write as _;

const NAME: &str = "history.jsonl";

/// Largest file in bytes. A change of a policy takes a few hundred; the oldest lines are left out of what is larger.
const MAX_BYTES: u64 = 1024 * 1024;

impl State {
    /// Puts an event on record, unless the last line says the same: what was about to be kept when a crash came is kept again. A ceiling
    /// may be widened twice in a row, and both are told.
    pub(super) fn record_event(
        &self,
        at: UtcTime,
        policy: Option<PolicyRef>,
        event: PolicyChange,
        _: &Lock,
    ) -> Result<(), StateError> {
        let lines = self.lines()?;
        let last = lines.last().and_then(|line| serde_json::from_slice::<PolicyEvent>(line).ok());
        let is_said = last.is_some_and(|last| (last.policy, &last.event) == (policy, &event));
        if is_said && !matches!(event, PolicyChange::Ceiling { .. }) {
            return Ok(());
        }
        let prev = lines.last().map(|line| Digest::of(line));
        let written = serde_json::to_vec(&PolicyEvent { v: Version1, at, policy, event, prev });
        let failed = |source| self.directory.unwritable(NAME, source);
        let written = written.map_err(|error| failed(error.into()))?;
        if self.directory.size(NAME) > MAX_BYTES {
            let newest = lines.iter().skip(lines.len() / 2).flat_map(|line| [line.as_slice(), b"\n"]);
            self.directory.replace_log(NAME, &newest.flatten().copied().collect::<Vec<_>>())?;
        }
        // A line of its own, also after one that a crash cut off.
        let line = [b"\n".as_slice(), &written, b"\n"].concat();
        self.directory.add_to(NAME)?.write_all(&line).map_err(failed)
    }

    /// What is on record, oldest first.
    pub(crate) fn history(&self) -> Result<HistoryAnswer, StateError> {
        let mut history =
            HistoryAnswer { events: Vec::new(), is_whole: true, tenant_keys: self.tenant_keys()? };
        let mut before: Option<Digest> = None;
        for line in self.lines()? {
            let event = serde_json::from_slice::<PolicyEvent>(&line).ok();
            // Of the first line nobody knows what stood before it: the oldest are left out in time.
            history.is_whole &= event.as_ref().is_some_and(|event| before.is_none() || event.prev == before);
            history.events.extend(event);
            before = Some(Digest::of(&line));
        }
        Ok(history)
    }

    fn lines(&self) -> Result<Vec<Vec<u8>>, StateError> {
        let bytes = self.directory.log(NAME, 2 * MAX_BYTES)?;
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        Ok(lines.map(<[u8]>::to_vec).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_names_the_one_before_it_and_one_that_was_changed_shows() {
        let directory = tempfile::tempdir().unwrap();
        let state = State::at(directory.path());
        let lock = state.lock().unwrap();
        let at = UtcTime::from_unix(1_000_000);
        for version in [1, 2, 2, 3] {
            let policy = PolicyRef::new(version, Digest::of(b""));
            let event = PolicyChange::Shown { from: Some(at) };
            state.record_event(at, Some(policy), event, &lock).unwrap();
        }
        let history = state.history().unwrap();
        assert_eq!((history.events.len(), history.is_whole), (3, true));
        let path = directory.path().join(NAME);
        let written = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, written.replacen("\"version\":2", "\"version\":9", 1)).unwrap();
        assert!(!state.history().unwrap().is_whole);
    }
}
