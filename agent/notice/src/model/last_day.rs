//! What was read on this device in the last 24 hours: when, for whom, what of, from where, and whether it left.
//!
//! Readings that differ in nothing that matters here are told of together, the newest first. However many there were, the
//! section stays short: `candor readings` has every one of them.

use super::build::Setting;
use crate::locale::{LocaleError, Words, instant};
use collector_proto::catalog::{FieldId, Section, Wording};
use collector_proto::disclosure::{AskedBy, Operation, Reading};
use collector_proto::text::plain;
use collector_proto::time::UtcTime;
use serde::Serialize;
use std::collections::BTreeSet;

/// How far back is told, in seconds.
const DAY: i64 = 24 * 3_600;

/// Most groups of readings that are told of, so that the section fits on the first page.
const MOST_GROUPS: usize = 5;

/// The number by which the kernel knows the administrator.
const ROOT: &str = "0";

/// What is known of the readings on this device.
#[derive(Debug, Clone)]
pub enum Record {
    /// What the reader has on record, oldest first.
    Kept(Vec<Recorded>),
    /// There is no record: the device is not enrolled.
    NotKept,
    /// The reader was not to be asked, or did not say; why.
    Unknown(String),
}

/// A reading, and what happened to what was read.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The reading.
    pub reading: Reading,
    /// Whether what was read left the device.
    pub outcome: Outcome,
}

/// Whether what was read left the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It did not: it was only looked at.
    Stayed,
    /// It was handed over for a report, and none of it is on record.
    NotRecorded,
    /// It went into a report; what happened to that is not known to whoever looks.
    Recorded,
    /// It went into a report that no receipt came back for.
    Unconfirmed,
    /// It went into a report that the collector confirmed.
    Confirmed,
    /// It went into a report that the collector refused.
    Refused,
}

/// For whom a notice is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// The administrator, who is told which account it was.
    Root,
    /// An account, by its number or identifier.
    Account(String),
    /// An account that the operating system does not name.
    Unknown,
    /// Everybody who can open files of this machine: what is told was so when it was written.
    Everybody,
}

/// The readings of the last 24 hours.
#[derive(Serialize)]
pub(crate) struct LastDay {
    /// Whether there is something to tell.
    pub(crate) state: DayState,
    /// Since when.
    pub(crate) since: UtcTime,
    /// What is known, in words.
    pub(crate) text: String,
    /// Why nothing is known, in the program's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) details: Option<String>,
    /// The newest first, those that are alike together.
    pub(crate) readings: Vec<ReadingNotice>,
    /// How many readings are not among them.
    pub(crate) further: usize,
    /// The same in words, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) further_text: Option<String>,
}

/// Whether there is something to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DayState {
    /// There were readings.
    Read,
    /// There were none.
    NothingRead,
    /// There is no record.
    NotKept,
    /// The record could not be asked for.
    Unknown,
}

/// Readings that are alike.
#[derive(Serialize)]
pub(crate) struct ReadingNotice {
    pub(crate) count: usize,
    pub(crate) first: UtcTime,
    pub(crate) last: UtcTime,
    /// The same in words.
    pub(crate) when: String,
    pub(crate) operation: Operation,
    /// What for, in words.
    pub(crate) purpose: String,
    /// Who asked, in words.
    pub(crate) asked_by: String,
    pub(crate) fields: Vec<FieldId>,
    /// How many kinds of values, and of which sections, in words.
    pub(crate) read: String,
    /// The places that were looked at, in all; none where no reading came to its end.
    pub(crate) sources: BTreeSet<String>,
    /// How many, in words.
    pub(crate) looked_at: String,
    pub(crate) outcome: Outcome,
    /// The reports that it went into.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) reports: Vec<u64>,
    /// Whether it left the device, in words.
    pub(crate) left: String,
}

/// Tells of the last day. On a page for everybody it would be another day by the time somebody reads it, and who looked at what
/// is not for everybody to know.
pub(super) fn of(setting: &Setting<'_>) -> Result<Option<LastDay>, LocaleError> {
    if setting.audience == Audience::Everybody { Ok(None) } else { tell(setting).map(Some) }
}

fn tell(setting: &Setting<'_>) -> Result<LastDay, LocaleError> {
    let words = setting.words;
    let since = UtcTime::from_unix(setting.now.unix().saturating_sub(DAY));
    let told = |state, id, details| {
        let text = words.text(id)?;
        Ok(LastDay { state, since, text, details, readings: Vec::new(), further: 0, further_text: None })
    };
    let kept = match &setting.record {
        Record::Kept(kept) => kept,
        Record::NotKept => return told(DayState::NotKept, "notice-day-not-kept", None),
        Record::Unknown(why) => {
            let details = Some(plain(why).into_owned());
            return told(DayState::Unknown, "notice-day-unknown", details);
        }
    };
    let telling = Telling { words, audience: &setting.audience };
    let groups = telling.groups(kept.iter().filter(|recorded| recorded.reading.at > since))?;
    if groups.is_empty() {
        return told(DayState::NothingRead, "notice-day-nothing", None);
    }
    let (shown, rest) = groups.split_at(groups.len().min(MOST_GROUPS));
    let further: usize = rest.iter().map(|group| group.all.len()).sum();
    let further_text = (further > 0)
        .then(|| words.text_with("notice-day-further", &[("readings", further.into())]))
        .transpose()?;
    let readings = shown.iter().map(|group| telling.group(group)).collect::<Result<_, _>>()?;
    Ok(LastDay { readings, further, further_text, ..told(DayState::Read, "notice-day-text", None)? })
}

/// Readings that are alike.
struct Group<'a> {
    /// Who asked, in words: those whom the viewer is not told apart are one.
    asked_by: String,
    newest: &'a Recorded,
    /// The newest first.
    all: Vec<&'a Recorded>,
}

fn are_alike(one: &Recorded, other: &Recorded) -> bool {
    let (of_one, of_other) = (&one.reading, &other.reading);
    one.outcome == other.outcome
        && of_one.operation == of_other.operation
        && of_one.sources.is_some() == of_other.sources.is_some()
        && of_one.fields == of_other.fields
}

/// What readings are put into words with.
struct Telling<'a> {
    words: &'a Words,
    audience: &'a Audience,
}

impl Telling<'_> {
    /// The groups, the one with the newest reading first.
    fn groups<'a>(
        &self,
        recorded: impl Iterator<Item = &'a Recorded>,
    ) -> Result<Vec<Group<'a>>, LocaleError> {
        let mut newest_first: Vec<&Recorded> = recorded.collect();
        // Of one second, the later one stands later on record.
        newest_first.sort_by_key(|recorded| recorded.reading.at);
        newest_first.reverse();
        let mut groups: Vec<Group<'_>> = Vec::new();
        for newest in newest_first {
            let asked_by = self.asked_by(&newest.reading.asked_by)?;
            let same = |group: &&mut Group<'_>| group.asked_by == asked_by && are_alike(group.newest, newest);
            match groups.iter_mut().find(same) {
                Some(group) => group.all.push(newest),
                None => groups.push(Group { asked_by, newest, all: vec![newest] }),
            }
        }
        Ok(groups)
    }

    fn group(&self, group: &Group<'_>) -> Result<ReadingNotice, LocaleError> {
        let Recorded { reading, outcome } = group.newest;
        let first = group.all.last().map_or(reading.at, |oldest| oldest.reading.at);
        let all = || group.all.iter().map(|recorded| &recorded.reading);
        let of_all = all().flat_map(|reading| reading.sources.iter().flatten());
        let sources: BTreeSet<String> = of_all.map(|source| plain(source).into_owned()).collect();
        let mut reports: Vec<u64> = all().filter_map(|reading| reading.entry).collect();
        reports.sort_unstable();
        Ok(ReadingNotice {
            count: group.all.len(),
            first,
            last: reading.at,
            when: self.when(group.all.len(), first, reading.at)?,
            operation: reading.operation,
            purpose: self.words.text(purpose(reading.operation))?,
            asked_by: group.asked_by.clone(),
            read: self.read(&reading.fields)?,
            fields: reading.fields.clone(),
            looked_at: match &reading.sources {
                Some(_) => self.words.text_with("notice-day-places", &[("places", sources.len().into())])?,
                None => self.words.text("notice-day-unfinished")?,
            },
            sources,
            outcome: *outcome,
            left: self.left(*outcome, &reports)?,
            reports,
        })
    }

    fn when(&self, count: usize, first: UtcTime, last: UtcTime) -> Result<String, LocaleError> {
        let (first, last) = (instant(first), instant(last));
        if count == 1 {
            return Ok(last);
        }
        if first == last {
            return self
                .words
                .text_with("notice-day-times-at", &[("count", count.into()), ("at", last.into())]);
        }
        let values = [("count", count.into()), ("first", first.into()), ("last", last.into())];
        self.words.text_with("notice-day-times", &values)
    }

    /// Who asked. Accounts are told from each other for the administrator alone.
    fn asked_by(&self, asked_by: &AskedBy) -> Result<String, LocaleError> {
        let account = match asked_by {
            AskedBy::Agent => return self.words.text("notice-day-by-schedule"),
            AskedBy::Starter => return self.words.text("notice-day-by-starter"),
            AskedBy::Unknown => return self.words.text("notice-day-by-unknown"),
            AskedBy::OtherAccount => return self.words.text("notice-day-by-other"),
            AskedBy::Account(account) => account,
        };
        match self.audience {
            _ if account == ROOT => self.words.text("notice-day-by-root"),
            Audience::Account(own) if own == account => self.words.text("notice-day-by-you"),
            Audience::Account(_) => self.words.text("notice-day-by-other"),
            Audience::Unknown | Audience::Everybody => self.words.text("notice-day-by-somebody"),
            Audience::Root => {
                let account = plain(account).into_owned();
                self.words.text_with("notice-day-by-account", &[("account", account.into())])
            }
        }
    }

    fn read(&self, fields: &[FieldId]) -> Result<String, LocaleError> {
        let sections: BTreeSet<Section> = fields.iter().map(|field| field.section()).collect();
        let titles = sections.iter().map(|section| self.words.title(Wording::Section, section.name()));
        let titles = titles.collect::<Result<Vec<_>, _>>()?.join(", ");
        self.words
            .text_with("notice-day-fields", &[("fields", fields.len().into()), ("sections", titles.into())])
    }

    fn left(&self, outcome: Outcome, reports: &[u64]) -> Result<String, LocaleError> {
        let id = match outcome {
            Outcome::Stayed => return self.words.text("notice-day-stayed"),
            Outcome::NotRecorded => return self.words.text("notice-day-not-recorded"),
            Outcome::Recorded => "notice-day-recorded",
            Outcome::Unconfirmed => "notice-day-unconfirmed",
            Outcome::Confirmed => "notice-day-confirmed",
            Outcome::Refused => "notice-day-refused",
        };
        let newest = reports.last().copied().unwrap_or_default();
        self.words.text_with(id, &[("reports", reports.len().into()), ("newest", newest.to_string().into())])
    }
}

const fn purpose(operation: Operation) -> &'static str {
    match operation {
        Operation::Disclose => "notice-day-for-report",
        Operation::Preview => "notice-day-for-preview",
        Operation::PreviewForEverybody => "notice-day-for-everybody",
        Operation::ReadDraft => "notice-day-for-draft",
        _ => "notice-day-for-other",
    }
}
