//! Builds the notice from the very things that are obeyed: policy, permit and disclosure.
//!
//! Where the three do not name the same fields, or an element that the law asks for is missing, there is no notice.

use super::ceiling;
use super::complete::{Incomplete, require_complete};
use super::contacts::{complaint, responsible};
use super::kept::Confirmed;
use super::last_day::{self, Audience, Record};
use super::phrasing::Phrasing;
use super::retention;
use super::rights::rights;
use super::transfers::{self, NoSafeguard};
use super::{
    California, FieldNotice, Notice, PolicyFacts, RecipientNotice, Status, Summary, UnsupportedField,
    enforcement,
};
use crate::locale::{LocaleError, Term, Words, instant};
use collector_proto::catalog::{FieldId, FieldSet, NEVER, Section, Wording, message_id};
use collector_proto::disclosure::{Disclosure, KeptTenantKey, RefusalMessage, Sandbox};
use collector_proto::policy::{
    Announced, Ceiling, Controller, Draft, Permit, Policy, Signed, Standing, Versions,
};
use collector_proto::text::plain;
use collector_proto::time::UtcTime;
use collector_proto::value::Row;
use std::collections::BTreeSet;

/// What a notice is made from.
pub struct Facts<'a, S: Standing> {
    /// The policy.
    pub policy: &'a Policy,
    /// The permit that was derived from it for this device.
    pub permit: &'a Permit<S>,
    /// What was read under the permit.
    pub disclosure: &'a Disclosure<S>,
    /// Sections of which something was read that is not for whoever looks, and stands in no row.
    pub left_out: &'a BTreeSet<Section>,
    /// The device's own limit, as far as whoever looks is told of the accounts in it.
    pub ceiling: &'a Ceiling,
    /// What kept the reader to the permit.
    pub sandbox: Sandbox,
    /// The organisation's key that values were hashed with; none where the device has none.
    pub tenant_key: Option<&'a KeptTenantKey>,
    /// Until when the policy may be used without a fresh timestamp; `None` for a draft.
    pub fresh_until: Option<UtcTime>,
    /// Versions of the policy that are announced beside it, oldest first.
    pub coming: &'a [Announced],
}

/// For whom a notice is made, when and in which language, and what is known of what was read before.
pub struct Setting<'a> {
    /// The language.
    pub words: &'a Words,
    /// The clock.
    pub now: UtcTime,
    /// For whom.
    pub audience: Audience,
    /// The readings on this device.
    pub record: Record,
    /// What the collector confirmed so far, where whoever looks is told of it.
    pub confirmed: Option<Confirmed>,
    /// Where the page lies that everybody on this device can open, if there is one.
    pub page_at: Option<String>,
}

/// Why there is no notice.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// An element that the law asks for is missing.
    #[error("the notice is not complete, so it is not shown")]
    Incomplete(#[from] Incomplete),
    /// A transfer to a third country has no valid safeguard.
    #[error("the notice cannot say how a transfer is safeguarded, so it is not shown")]
    Transfer(#[from] NoSafeguard),
    /// Policy, permit and disclosure differ.
    #[error("policy, permit and values do not name the same fields: `{0}` differs")]
    Differs(FieldId),
    /// The words are missing.
    #[error("the notice has no words for something")]
    Words(#[from] LocaleError),
    /// The page could not be written.
    #[error("the notice could not be rendered")]
    Render(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Notice {
    /// The notice of a signed policy in force.
    pub fn in_force(facts: &Facts<'_, Signed>, setting: &Setting<'_>) -> Result<Self, NoticeError> {
        let version = facts.policy.document().version.into();
        let text = setting.words.text_with("notice-status-in-force-text", &[("version", version)])?;
        build_signed(facts, Status::InForce { text }, setting)
    }

    /// The notice of a signed policy under which nothing is collected until somebody acknowledges this notice.
    pub fn awaiting_acknowledgement(
        facts: &Facts<'_, Signed>,
        setting: &Setting<'_>,
    ) -> Result<Self, NoticeError> {
        let words = setting.words;
        let version = facts.policy.document().version.into();
        let status = Status::AwaitingAcknowledgement {
            text: words.text_with("notice-status-awaiting-text", &[("version", version)])?,
            reason: words.text("notice-refused-not-acknowledged")?,
        };
        build_signed(facts, status, setting)
    }

    /// The notice that a draft would have. What was read on the device on which it is looked at has no place in it.
    pub fn draft(facts: &Facts<'_, Draft>, words: &Words, now: UtcTime) -> Result<Self, NoticeError> {
        let text = words.text("notice-status-draft-text")?;
        build(facts, None, Status::Draft { text }, &Making { words, now, confirmed: None })
    }

    /// The notice of a device on which nothing is collected. `controller` is whoever is known to be responsible.
    pub fn nothing(
        refusal: &RefusalMessage,
        controller: Option<&Controller>,
        setting: &Setting<'_>,
    ) -> Result<Self, NoticeError> {
        let words = setting.words;
        let known = message_id("notice-refused", &refusal.code);
        let reason = words.text(if words.has(&known) { &known } else { "notice-refused-other" })?;
        let status = Status::NothingCollected {
            text: words.text("notice-status-nothing-text")?,
            code: plain(&refusal.code).into_owned(),
            reason,
            details: plain(&refusal.message).into_owned(),
        };
        let summary = words.text("notice-summary-nobody")?;
        without_policy(status, summary, controller, setting)
    }

    /// The notice where it could not be found out whether anything is collected. It claims neither.
    pub fn not_known(details: &str, setting: &Setting<'_>) -> Result<Self, NoticeError> {
        let status = Status::NotKnown {
            text: setting.words.text("notice-status-not-known-text")?,
            details: plain(details).into_owned(),
        };
        let summary = setting.words.text("notice-summary-not-known")?;
        without_policy(status, summary, None, setting)
    }
}

fn without_policy(
    status: Status,
    summary: String,
    controller: Option<&Controller>,
    setting: &Setting<'_>,
) -> Result<Notice, NoticeError> {
    let words = setting.words;
    Ok(Notice {
        v: 1,
        kind: "notice",
        newest: None,
        language: words.language(),
        made: setting.now,
        status,
        policy: None,
        summary: Summary {
            sentence: summary,
            sent: 0,
            missing: 0,
            left_out: 0,
            recipients: Vec::new(),
            interval: None,
            retention: None,
            refusable: None,
        },
        ceiling: Vec::new(),
        responsible: controller.map(|known| responsible(known, words)).transpose()?,
        page: page(setting)?,
        page_at: page_at(setting),
        last_day: last_day::of(setting)?,
        left_out: None,
        can_show: None,
        sections: Vec::new(),
        purposes: Vec::new(),
        recipients: Vec::new(),
        transfers: transfers::none(words)?,
        retention: retention::without_policy(setting.confirmed.as_ref(), words)?,
        // What was collected before may still be held.
        rights: if controller.is_some() { rights(&[], words)? } else { Vec::new() },
        complaint: controller.map(|known| complaint(known, words)).transpose()?,
        obligation: Vec::new(),
        automated_decisions: vec![words.text("notice-automated-text")?],
        changes: Vec::new(),
        tenant_key: None,
        connection: Vec::new(),
        enforcement: Vec::new(),
        unsupported: Vec::new(),
        never: never(words)?,
        california: California {
            sold: false,
            shared: false,
            text: words.text("notice-ccpa-nothing")?,
            categories: Vec::new(),
        },
    })
}

/// Where that page lies, in every other notice.
fn page_at(setting: &Setting<'_>) -> Option<String> {
    let other = setting.audience != Audience::Everybody;
    setting.page_at.as_deref().filter(|_| other).map(|place| plain(place).into_owned())
}

/// What a page for everybody says of itself.
fn page(setting: &Setting<'_>) -> Result<Vec<String>, LocaleError> {
    if setting.audience != Audience::Everybody {
        return Ok(Vec::new());
    }
    let written = instant(setting.now);
    Ok(vec![
        setting.words.text_with("notice-page-written", &[("at", written.into())])?,
        setting.words.text("notice-page-own")?,
    ])
}

fn build_signed(
    facts: &Facts<'_, Signed>,
    status: Status,
    setting: &Setting<'_>,
) -> Result<Notice, NoticeError> {
    let Setting { words, now, confirmed, .. } = setting;
    let making = Making { words, now: *now, confirmed: confirmed.as_ref() };
    let notice = build(facts, Some(facts.permit.versions()), status, &making)?;
    Ok(Notice { page: page(setting)?, page_at: page_at(setting), last_day: last_day::of(setting)?, ..notice })
}

/// What a notice of a policy is made with beside the facts.
struct Making<'a> {
    words: &'a Words,
    now: UtcTime,
    confirmed: Option<&'a Confirmed>,
}

fn build<S: Standing>(
    facts: &Facts<'_, S>,
    versions: Option<&Versions>,
    status: Status,
    making: &Making<'_>,
) -> Result<Notice, NoticeError> {
    same_fields(facts)?;
    let document = facts.policy.document();
    let Making { words, now, confirmed } = *making;
    // Receipts say the minute.
    let phrasing = Phrasing { document, words, received: now.to_minute(), confirmed };
    let sections = phrasing.sections(facts)?;
    let fields: Vec<&FieldNotice> = sections.iter().flat_map(|section| &section.fields).collect();
    let purposes = phrasing.purposes(&fields)?;
    let recipients = phrasing.recipients(&fields)?;
    let notice = Notice {
        v: 1,
        kind: "notice",
        newest: versions.map(Versions::newest),
        language: words.language(),
        made: now,
        summary: phrasing.summary(&status, &fields)?,
        status,
        policy: Some(PolicyFacts {
            version: document.version,
            group: plain(&document.group).into_owned(),
            sha256: versions.map(|versions| versions.sha256),
            issued: document.issued,
            effective_from: document.effective_from,
            expires: document.expires,
            fresh_until: facts.fresh_until,
        }),
        ceiling: ceiling::of(facts, words)?,
        responsible: Some(responsible(&document.controller, words)?),
        page: Vec::new(),
        page_at: None,
        last_day: None,
        left_out: (!facts.left_out.is_empty()).then(|| words.text("notice-left-out")).transpose()?,
        can_show: Some(phrasing.can_show(facts, &fields)?),
        transfers: transfers::of(
            document,
            recipients.iter().flat_map(RecipientNotice::countries),
            words,
            now,
        )?,
        retention: phrasing.retention(&purposes)?,
        rights: rights(&purposes, words)?,
        complaint: Some(complaint(&document.controller, words)?),
        obligation: phrasing.obligation(facts.policy, &purposes)?,
        automated_decisions: vec![
            words.text("notice-automated-text")?,
            phrasing.stated("notice-automated-rules")?,
        ],
        changes: phrasing.changes(facts.policy, facts.coming)?,
        tenant_key: phrasing.tenant_key(facts.permit, facts.tenant_key)?,
        connection: vec![words.text("notice-connection-address")?, words.text("notice-connection-times")?],
        enforcement: enforcement::of(facts.sandbox, document.require_sandbox, words)?,
        unsupported: unsupported(facts.policy, words)?,
        never: never(words)?,
        california: phrasing.california(&fields)?,
        purposes,
        recipients,
        sections,
    };
    require_complete(&notice)?;
    Ok(notice)
}

/// The fields that the policy has rules for, the permit decides on and the disclosure carries must be the same.
fn same_fields<S: Standing>(facts: &Facts<'_, S>) -> Result<(), NoticeError> {
    let not_understood = facts.policy.unsupported().filter_map(|(name, _)| name.field());
    let ruled: FieldSet = facts.policy.fields().iter().chain(not_understood).collect();
    let decided: FieldSet =
        facts.permit.fields().iter().chain(facts.permit.withheld().map(|(field, _)| field)).collect();
    let in_rows = facts.disclosure.sections().values().flatten().flat_map(Row::iter);
    let disclosed: FieldSet =
        in_rows.map(|(field, _)| field).chain(facts.disclosure.absent().keys().copied()).collect();
    for (left, right) in [(&ruled, &decided), (&decided, &disclosed)] {
        let differing = left.difference(right).iter().next().or_else(|| right.difference(left).iter().next());
        if let Some(field) = differing {
            return Err(NoticeError::Differs(field));
        }
    }
    Ok(())
}

fn unsupported(policy: &Policy, words: &Words) -> Result<Vec<UnsupportedField>, LocaleError> {
    let fields = policy.unsupported().map(|(name, _)| {
        let title = name.field().map(|field| words.title(Wording::Field, field.name())).transpose()?;
        Ok(UnsupportedField { name: name.to_string(), title })
    });
    fields.collect()
}

fn never(words: &Words) -> Result<Vec<Term>, LocaleError> {
    NEVER.iter().map(|never| Term::of(Wording::Never, never.name, words)).collect()
}
