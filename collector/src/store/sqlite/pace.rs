//! How much one transaction of a sweep deletes: little enough that nobody who writes waits for it long, on any disk.
//!
//! Two things take time: deleting, which a [`Budget`] ends in the middle, and the commit after it, which cannot be ended. How
//! many rows a step may take follows from how long the steps before it took as a whole.

use crate::store::StoreError;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Tells how much time has passed since some instant, and never goes back.
pub(super) type Ticks = Arc<dyn Fn() -> Duration + Send + Sync>;

/// How long one transaction deletes.
const DELETING: Duration = Duration::from_millis(6);

/// How long one may take with its commit, and with what others did in it.
const STEP: Duration = Duration::from_millis(12);

/// Fewest and most rows of one step, and those of the first one. More than the most would save little.
const FEWEST: u32 = 16;
const MOST: u32 = 1024;
const AT_FIRST: u32 = 128;

/// Most small rows between two looks at the clock.
const SMALL_AT_ONCE: u32 = 64;

/// The pace of the sweeps of one store.
pub(super) struct Pace {
    ticks: Ticks,
    rows: AtomicU32,
}

impl Pace {
    pub(super) fn new(ticks: Ticks) -> Self {
        Self { ticks, rows: AtomicU32::new(AT_FIRST) }
    }

    /// What the next step may delete, from the moment at which it begins to.
    pub(super) fn next_step(&self) -> Step {
        Step { ticks: Arc::clone(&self.ticks), rows: self.rows.load(Ordering::Relaxed) }
    }

    /// Learns from a step that began at this instant and has been committed.
    pub(super) fn committed(&self, began: Duration) {
        let took = (self.ticks)().saturating_sub(began);
        let rows = self.rows.load(Ordering::Relaxed);
        let rows = match took {
            long if long > STEP => rows / 2,
            short if short < STEP / 2 => rows + rows / 4,
            _ => rows,
        };
        self.rows.store(rows.clamp(FEWEST, MOST), Ordering::Relaxed);
    }
}

/// A step that waits for its turn.
pub(super) struct Step {
    ticks: Ticks,
    rows: u32,
}

impl Step {
    /// Begins the step.
    pub(super) fn begin(self) -> Budget {
        let began = (self.ticks)();
        Budget { ticks: self.ticks, began, rows: self.rows, has_deleted: false, is_used_up: false }
    }
}

/// What a step that has begun may still delete.
pub(super) struct Budget {
    ticks: Ticks,
    began: Duration,
    rows: u32,
    has_deleted: bool,
    is_used_up: bool,
}

impl Budget {
    /// When the step began.
    pub(super) fn began(&self) -> Duration {
        self.began
    }

    /// Most rows to look for.
    pub(super) fn rows(&self) -> u32 {
        if self.is_used_up { 0 } else { self.rows }
    }

    /// Whether there may be something left that it did not reach.
    pub(super) fn is_used_up(&self) -> bool {
        self.is_used_up
    }

    /// Whether one more thing may be deleted. As long as nothing was, it may be: each step gets on.
    pub(super) fn allows_another(&mut self) -> bool {
        let is_over = (self.ticks)().saturating_sub(self.began) >= DELETING;
        self.is_used_up |= self.rows == 0 || (is_over && self.has_deleted);
        !self.is_used_up
    }

    /// Deletes what is small and alike, some at a time, until nothing is left of it.
    pub(super) fn delete(
        &mut self,
        mut some: impl FnMut(u32) -> Result<usize, StoreError>,
    ) -> Result<(), StoreError> {
        while self.rows() > 0 && self.allows_another() {
            let most = self.rows().min(SMALL_AT_ONCE);
            let deleted = some(most)?;
            if deleted == 0 {
                break;
            }
            self.spend(deleted);
        }
        Ok(())
    }

    /// Takes account of rows that were deleted.
    pub(super) fn spend(&mut self, rows: usize) {
        self.has_deleted |= rows > 0;
        self.rows = self.rows.saturating_sub(u32::try_from(rows).unwrap_or(u32::MAX));
        self.is_used_up |= self.rows == 0;
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::sync::atomic::AtomicU64;

    /// A clock on which each look takes so many milliseconds.
    pub(in super::super) fn ticking(milliseconds: u64) -> Ticks {
        let now = AtomicU64::new(0);
        Arc::new(move || Duration::from_millis(now.fetch_add(milliseconds, Ordering::SeqCst)))
    }

    #[test]
    fn a_step_ends_with_its_rows_or_its_time_and_gets_on_in_any_case() {
        let count = |ticks| {
            let mut budget = Pace::new(ticks).next_step().begin();
            let allowed = (0..).take_while(|_| {
                let is_allowed = budget.allows_another();
                budget.spend(usize::from(is_allowed));
                is_allowed
            });
            (allowed.count(), budget.is_used_up())
        };
        assert_eq!(count(ticking(0)), (AT_FIRST as usize, true));
        assert_eq!(count(ticking(2)), (2, true));
        assert_eq!(count(ticking(60_000)), (1, true));
    }

    #[test]
    fn steps_that_take_long_become_smaller_and_short_ones_larger() {
        let rows = |milliseconds, steps| {
            let pace = Pace::new(ticking(milliseconds));
            (0..steps).for_each(|_| pace.committed(Duration::ZERO + pace.next_step().begin().began()));
            pace.next_step().rows
        };
        assert_eq!((rows(13, 1), rows(13, 50)), (AT_FIRST / 2, FEWEST));
        assert_eq!((rows(5, 1), rows(5, 50)), (AT_FIRST + AT_FIRST / 4, MOST));
        assert_eq!(rows(9, 50), AT_FIRST);
    }
}
