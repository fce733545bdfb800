//! Disclosure → report → signed report. A draft's disclosure cannot come here.

use crate::identity::Enrolment;
use crate::ledger::baseline::Rows;
use crate::ledger::{Kept, LedgerError, Position};
use crate::reader_client::Disclosed;
use collector_proto::difference;
use collector_proto::envelope::SigningKey;
use collector_proto::messages::Report;
use collector_proto::policy::{Signed, Version1};
use collector_proto::time::UtcTime;

/// A report that is written but not signed. Made from a signed policy's disclosure and nothing else.
#[derive(Debug)]
pub struct Composed {
    report: Report,
}

/// A signed report that the ledger does not hold yet. It cannot be sent; the ledger turns it into one that can.
#[derive(Debug)]
pub struct Sealed {
    report: Kept<Report>,
}

/// Writes a report of what was disclosed, as a difference from the baseline where there is one.
pub fn compose(
    disclosed: &Disclosed<Signed>,
    enrolment: &Enrolment,
    position: Position,
    baseline: Option<&Rows>,
    now: UtcTime,
) -> Composed {
    let disclosure = disclosed.disclosure();
    Composed {
        report: Report {
            v: Version1,
            aud: enrolment.collector.id.clone(),
            device_id: enrolment.device_id,
            stream: position.stream,
            seq: position.seq,
            prev: position.prev,
            created: now.to_minute(),
            policy: disclosed.permit().policy(),
            sections: difference::against(baseline, disclosure.sections()),
            absent: disclosure.absent().clone(),
            failed: disclosure.failed().clone(),
        },
    }
}

impl Composed {
    /// Signs it.
    pub fn seal(self, key: &SigningKey) -> Result<Sealed, LedgerError> {
        Ok(Sealed { report: Kept::seal(self.report, key)? })
    }
}

impl Sealed {
    pub(crate) fn into_kept(self) -> Kept<Report> {
        self.report
    }
}
