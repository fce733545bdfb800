//! Every entry of the ledger verifies.

use super::{Examination, Finding};
use crate::cli::Failure;
use crate::identity;
use crate::ledger::{Ledger, baseline};

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let Some(enrolment) = &examination.enrolment else {
        return Finding::Skipped("the device is not enrolled");
    };
    let paths = &examination.context.paths;
    let verify = || -> Result<Finding, Failure> {
        let key = identity::load_key(paths)?;
        let keys = enrolment.receipt_keys(paths, &examination.documents())?;
        let confirmed = baseline::confirmed(&paths.baseline());
        // Before the ledger is viewed: an agent at work moves both on.
        let known = examination.context.reader(None).status(&examination.documents())?.ledger;
        let ledger = Ledger::view(&paths.ledger(), key.public())?;
        let found = ledger.verify(&keys, confirmed.as_ref())?;
        if let Some(Err(other)) = known.map(|known| ledger.continues(&known)) {
            return Ok(Finding::Tampered(other.to_string()));
        }
        let text = format!(
            "{} reports and {} receipts verify, {} to be sent",
            found.reports, found.receipts, found.unsent
        );
        Ok(if found.refused == 0 {
            Finding::Good(text)
        } else {
            Finding::Doubtful(format!(
                "{text}; the collector refused {} for good: candor sent list",
                found.refused
            ))
        })
    };
    verify().unwrap_or_else(|failure| Finding::of_failure(&failure))
}
