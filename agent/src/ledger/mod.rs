//! The ledger is the spool: what was sent and what has still to be sent, in one immutable file per entry.
//!
//! ```text
//! ledger/0000000042.report                 the head that was signed and sent, byte for byte (see `entry`)
//! ledger/0000000042-1.part                 the parts that it names, in their order, byte for byte
//! ledger/0000000042.receipt                the collector's receipt, a DSSE envelope
//! ledger/0000000042.refused                or why the collector will never take it, signed by this device
//! ledger/0000000001-0000000007.dropped     entries that no longer fit the bounds, signed by this device
//! ```
//!
//! Entries are numbered from 1 without gaps. An entry that has only its report has still to be sent. Files appear
//! whole or not at all and are never changed. Parts are removed at their date (see `parts`), and the head says which they were;
//! only the bounds remove entries, and then the record of that stays.

pub(crate) mod baseline;
pub(crate) mod bounds;
mod compare;
mod compose;
mod compress;
mod end;
mod entry;
mod error;
mod file_name;
mod notes;
mod parts;
mod verify;
mod view;
mod writer;

pub(crate) use compare::OtherHistory;
pub use compose::{Composed, Position, SignedReport, compose};
pub(crate) use compress::compress;
pub use entry::{Kept, LedgerDocument};
pub use error::{LedgerError, NotRead};
pub(crate) use file_name::any_file;
pub use notes::{Bound, DropRecord, Fate, RefusalNote};
pub(crate) use parts::{PartBytes, part_of};
pub use verify::Findings;
pub use view::Ledger;
pub use writer::LedgerWriter;

use collector_proto::messages::{Receipt, Report};

/// A report that the ledger holds durably. Only the ledger makes one, and nothing else can be sent.
#[derive(Debug, Clone)]
pub struct Recorded {
    number: u64,
    report: Kept<Report>,
}

impl Recorded {
    /// Number of the entry.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The report and its signed bytes.
    pub fn report(&self) -> &Kept<Report> {
        &self.report
    }

    /// The signed bytes as the text that they are: they were parsed as JSON, which is UTF-8.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(self.report.body()).into_owned()
    }
}

/// A report that the collector confirmed.
#[derive(Debug, Clone)]
pub struct Receipted {
    number: u64,
    receipt: Receipt,
}

impl Receipted {
    /// Number of the entry.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The verified receipt.
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
