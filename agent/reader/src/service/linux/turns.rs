//! Who has the machine read at the moment: each account once, and few at a time.

use crate::host::AccountId;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Instant;

/// Most readings at a time. Each may take a processor and some 20 MB for a moment.
const MAX_READINGS: usize = 2;

/// The accounts for which the machine is read at the moment.
#[derive(Debug, Default)]
pub(super) struct Turns {
    reading: Mutex<Vec<AccountId>>,
    freed: Condvar,
}

/// A turn; it ends with this.
#[derive(Debug)]
pub(super) struct Turn<'t> {
    turns: &'t Turns,
    account: AccountId,
}

impl Turns {
    /// Waits until the machine may be read for the account; `None` when that takes too long. What another process of the account
    /// was shown meanwhile may serve as well.
    pub(super) fn take(&self, account: &AccountId, deadline: Instant) -> Option<Turn<'_>> {
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        while reading.contains(account) || reading.len() >= MAX_READINGS {
            let left = deadline.checked_duration_since(Instant::now())?;
            reading = self.freed.wait_timeout(reading, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        reading.push(account.clone());
        Some(Turn { turns: self, account: account.clone() })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut reading = self.turns.reading.lock().unwrap_or_else(PoisonError::into_inner);
        reading.retain(|account| *account != self.account);
        self.turns.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_account_has_one_turn_and_all_together_few() {
        let turns = Turns::default();
        let at_once = || Instant::now();
        let first = turns.take(&AccountId::Uid(0), at_once());
        assert!(first.is_some() && turns.take(&AccountId::Uid(0), at_once()).is_none());
        let others: Vec<_> =
            (1..10).filter_map(|account| turns.take(&AccountId::Uid(account), at_once())).collect();
        assert_eq!(others.len(), MAX_READINGS - 1);
        drop(first);
        assert!(turns.take(&AccountId::Uid(0), at_once()).is_some());
    }
}
