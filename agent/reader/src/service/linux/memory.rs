//! What each account was last shown of the machine, so that one that looks in a loop has the machine read once a minute.

use super::super::REMEMBERED;
use crate::host::AccountId;
use collector_proto::digest::Digest;
use std::sync::Arc;
use std::time::Instant;

/// Most bytes of answers that are remembered: two of the largest, or those of hundreds of accounts.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// Answers, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Memory {
    kept: Vec<Kept>,
}

struct Kept {
    account: AccountId,
    asked: Asked,
    answer: Arc<[u8]>,
    until: Instant,
}

/// What an answer follows from, beside the machine. After any change, such as a new policy or another ceiling, an answer is not
/// repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// The question, byte for byte.
    pub(super) question: Vec<u8>,
    /// What the reader's state said.
    pub(super) state: Digest,
}

/// Without the answer, which holds values.
impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes for {}", self.answer.len(), self.account)
    }
}

impl Memory {
    /// What the account was last answered to the same question in the same state.
    pub(super) fn find(&mut self, account: &AccountId, asked: &Asked, now: Instant) -> Option<Arc<[u8]>> {
        self.forget(now);
        let kept = self.kept.iter().find(|kept| kept.account == *account && kept.asked == *asked)?;
        Some(Arc::clone(&kept.answer))
    }

    /// Remembers an answer in place of the account's earlier one.
    pub(super) fn keep(&mut self, account: AccountId, asked: Asked, answer: Arc<[u8]>, now: Instant) {
        self.forget(now);
        self.kept.retain(|kept| kept.account != account);
        self.kept.push(Kept { account, asked, answer, until: now + REMEMBERED });
        while self.bytes() > MAX_BYTES {
            self.kept.remove(0);
        }
    }

    fn forget(&mut self, now: Instant) {
        self.kept.retain(|kept| now < kept.until);
    }

    fn bytes(&self) -> usize {
        self.kept.iter().map(|kept| kept.answer.len() + kept.asked.question.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn asked(state: &str) -> Asked {
        Asked { question: b"preview".to_vec(), state: Digest::of(state.as_bytes()) }
    }

    fn answer(bytes: usize) -> Arc<[u8]> {
        vec![b'x'; bytes].into()
    }

    #[test]
    fn an_answer_is_repeated_to_its_account_for_a_minute_and_while_nothing_changes() {
        let (mut memory, now) = (Memory::default(), Instant::now());
        let (alice, bob) = (AccountId::Uid(1000), AccountId::Uid(1001));
        memory.keep(alice.clone(), asked("policy 1"), answer(3), now);
        let late = now + REMEMBERED.saturating_sub(Duration::from_millis(1));
        assert!(memory.find(&alice, &asked("policy 1"), late).is_some());
        assert!(memory.find(&bob, &asked("policy 1"), now).is_none());
        assert!(memory.find(&alice, &asked("policy 2"), now).is_none());
        let other = Asked { question: b"another".to_vec(), ..asked("policy 1") };
        assert!(memory.find(&alice, &other, now).is_none());
        assert!(memory.find(&alice, &asked("policy 1"), now + REMEMBERED).is_none());
        assert_eq!(memory.bytes(), 0);
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_goes_first() {
        let (mut memory, now) = (Memory::default(), Instant::now());
        for account in 0..10 {
            memory.keep(AccountId::Uid(account), asked("policy"), answer(MAX_BYTES / 4), now);
            assert!(memory.bytes() <= MAX_BYTES);
        }
        assert!(memory.find(&AccountId::Uid(0), &asked("policy"), now).is_none());
        assert!(memory.find(&AccountId::Uid(9), &asked("policy"), now).is_some());
        assert!(!format!("{memory:?}").contains("120"), "a value of the answer");
    }
}
