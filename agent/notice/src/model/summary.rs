//! What stands first: how many kinds of values go to whom, how often and for how long.

use super::phrasing::Phrasing;
use super::{FieldNotice, NoticeError, SentContent, Status, Summary};
use collector_proto::policy::Necessity;
use collector_proto::text::plain;
use std::collections::BTreeSet;

impl Phrasing<'_> {
    pub(super) fn summary(&self, status: &Status, fields: &[&FieldNotice]) -> Result<Summary, NoticeError> {
        let words = self.words;
        let sent: Vec<_> = fields.iter().filter(|field| field.is_sent()).collect();
        let left_out = fields.iter().filter(|field| matches!(field.sent, SentContent::LeftOut(_))).count();
        let organisation = plain(&self.document.controller.name);
        let is_not_yet = matches!(status, Status::Draft { .. } | Status::AwaitingAcknowledgement { .. });
        let id = match (is_not_yet, left_out) {
            (true, 0) => "notice-summary-sent-draft",
            (false, 0) => "notice-summary-sent",
            (true, _) => "notice-summary-sent-draft-at-least",
            (false, _) => "notice-summary-sent-at-least",
        };
        let recipients: BTreeSet<&String> =
            fields.iter().flat_map(|field| &field.uses).flat_map(|usage| &usage.recipients).collect();
        let longest = fields.iter().map(|field| field.kept.span).max();
        let refusable =
            fields.iter().filter(|field| field.necessity.id == Necessity::Optional.name()).count();
        let interval = words.span(self.document.report_every)?;
        Ok(Summary {
            sentence: words.text_with(
                id,
                &[("fields", sent.len().into()), ("organisation", organisation.as_ref().into())],
            )?,
            sent: sent.len(),
            missing: fields.len() - sent.len() - left_out,
            left_out,
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
