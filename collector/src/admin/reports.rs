//! Stored reports.

use super::{Actor, Admin, AdminError, Operation, StatedPurpose};
use crate::reverify::Reverified;
use crate::store::{Listed, Page, ReportQuery, ReportSummary, StoreError, StoredPart, StoredReport};
use collector_proto::envelope::Envelope;
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use serde_json::Value;
use uuid::Uuid;

/// Lists reports, of one device or of all.
pub(crate) async fn list(
    admin: &Admin,
    actor: &Actor,
    query: ReportQuery,
    page: Page,
) -> Result<Listed<ReportSummary>, AdminError> {
    Ok(admin.enter(actor, Operation::ListReports)?.reports(query, page).await?)
}

/// A report with its parts and receipt as JSON.
pub(crate) struct ReportValues {
    pub(crate) stored: StoredReport,
    pub(crate) head: Value,
    /// Of each part what it says; `None` where it did not come, or after it was deleted.
    pub(crate) parts: Vec<(StoredPart, Option<Value>)>,
    pub(crate) receipt: Value,
}

/// Shows a report with its receipt.
pub(crate) async fn show(
    admin: &Admin,
    actor: &Actor,
    purpose: &StatedPurpose,
    id: i64,
) -> Result<ReportValues, AdminError> {
    let store = admin.enter(actor, Operation::ShowReport)?;
    let summary = store.report_summary(id).await?.ok_or(AdminError::NoReport(id))?;
    let device = Uuid::parse_str(&summary.device_id).map_err(StoreError::corrupt("report"))?;
    let values = admin.enter_for_values(actor, purpose, Operation::ShowReport, device).await?;
    let mut stored = values.report(id).await?.ok_or(AdminError::NoReport(id))?;
    let head = serde_json::from_slice(&stored.payload).map_err(AdminError::Report)?;
    let of_part = |part: StoredPart| {
        let said = part.payload.as_deref().map(serde_json::from_slice).transpose();
        Ok((part, said.map_err(AdminError::Report)?))
    };
    let parts = std::mem::take(&mut stored.parts);
    let parts = parts.into_iter().map(of_part).collect::<Result<_, AdminError>>()?;
    let receipt = Envelope::parse(&stored.receipt, MAX_DOCUMENT_BYTES)
        .and_then(|envelope| envelope.unverified_payload())
        .map_err(AdminError::ReceiptEnvelope)?;
    let receipt = serde_json::from_slice(&receipt).map_err(AdminError::Receipt)?;
    Ok(ReportValues { stored, head, parts, receipt })
}

/// Verifies again everything that is stored.
pub(crate) async fn verify(admin: &Admin, actor: &Actor) -> Result<Reverified, AdminError> {
    admin.reverify(actor).await
}
