//! Who asks, and what each caller may ask for.

use crate::host::{self, Peer};
use collector_proto::disclosure::Operation;

/// Who asks. Other accounts are all alike: no operation concerns one person more than another yet, and the one that does takes
/// the account's id from the [`Peer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Has the reader's own rights, or is root: may do by itself whatever the reader does for it.
    Equal,
    /// Someone else, who gets what the signed policy permits and nothing more.
    Other,
}

impl Caller {
    /// Who starts the reader with pipes has its rights already; across a socket the kernel says who it is.
    pub(crate) fn of(peer: &Peer) -> Self {
        match peer {
            Peer::Parent => Self::Equal,
            Peer::Account(account) if account.is_all_powerful() => Self::Equal,
            Peer::Account(account) if host::own_account().as_ref() == Some(account) => Self::Equal,
            Peer::Account(_) | Peer::Unknown => Self::Other,
        }
    }

    /// Whether this caller may ask for the operation.
    pub(crate) const fn may(self, operation: Operation) -> bool {
        let row = row(operation);
        match self {
            Self::Equal => row.equal,
            Self::Other => row.other,
        }
    }
}

/// One operation's row of the table: a column for each kind of caller.
struct Row {
    equal: bool,
    other: bool,
}

const EVERYBODY: Row = Row { equal: true, other: true };
const EQUALS: Row = Row { equal: true, other: false };

/// The table operation × caller. A new operation does not compile before it has its row.
#[expect(clippy::match_same_arms, reason = "each row stands with its own reason")]
const fn row(operation: Operation) -> Row {
    match operation {
        // What this device trusts is decided by whoever could write the reader's state anyway.
        Operation::PinRoot => EQUALS,
        // An unsigned policy could ask for everything that the reader can read.
        Operation::ReadDraft => EQUALS,
        // The signed policy decides what is read, whoever asks; nothing of the answer is hidden from those whom it is about.
        Operation::Disclose | Operation::Preview | Operation::ShowStatus => EVERYBODY,
        // A shared device passes through the hands of people without rights on it: what they say of it is their own
        // statement and widens nothing that may be read, and who takes a device wants to know how it was left.
        Operation::RecordCustody | Operation::ShowCustody => EVERYBODY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::AccountId;

    #[test]
    fn every_caller_may_ask_for_what_the_table_says() {
        let expected = [
            (Operation::PinRoot, [true, false]),
            (Operation::Disclose, [true, true]),
            (Operation::Preview, [true, true]),
            (Operation::ReadDraft, [true, false]),
            (Operation::ShowStatus, [true, true]),
            (Operation::RecordCustody, [true, true]),
            (Operation::ShowCustody, [true, true]),
        ];
        assert_eq!(expected.map(|(operation, _)| operation), Operation::ALL);
        for (operation, allowed) in expected {
            assert_eq!(
                [Caller::Equal, Caller::Other].map(|caller| caller.may(operation)),
                allowed,
                "{operation}"
            );
        }
    }

    #[test]
    fn strangers_across_a_socket_are_told_apart() {
        assert_eq!(Caller::of(&Peer::Parent), Caller::Equal);
        assert_eq!(Caller::of(&Peer::Account(AccountId::Uid(0))), Caller::Equal);
        if let Some(own) = host::own_account() {
            assert_eq!(Caller::of(&Peer::Account(own)), Caller::Equal);
        }
        assert_eq!(Caller::of(&Peer::Account(AccountId::Uid(54_321))), Caller::Other);
        assert_eq!(Caller::of(&Peer::Unknown), Caller::Other);
    }
}
