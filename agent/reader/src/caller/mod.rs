//! Who asks, and what each caller may ask for.

use crate::host::{self, AccountId, Peer};
use crate::treat::Viewer;
use collector_proto::disclosure::{AskedBy, Operation, Split};

/// Who asks. Other accounts may all ask for the same; what each of them sees of it depends on its [`Viewer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Has the reader's own rights, or is root: may do by itself whatever the reader does for it.
    Equal,
    /// The user that talks to the collector. Whoever takes it over from there must not be able to look around.
    Agent,
    /// Someone else, who gets what the signed policy permits and nothing more.
    Other,
}

impl Caller {
    /// Who starts the reader with pipes has its rights already; across a socket the kernel says who it is. An agent that runs
    /// as the reader's own user has the reader's rights: then nothing keeps the two apart.
    pub(crate) fn of(peer: &Peer, agent: Option<&AccountId>) -> Self {
        let Peer::Account(account) = peer else {
            return if *peer == Peer::Parent { Self::Equal } else { Self::Other };
        };
        if account.is_all_powerful() || host::own_account().as_ref() == Some(account) {
            Self::Equal
        } else if agent == Some(account) {
            Self::Agent
        } else {
            Self::Other
        }
    }

    /// The same for the journal of readings: which account, where the kernel says so.
    pub(crate) fn asked_by(self, peer: &Peer) -> AskedBy {
        match (self, peer) {
            (Self::Agent, _) => AskedBy::Agent,
            (_, Peer::Parent) => AskedBy::Starter,
            (_, Peer::Account(account)) => AskedBy::Account(account.to_string()),
            (_, Peer::Unknown) => AskedBy::Unknown,
        }
    }

    /// Who looks at what is read for it. The agent looks at nothing: what it is given is the report.
    pub(crate) fn viewer(self, peer: &Peer) -> Viewer {
        match (self, peer) {
            (Self::Equal | Self::Agent, _) => Viewer::Everyone,
            (Self::Other, Peer::Account(account)) => Viewer::Account(account.clone()),
            (Self::Other, Peer::Parent | Peer::Unknown) => Viewer::Nobody,
        }
    }

    /// Whether this caller may ask for the operation.
    pub(crate) const fn may(self, operation: Operation) -> bool {
        let row = row(operation);
        match self {
            Self::Equal => row.equal,
            Self::Agent => row.agent,
            Self::Other => row.other,
        }
    }
}

/// Whether the agent is a user whose rights are not the reader's.
pub(crate) fn split(agent: Option<&AccountId>) -> Split {
    match (agent, host::own_account()) {
        (Some(agent), Some(own)) if !agent.is_all_powerful() && own != *agent => Split::Enforced,
        _ => Split::NotEnforced,
    }
}

/// One operation's row of the table: a column for each kind of caller.
struct Row {
    equal: bool,
    agent: bool,
    other: bool,
}

const EVERYBODY: Row = Row { equal: true, agent: true, other: true };
const EQUALS: Row = Row { equal: true, agent: false, other: false };
const AGENT: Row = Row { equal: true, agent: true, other: false };
const PEOPLE: Row = Row { equal: true, agent: false, other: true };

/// The table operation × caller. A new operation does not compile before it has its row.
#[expect(clippy::match_same_arms, reason = "each row stands with its own reason")]
const fn row(operation: Operation) -> Row {
    match operation {
        // Whose guesses about values could be tested is decided with what the device trusts. The agent never sees the key.
        Operation::SetTenantKey => EQUALS,
        // What this device trusts is decided by whoever could write the reader's state anyway.
        Operation::PinRoot => EQUALS,
        // An unsigned policy could ask for everything that the reader can read.
        Operation::ReadDraft => EQUALS,
        // What is remembered of it and when it may be asked again belongs to the cycle of reports.
        Operation::Disclose => AGENT,
        // People look at what is permitted to leave; the agent has nothing to look at but what it sends.
        Operation::Preview => PEOPLE,
        // Root writes the page. Whoever else wants to look sees more by looking for themselves.
        Operation::PreviewForEverybody => EQUALS,
        // Nothing of the machine is read.
        Operation::ShowStatus => EVERYBODY,
        // A shared device passes through the hands of people without rights on it: what they say of it is their own
        // statement and widens nothing that may be read, and who takes a device wants to know how it was left. The agent
        // takes part in no hand-over.
        Operation::RecordCustody | Operation::ShowCustody => PEOPLE,
        // What was read and for whom holds no value, so people may know. To the agent it would tell which consents there are.
        Operation::ShowReadings => PEOPLE,
        // The ledger is the agent's.
        Operation::RecordLedger => AGENT,
        // What the collector gave passes through the agent alone.
        Operation::KeepDocuments | Operation::JudgeGiven => AGENT,
        // From then on the time of a widening runs. The agent, which shows nobody anything, could only make it up.
        Operation::RecordShown => EQUALS,
        // What everybody was told, and when.
        Operation::ShowHistory => EVERYBODY,
        // Public by its nature: whom the device trusts and what is signed.
        Operation::ShowDevice => EVERYBODY,
        // What left about a device concerns everybody on it. The agent's user has the ledger itself.
        Operation::ListSent | Operation::ShowSent | Operation::VerifySent | Operation::SummariseSent => {
            PEOPLE
        }
        // What may ever be collected here is for root to say. The agent may neither raise it nor lift it.
        Operation::SetCeiling => EQUALS,
        // It tells people what is never collected from them, and the agent when to be quiet.
        Operation::ShowCeiling => EVERYBODY,
        // Whoever reads the notice may say so. The agent, which nobody reads anything with, could only forge it.
        Operation::Acknowledge => PEOPLE,
    }
}

#[cfg(test)]
mod tests;
