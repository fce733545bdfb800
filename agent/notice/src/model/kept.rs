//! Until when a value is kept: as the parts say in which it leaves, or would leave, and not as the purposes alone would allow.

use super::phrasing::Phrasing;
use super::{Facts, NoticeError, SentContent};
use crate::locale::instant;
use collector_proto::catalog::{FieldId, Series};
use collector_proto::disclosure::sent::LastReceipt;
use collector_proto::messages::PartName;
use collector_proto::policy::{Standing, kept};
use collector_proto::time::{Span, UtcTime};
use serde::Serialize;

/// What the collector confirmed so far, by its receipts.
#[derive(Debug, Clone)]
pub struct Confirmed {
    /// The newest receipt.
    pub last: LastReceipt,
    /// When the last value goes of everything that was confirmed, as far back as the ledger reaches.
    pub last_value_until: Option<UtcTime>,
}

/// Until when a value is kept.
#[derive(Serialize)]
pub(crate) struct KeptNotice {
    /// How long after the last report that has it.
    pub(crate) span: Span,
    /// The same in words.
    pub(crate) text: String,
    /// When it is deleted if a report leaves now; `None` where that would not have it.
    pub(crate) if_sent_now: Option<UtcTime>,
    /// When the collector deletes what the last report that it confirmed says of it, where that is known.
    pub(crate) already_sent: Option<UtcTime>,
    /// Whether a newer value takes its place before that.
    pub(crate) replaced: bool,
    /// The dates in words.
    pub(crate) dates: Vec<String>,
}

impl Phrasing<'_> {
    pub(super) fn kept<S: Standing>(
        &self,
        facts: &Facts<'_, S>,
        field: FieldId,
        sent: &SentContent,
    ) -> Result<KeptNotice, NoticeError> {
        let parts: Vec<&PartName> = parts_of(facts, field).collect();
        let longest = parts.iter().map(|part| part.retention).max();
        // A field that is withheld has no place in a permit, and would live as long as its rule says.
        let ruled = || facts.permit.retention(field).or_else(|| kept(facts.policy, field));
        let span = longest.or_else(ruled).ok_or(NoticeError::Differs(field))?;
        let is_latest = |series| series == Series::Latest;
        let replaced = if parts.is_empty() {
            is_latest(facts.permit.series(field))
        } else {
            parts.iter().all(|part| is_latest(part.series))
        };
        let is_there = !matches!(sent, SentContent::Absent(_));
        let if_sent_now = is_there.then(|| self.received.plus_seconds(span.seconds()));
        let last = self.confirmed.map(|confirmed| &confirmed.last).filter(|_| is_there);
        let already_sent = last.and_then(|last| last.values_until.get(&span)).copied();
        let mut dates = Vec::new();
        for (id, date) in [("notice-kept-now", if_sent_now), ("notice-kept-already", already_sent)] {
            if let Some(date) = date {
                dates.push(self.words.text_with(id, &[("at", instant(date).into())])?);
            }
        }
        if replaced {
            dates.push(self.words.text("notice-kept-replaced")?);
        }
        let text = self.words.text_with("notice-kept", &[("span", self.words.span(span)?.into())])?;
        Ok(KeptNotice { span, text, if_sent_now, already_sent, replaced, dates })
    }
}

/// The parts in which values of the field stand.
fn parts_of<'a, S: Standing>(
    facts: &Facts<'a, S>,
    field: FieldId,
) -> impl Iterator<Item = &'a PartName> + use<'a, S> {
    let holds =
        move |rows: &Vec<_>| rows.iter().any(|row: &collector_proto::value::Row| row.value(field).is_some());
    facts
        .disclosure
        .parts()
        .iter()
        .filter(move |(_, sections)| sections.get(&field.section()).is_some_and(holds))
        .map(|(part, _)| part)
}
