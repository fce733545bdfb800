//! How much one account may ask, and all together: every number stands here, with its reason.

use super::super::Whom;
use crate::host::AccountId;
use collector_proto::limits::MAX_READER_REQUEST_BYTES;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// What is taken from whoever asks at a socket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowance {
    /// One account.
    account: Limit,
    /// All accounts together.
    all: Limit,
    /// Longest question in bytes.
    pub(super) question_bytes: usize,
    /// How long a question may take to arrive.
    pub(super) question: Duration,
}

impl Allowance {
    pub(super) const fn of(whom: Whom) -> Self {
        match whom {
            Whom::People => PEOPLE,
            Whom::Agent => AGENT,
        }
    }
}

/// No question of people carries more than a hand-over in their words: documents are taken from the agent alone. candor writes it
/// at once.
const PEOPLE: Allowance =
    Allowance { account: ACCOUNT, all: ALL, question_bytes: 16 * 1024, question: Duration::from_secs(5) };

/// The agent's step connects before it confines itself and asks once it has the policy, which may take some minutes on a bad link.
/// A cycle asks four questions; root, who enrols, comes to this socket as well.
const AGENT: Allowance = Allowance {
    account: ACCOUNT,
    all: Limit { open: 8, ..ALL },
    question_bytes: MAX_READER_REQUEST_BYTES,
    question: Duration::from_mins(15),
};

/// How much is answered.
#[derive(Debug, Clone, Copy)]
struct Limit {
    /// Most connections at a time.
    open: usize,
    /// Most questions at once after a rest.
    burst: u32,
    /// From then on one in this time.
    every: Duration,
}

/// One account. A person's longest command asks four questions one after another, and a page that shows everything some twenty;
/// 5 a second is more than anybody types. Four connections are four commands at a time.
const ACCOUNT: Limit = Limit { open: 4, burst: 40, every: Duration::from_millis(200) };

/// All accounts together. A question that reads nothing takes some milliseconds of one processor, so these are below a tenth of
/// it. An account with subordinate ids (subuid(5)) is as many accounts to the kernel: it meets this limit in place of its own.
const ALL: Limit = Limit { open: 32, burst: 400, every: Duration::from_millis(40) };

/// How long an answer may take to be made, the wait for other readings included. A reading takes well below a second; candor
/// waits for a minute.
pub(super) const ANSWER: Duration = Duration::from_secs(45);

/// How long an answer may take to be taken.
pub(super) const TAKE: Duration = Duration::from_secs(10);

/// Who has asked how much.
#[derive(Debug)]
pub(super) struct Limits {
    allowance: Allowance,
    all: Use,
    accounts: HashMap<AccountId, Use>,
}

/// What was asked by one account or by all.
#[derive(Debug, Clone, Copy, Default)]
struct Use {
    open: usize,
    /// When all of its burst may be asked again. It moves on with each question, so that one instant says how much is left.
    rested: Option<Instant>,
}

impl Limits {
    /// Nobody has asked yet.
    pub(super) fn new(allowance: Allowance) -> Self {
        Self { allowance, all: Use::default(), accounts: HashMap::new() }
    }

    /// Lets a connection in, or says in what time the account may ask again.
    pub(super) fn admit(&mut self, account: &AccountId, now: Instant) -> Result<(), Duration> {
        // Forgotten as soon as nothing has to be remembered. What is remembered is bounded by what all may ask.
        self.accounts.retain(|_, used| used.open > 0 || used.rested.is_some_and(|rested| rested > now));
        let own = self.accounts.get(account).copied().unwrap_or_default();
        // Its own limit first: whoever exceeds it takes nothing from the others.
        let own = own.one_more(self.allowance.account, now)?;
        self.all = self.all.one_more(self.allowance.all, now)?;
        self.accounts.insert(account.clone(), own);
        Ok(())
    }

    /// A connection of the account has ended.
    pub(super) fn ended(&mut self, account: &AccountId) {
        self.all.open = self.all.open.saturating_sub(1);
        if let Some(used) = self.accounts.get_mut(account) {
            used.open = used.open.saturating_sub(1);
        }
    }

    /// Whether a connection is open.
    pub(super) fn is_used(&self) -> bool {
        self.all.open > 0
    }
}

impl Use {
    fn one_more(self, limit: Limit, now: Instant) -> Result<Self, Duration> {
        if self.open >= limit.open {
            return Err(limit.every);
        }
        let rested = self.rested.map_or(now, |rested| rested.max(now)) + limit.every;
        let over = (rested - now).saturating_sub(limit.every * limit.burst);
        if over > Duration::ZERO {
            return Err(over);
        }
        Ok(Self { open: self.open + 1, rested: Some(rested) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: AccountId = AccountId::Uid(1000);

    /// Asks and hangs up.
    fn ask(limits: &mut Limits, account: &AccountId, now: Instant) -> bool {
        let admitted = limits.admit(account, now).is_ok();
        if admitted {
            limits.ended(account);
        }
        admitted
    }

    #[test]
    fn an_account_asks_a_burst_and_then_one_in_a_while() {
        let (mut limits, start) = (Limits::new(PEOPLE), Instant::now());
        let asked = (0..1000).filter(|_| ask(&mut limits, &ALICE, start)).count();
        assert_eq!(asked, ACCOUNT.burst as usize);
        assert_eq!(limits.admit(&ALICE, start), Err(ACCOUNT.every));
        assert!(!ask(&mut limits, &ALICE, start + ACCOUNT.every / 2));
        assert!(ask(&mut limits, &ALICE, start + ACCOUNT.every));
        let later = start + ACCOUNT.every * (ACCOUNT.burst + 1);
        assert_eq!((0..1000).filter(|_| ask(&mut limits, &ALICE, later)).count(), ACCOUNT.burst as usize);
    }

    #[test]
    fn who_exceeds_its_limit_takes_nothing_from_others() {
        let (mut limits, now) = (Limits::new(PEOPLE), Instant::now());
        for _ in 0..100_000 {
            ask(&mut limits, &ALICE, now);
        }
        assert!(ask(&mut limits, &AccountId::Uid(1001), now));
    }

    #[test]
    fn open_connections_are_counted_for_each_account_and_in_all() {
        let (mut limits, now) = (Limits::new(PEOPLE), Instant::now());
        for account in 0..u32::try_from(ALL.open / ACCOUNT.open).unwrap() {
            for _ in 0..ACCOUNT.open {
                limits.admit(&AccountId::Uid(account), now).unwrap();
            }
            assert!(limits.admit(&AccountId::Uid(account), now).is_err());
        }
        let late = AccountId::Uid(70_000);
        assert!(limits.admit(&late, now).is_err());
        limits.ended(&AccountId::Uid(0));
        limits.admit(&late, now).unwrap();
    }

    #[test]
    fn what_need_not_be_remembered_is_forgotten() {
        let (mut limits, start) = (Limits::new(PEOPLE), Instant::now());
        let asked = (0..100_000).filter(|account| ask(&mut limits, &AccountId::Uid(*account), start)).count();
        assert_eq!((asked, limits.accounts.len()), (ALL.burst as usize, ALL.burst as usize));
        ask(&mut limits, &ALICE, start + ALL.every * ALL.burst);
        assert_eq!(limits.accounts.len(), 1);
        assert!(!limits.is_used());
    }
}
