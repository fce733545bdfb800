//! Whether the collector gives documents that this device accepts.

use super::{Examination, Finding};
use crate::cli::refused;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let device = match examination.device() {
        Ok(device) => device,
        Err(finding) => return finding,
    };
    let status = match device.status(&examination.context.observer(None)) {
        Ok(status) => status,
        Err(error) => return Finding::of_failure(&error.into()),
    };
    let Some(documents) = status.refused_documents else {
        return Finding::Bad(status.refused_documents_lost.unwrap_or_default());
    };
    if documents.entries.is_empty() {
        return Finding::Good("none had to be refused".to_owned());
    }
    let mut told: Vec<String> = refused::lines(&documents, examination.context.now());
    if documents.well_since.is_some() {
        let well = refused::well(&documents);
        told.retain(|line| *line != well);
        told.insert(0, well);
        return Finding::Good(told.join("; before that, "));
    }
    Finding::Doubtful(told.join("; "))
}
