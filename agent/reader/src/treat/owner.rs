//! Whose a row is, and who looks at what was read.

use crate::host::AccountId;
use std::collections::BTreeSet;

/// Whose a row, or a value in it, is.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// It is about the machine, whoever uses it.
    #[default]
    Machine,
    /// It is about these accounts: what lies in their directories, or what the machine keeps about them. None at all where it is
    /// about somebody and nobody can say about whom.
    Accounts(BTreeSet<AccountId>),
}

/// Who looks at what was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// Root, whoever has the reader's own rights, and the report.
    Everyone,
    /// An account of this machine: sees what is about the machine and about itself.
    Account(AccountId),
    /// Nobody in particular, such as whoever opens a page that every process can read: sees what is about the machine and
    /// that every process could look up by itself.
    Nobody,
}

impl Owner {
    /// This account.
    pub fn account(account: AccountId) -> Self {
        Self::Accounts(BTreeSet::from([account]))
    }

    /// Somebody, and nobody can say who.
    pub const fn unknown() -> Self {
        Self::Accounts(BTreeSet::new())
    }

    /// Adds an owner of the same thing. What is the machine's stays the machine's.
    pub fn join(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Machine, _) => {}
            (_, Self::Machine) => *self = Self::Machine,
            (Self::Accounts(accounts), Self::Accounts(others)) => accounts.extend(others.iter().cloned()),
        }
    }

    /// Whether something of one can be part of something of the other: everybody uses what is the machine's. What belongs to
    /// somebody unknown may be part of anything, because nobody but root will see it.
    pub fn shares(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Machine, _) | (_, Self::Machine) => true,
            (Self::Accounts(accounts), Self::Accounts(others)) => {
                others.is_empty() || accounts.is_empty() || !accounts.is_disjoint(others)
            }
        }
    }
}

impl Viewer {
    /// Whether what this owner has is shown.
    pub fn sees(&self, owner: &Owner) -> bool {
        match (self, owner) {
            (Self::Everyone, _) | (_, Owner::Machine) => true,
            (Self::Account(account), Owner::Accounts(accounts)) => accounts.contains(account),
            (Self::Nobody, Owner::Accounts(_)) => false,
        }
    }
}
