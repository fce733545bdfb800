//! What stands first: how many kinds of values go to whom, how often and for how long.

use super::phrasing::Phrasing;
use super::{FieldNotice, NoticeError, Status, Summary};
use collector_proto::policy::Necessity;
use collector_proto::text::plain;
use std::collections::BTreeSet;

impl Phrasing<'_> {
    pub(super) fn summary(&self, status: &Status, fields: &[&FieldNotice]) -> Result<Summary, NoticeError> {
        let words = self.words;
        let sent: Vec<_> = fields.iter().filter(|field| field.is_sent()).collect();
        let organisation = plain(&self.document.controller.name);
        let is_not_yet = matches!(status, Status::Draft { .. } | Status::AwaitingAcknowledgement { .. });
        let id = if is_not_yet { "notice-summary-sent-draft" } else { "notice-summary-sent" };
        let recipients: BTreeSet<&String> =
            fields.iter().flat_map(|field| &field.uses).flat_map(|usage| &usage.recipients).collect();
        let longest = fields.iter().flat_map(|field| &field.uses).map(|usage| usage.retention).max();
        let refusable =
            fields.iter().filter(|field| field.necessity.id == Necessity::Optional.name()).count();
        let interval = words.span(self.document.report_every)?;
        Ok(Summary {
            sentence: words.text_with(
                id,
                &[("fields", sent.len().into()), ("organisation", organisation.as_ref().into())],
            )?,
            sent: sent.len(),
            missing: fields.len() - sent.len(),
            recipients: recipients.into_iter().cloned().collect(),
            interval: Some(words.text_with("notice-interval", &[("interval", interval.into())])?),
            retention: longest.map(|span| words.span(span)).transpose()?,
            refusable: Some(words.text_with(
                "notice-of-fields",
                &[("refusable", refusable.into()), ("fields", fields.len().into())],
            )?),
        })
    }
}
