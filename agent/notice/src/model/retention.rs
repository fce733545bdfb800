//! How long values are kept, Art. 13(2)(a) GDPR: at the collector, in this device's own copy, and what remains without values.

use super::kept::Confirmed;
use super::phrasing::Phrasing;
use super::{NoticeError, PurposeNotice};
use crate::locale::{LocaleError, Words, instant};
use collector_proto::limits::{MAX_LEDGER_BYTES, MAX_UNSENT_SECONDS};
use collector_proto::time::{Span, UtcTime};
use serde::Serialize;

/// How long values are kept.
#[derive(Serialize)]
pub(crate) struct RetentionNotice {
    /// How long at most, purpose by purpose.
    pub(crate) purposes: Vec<String>,
    /// What happens then at the collector, what remains there without values, and what else is said without values.
    pub(crate) collector: Vec<String>,
    /// What remains, in numbers and dates; `None` where no policy says how long.
    pub(crate) records: Option<RecordsNotice>,
    /// What was sent so far, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) already_sent: Option<AlreadySent>,
    /// How long this device keeps its own copy.
    pub(crate) device: Vec<String>,
}

/// How long what names no value is kept: reports' heads, receipts and the record of the device.
#[derive(Serialize)]
pub(crate) struct RecordsNotice {
    pub(crate) span: Span,
    /// Until when, if a report leaves now.
    pub(crate) if_sent_now: UtcTime,
}

/// What was sent so far.
#[derive(Serialize)]
pub(crate) struct AlreadySent {
    /// The last report that the collector confirmed.
    pub(crate) report: u64,
    pub(crate) received_at: UtcTime,
    /// When the last value of all confirmed reports is deleted.
    pub(crate) values_until: Option<UtcTime>,
    /// When the record of that report is deleted.
    pub(crate) records_until: UtcTime,
    /// The same in words.
    pub(crate) text: Vec<String>,
}

impl Phrasing<'_> {
    pub(super) fn retention(&self, purposes: &[PurposeNotice]) -> Result<RetentionNotice, NoticeError> {
        let words = self.words;
        let mut lines = Vec::new();
        for purpose in purposes {
            let span = purpose.retention_text.as_str();
            let values = [("purpose", purpose.dpv.title.as_str().into()), ("span", span.into())];
            let line = words.text_with("notice-retention-line", &values)?;
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        let span = self.document.records;
        let if_sent_now = self.received.plus_seconds(span.seconds());
        let dated = [("span", words.span(span)?.into()), ("at", instant(if_sent_now).into())];
        Ok(RetentionNotice {
            purposes: lines,
            collector: vec![
                words.text("notice-retention-text")?,
                words.text("notice-records")?,
                words.text("notice-refused")?,
                words.text_with("notice-records-until", &dated)?,
            ],
            records: Some(RecordsNotice { span, if_sent_now }),
            already_sent: already_sent(self.confirmed, words)?,
            device: on_device(Some(span), words)?,
        })
    }
}

/// Where no policy says anything: what was sent before has its dates all the same.
pub(super) fn without_policy(
    confirmed: Option<&Confirmed>,
    words: &Words,
) -> Result<RetentionNotice, LocaleError> {
    Ok(RetentionNotice {
        purposes: Vec::new(),
        collector: Vec::new(),
        records: None,
        already_sent: already_sent(confirmed, words)?,
        device: on_device(None, words)?,
    })
}

fn already_sent(confirmed: Option<&Confirmed>, words: &Words) -> Result<Option<AlreadySent>, LocaleError> {
    let Some(Confirmed { last, last_value_until }) = confirmed else { return Ok(None) };
    let report = [("report", last.entry.into()), ("at", instant(last.received_at).into())];
    let mut text = vec![words.text_with("notice-already-report", &report)?];
    if let Some(until) = last_value_until {
        text.push(words.text_with("notice-already-values", &[("at", instant(*until).into())])?);
    }
    let until = instant(last.records_until);
    text.push(words.text_with("notice-already-record", &[("at", until.into())])?);
    Ok(Some(AlreadySent {
        report: last.entry,
        received_at: last.received_at,
        values_until: *last_value_until,
        records_until: last.records_until,
        text,
    }))
}

/// What this device keeps of its reports, and for how long. `records` is what the policy says of what names no value.
fn on_device(records: Option<Span>, words: &Words) -> Result<Vec<String>, LocaleError> {
    let mut text = vec![
        words.text("notice-ledger")?,
        words.text("notice-ledger-values")?,
        words.text("notice-ledger-places")?,
    ];
    if let Some(records) = records {
        text.push(words.text_with("notice-ledger-records", &[("span", words.span(records)?.into())])?);
    }
    let unsent = words.span(Span::from_seconds(MAX_UNSENT_SECONDS))?;
    text.push(words.text_with("notice-ledger-unsent", &[("span", unsent.into())])?);
    text.push(words.text_with("notice-ledger-size", &[("mib", (MAX_LEDGER_BYTES >> 20).into())])?);
    Ok(text)
}
