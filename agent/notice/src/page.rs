//! The notice as one self-contained page: no scripts, no requests, one style sheet allowed by its hash.

use crate::NoticeError;
use crate::locale::{LocaleError, Words, instant};
use crate::model::{FieldNotice, Notice, SectionNotice, SentContent, Status};
use crate::table::{columns, value_text};
use askama::Template;
use base64::Engine as _;
use collector_proto::catalog::Right;
use collector_proto::digest::Digest;
use collector_proto::time::UtcTime;
use collector_proto::value::{Row, Value};

/// The page's style sheet. The policy in the page's head allows exactly these bytes.
const STYLE: &str = include_str!("../templates/notice.css");

/// Tables of at most that many rows stand open; longer ones are folded, with their number of rows to be seen.
const OPEN_ROWS: usize = 8;

/// Writes the page.
pub(super) fn render(notice: &Notice, words: &Words) -> Result<String, NoticeError> {
    let page = NoticePage { notice, words, style: STYLE, style_hash: style_hash() };
    page.render().map_err(|error| NoticeError::Render(error.into_box()))
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage<'a> {
    notice: &'a Notice,
    words: &'a Words,
    style: &'static str,
    style_hash: String,
}

impl NoticePage<'_> {
    fn t(&self, id: &str) -> Result<String, LocaleError> {
        self.words.text(id)
    }

    fn value(&self, value: &Value) -> Result<String, LocaleError> {
        value_text(value, self.words)
    }

    fn cell(&self, row: &Row, field: &FieldNotice) -> Result<String, LocaleError> {
        row.value(field.id).map_or_else(|| self.t("notice-no-value"), |value| self.value(value))
    }

    /// How many values of the field the table's rows hold.
    fn rows(&self, field: &FieldNotice) -> Result<String, LocaleError> {
        let rows = if let SentContent::InRows(rows) = field.sent { rows } else { 0 };
        self.words.text_with("notice-rows", &[("rows", rows.into())])
    }

    fn all_rows(&self, section: &SectionNotice) -> Result<String, LocaleError> {
        self.words.text_with("notice-all-rows", &[("rows", section.rows.len().into())])
    }

    fn caption(&self, section: &SectionNotice) -> Result<String, LocaleError> {
        self.words.text_with("notice-rows-caption", &[("section", section.title.as_str().into())])
    }

    fn version(&self, policy: &crate::model::PolicyFacts) -> Result<String, LocaleError> {
        let values = [("version", policy.version.into()), ("group", policy.group.as_str().into())];
        self.words.text_with("notice-about-version", &values)
    }

    fn rights_text(&self, contact: &str) -> Result<String, LocaleError> {
        self.words.text_with("notice-rights-text", &[("contact", contact.into())])
    }

    /// Number of the purpose's heading: a policy's own name for it need not be a good fragment.
    fn anchor(&self, purpose: &str) -> usize {
        self.notice.purposes.iter().position(|candidate| candidate.id == purpose).unwrap_or(0)
    }

    fn offers_withdrawal(&self) -> bool {
        self.notice.rights().any(|right| right == Right::Withdrawal)
    }

    fn is_draft(&self) -> bool {
        matches!(self.notice.status, Status::Draft { .. })
    }

    /// What the title says first, where there is no policy.
    fn mark(&self) -> Option<&'static str> {
        match self.notice.status {
            Status::NothingCollected { .. } => Some("notice-status-nothing"),
            Status::NotKnown { .. } => Some("notice-status-not-known"),
            Status::InForce { .. } | Status::AwaitingAcknowledgement { .. } | Status::Draft { .. } => None,
        }
    }

    fn collects(&self) -> bool {
        self.notice.tells_of_a_policy()
    }

    /// The columns of a section's rows.
    fn columns(section: &SectionNotice) -> Vec<&FieldNotice> {
        let sent = || section.fields.iter().filter(|field| field.is_sent());
        let order = columns(sent().map(|field| field.id));
        order.into_iter().filter_map(|id| sent().find(|field| field.id == id)).collect()
    }

    /// Whether a value of the field is sent, for scripts.
    fn state(field: &FieldNotice) -> &'static str {
        match field.sent {
            SentContent::Value(_) | SentContent::InRows(_) => "sent",
            SentContent::Absent(_) => "absent",
            SentContent::LeftOut(_) => "left-out",
        }
    }

    fn stands_open(section: &SectionNotice) -> bool {
        section.rows.len() <= OPEN_ROWS
    }

    fn when(time: &UtcTime) -> String {
        instant(*time)
    }

    /// Whether the text can be a web link: anything but `https:` and `http:` stays plain text.
    fn is_web(address: &str) -> bool {
        ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme))
            && !address.contains(char::is_whitespace)
    }

    /// Whether the text can be a mail link: one address of ordinary characters.
    fn is_mail(address: &str) -> bool {
        let ordinary = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+'))
        };
        address
            .split_once('@')
            .is_some_and(|(user, host)| ordinary(user) && ordinary(host) && host.contains('.'))
    }
}

/// The style sheet's hash as a Content Security Policy names it.
fn style_hash() -> String {
    let digest = Digest::of(STYLE.as_bytes());
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(digest.bytes()))
}
