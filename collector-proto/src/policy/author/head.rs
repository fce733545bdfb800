//! `[organisation]`, `[policy]`, `[[recipients]]` and `[[transfers]]`: everything but what is collected and why.

use super::countries::{is_country, is_jurisdiction, nearest_country};
use super::diagnostic::Code;
use super::nearest::nearest;
use super::report::{At, Diagnosis};
use super::walk::{Node, TableNode};
use crate::catalog::{RecipientRole, SandboxLevel};
use crate::limits::{MAX_INTEGER, MAX_STALE_SECONDS, MIN_REPORT_EVERY_SECONDS};
use crate::policy::document_terms::TRANSFER_MECHANISMS;
use crate::policy::{Authority, Controller, Declarations, Purpose, Recipient, Transfer};
use crate::time::{Span, UtcTime};
use std::collections::BTreeMap;

/// The group of devices that are in no other.
const DEFAULT_GROUP: &str = "default";

/// Longest id of a group, recipient or purpose: these are typed on command lines and stand in file names.
const MAX_ID_CHARS: usize = 64;

/// How long records are kept where the author does not say: a year and a month, so that somebody who asks what was
/// collected in the last year is answered.
const DEFAULT_RECORDS: Span = Span::from_seconds(400 * 86_400);

/// What `[policy]` says.
pub(super) struct Head {
    pub(super) version: u64,
    pub(super) group: String,
    pub(super) issued: UtcTime,
    pub(super) expires: UtcTime,
    pub(super) notice_from: UtcTime,
    pub(super) effective_from: UtcTime,
    pub(super) max_stale: Span,
    pub(super) notice_period: Span,
    pub(super) require_acknowledgement: bool,
    pub(super) require_sandbox: SandboxLevel,
    pub(super) report_every: Span,
    pub(super) declares: Declarations,
    /// As written, with its place.
    pub(super) records: Option<(Span, At)>,
    pub(super) jurisdictions: Vec<String>,
}

impl Head {
    /// How long records are kept: as written, else a year and a month, or as long as the longest retention.
    pub(super) fn records_for(&self, purposes: &BTreeMap<String, Purpose>) -> Span {
        let default = || {
            let longest = purposes.values().map(|purpose| purpose.retention).max();
            longest.unwrap_or(DEFAULT_RECORDS).max(DEFAULT_RECORDS)
        };
        self.records.as_ref().map_or_else(default, |(span, _)| *span)
    }
}

/// A recipient's id, declared even where the rest of its entry is wrong.
pub(super) struct DeclaredRecipient {
    pub(super) id: String,
    pub(super) at: At,
    pub(super) recipient: Option<Recipient>,
}

pub(super) fn read_organisation(node: &Node<'_>, report: &mut Diagnosis<'_>) -> Option<Controller> {
    let mut table = node.table(report)?;
    let name = table.need("name", "people must know who collects", report).and_then(|n| owned(&n, report));
    let country = table
        .need("country", "where the organisation is, such as \"DE\"", report)
        .and_then(|n| country(&n, report));
    let contact =
        table.need("contact", "people must know whom to ask", report).and_then(|n| owned(&n, report));
    let authority = table
        .need("supervisory_authority", "Art. 13(2)(d) GDPR wants the right to complain named", report)
        .and_then(|n| read_authority(&n, report));
    let representative = optional(table.take("representative"), report);
    let officer_node = table.take("data_protection_officer");
    if officer_node.is_none() {
        let message = "`data_protection_officer` is not given; name one where Art. 37 GDPR or national law asks for one";
        report.warn(table.at(), Code::NoOfficer, message);
    }
    let data_protection_officer = optional(officer_node, report);
    table.finish(report);
    Some(Controller {
        name: name?,
        country: country?,
        contact: contact?,
        representative: representative?,
        data_protection_officer: data_protection_officer?,
        supervisory_authority: authority?,
    })
}

fn read_authority(node: &Node<'_>, report: &mut Diagnosis<'_>) -> Option<Authority> {
    let mut table = node.table(report)?;
    let name = table.need("name", "the authority's name", report).and_then(|n| owned(&n, report));
    let url = table.need("url", "the authority's web address", report).and_then(|n| {
        let url = n.text(report)?;
        if url.starts_with("https://") || url.starts_with("http://") {
            return Some(url.to_owned());
        }
        report.error(&n.at, Code::BadValue, "must start with https://: the notice links to it");
        None
    });
    table.finish(report);
    Some(Authority { name: name?, url: url? })
}

pub(super) fn read_head(node: &Node<'_>, now: UtcTime, report: &mut Diagnosis<'_>) -> Option<Head> {
    let mut table = node.table(report)?;
    let version = table
        .need("version", "it must rise with every change", report)
        .and_then(|n| n.integer(1..=MAX_INTEGER.unsigned_abs(), report));
    let group = match table.take("group") {
        Some(node) => id(&node, report),
        None => Some(DEFAULT_GROUP.to_owned()),
    };
    let issued = instant_or(table.take("issued"), now, report);
    let expires = read_expiry(&mut table, issued.unwrap_or(now), now, report);
    let notice_from = instant_or(table.take("notice_from"), issued.unwrap_or(now), report);
    let effective_node = table.take("effective_from");
    let effective_from = instant_or(effective_node.clone(), notice_from.unwrap_or(now), report);
    if let (Some(node), Some(notice), Some(effective)) = (&effective_node, notice_from, effective_from)
        && effective < notice
    {
        report.error(&node.at, Code::BadValue, "is before `notice_from`: people must be told first");
    }
    let max_stale = table
        .need(
            "max_stale",
            "how long devices collect without hearing from the collector, at most \"7d\"",
            report,
        )
        .and_then(|n| bounded(&n, 1, MAX_STALE_SECONDS, "must be at most 7d", report));
    let notice_period = table
        .need("notice_period", "how long people see a wider policy before it takes effect", report)
        .and_then(|n| n.span(report));
    let require_acknowledgement = table
        .need("require_acknowledgement", "whether people must acknowledge the notice first", report)
        .and_then(|n| n.boolean(report));
    let require_sandbox = match table.take("require_sandbox") {
        Some(node) => read_sandbox(&node, report),
        None => Some(SandboxLevel::None),
    };
    let report_every =
        table.need("report_every", "the time between two reports, such as \"6h\"", report).and_then(|n| {
            bounded(
                &n,
                MIN_REPORT_EVERY_SECONDS,
                u64::MAX,
                "must be at least 5m: shorter would be tracking",
                report,
            )
        });
    let declares = read_declarations(&mut table, report);
    let records = table.take("records").and_then(|n| Some((n.span(report)?, n.at.clone())));
    let jurisdictions = read_jurisdictions(table.take("jurisdictions"), report);
    table.finish(report);
    Some(Head {
        version: version?,
        group: group?,
        issued: issued?,
        expires: expires?,
        notice_from: notice_from?,
        effective_from: effective_from?,
        max_stale: max_stale?,
        notice_period: notice_period?,
        require_acknowledgement: require_acknowledgement?,
        require_sandbox: require_sandbox?,
        report_every: report_every?,
        declares: declares?,
        records,
        jurisdictions: jurisdictions?,
    })
}

fn read_sandbox(node: &Node<'_>, report: &mut Diagnosis<'_>) -> Option<SandboxLevel> {
    let name = node.text(report)?;
    let found = SandboxLevel::parse(name);
    if found.is_none() {
        let near = nearest(name, SandboxLevel::ALL.iter().map(|level| level.name()));
        let message = format!("`{name}` is neither none, partial nor full");
        report.error_near(&node.at, Code::BadValue, message, near);
    }
    found
}

fn read_declarations(table: &mut TableNode<'_>, report: &mut Diagnosis<'_>) -> Option<Declarations> {
    let sold = denied(table, "sold", "people must know whether what is collected is sold", report);
    let why = "people must know whether it is shared for advertising";
    let shared_for_advertising = denied(table, "shared_for_advertising", why, report);
    let why = "Art. 13(2)(f) GDPR wants said whether machines alone decide anything about people";
    let automated_decisions = denied(table, "automated_decisions", why, report);
    Some(Declarations {
        sold: sold?,
        shared_for_advertising: shared_for_advertising?,
        automated_decisions: automated_decisions?,
    })
}

/// What a policy has to deny: it is said by whoever can keep it, and what cannot be denied is nothing that Candor is for.
fn denied(
    table: &mut TableNode<'_>,
    key: &'static str,
    why: &str,
    report: &mut Diagnosis<'_>,
) -> Option<bool> {
    let node = table.need(key, why, report)?;
    let said = node.boolean(report)?;
    if said {
        report.error(&node.at, Code::BadValue, "must be false: Candor is not for that");
    }
    Some(said)
}

/// `expires` or `valid_for`, exactly one of both.
fn read_expiry(
    table: &mut TableNode<'_>,
    issued: UtcTime,
    now: UtcTime,
    report: &mut Diagnosis<'_>,
) -> Option<UtcTime> {
    match (table.take("expires"), table.take("valid_for")) {
        (Some(_), Some(second)) => {
            let message = "is given beside `expires`; give exactly one of both";
            report.error(&second.at, Code::ExclusiveKeys, message);
            None
        }
        (None, None) => {
            let path = format!("{}.expires", table.at().path);
            let at = At { path, offset: table.at().offset };
            let message = "is missing: give `expires = \"<RFC 3339>\"` or `valid_for = \"365d\"`";
            report.error(&at, Code::MissingKey, message);
            None
        }
        (Some(node), None) => {
            let expires = node.instant(report)?;
            if expires > now && expires > issued {
                return Some(expires);
            }
            let message = format!("{expires} has passed: devices would collect nothing under this policy");
            report.error(&node.at, Code::DatePassed, message);
            None
        }
        (None, Some(node)) => Some(issued.plus_seconds(node.span(report)?.seconds())),
    }
}

fn read_jurisdictions(node: Option<Node<'_>>, report: &mut Diagnosis<'_>) -> Option<Vec<String>> {
    let Some(node) = node else { return Some(Vec::new()) };
    let codes = node.texts(report)?;
    for (code, at) in &codes {
        if !is_jurisdiction(code) {
            let message = format!("`{code}` is not an ISO 3166 code such as DE or US-CA");
            report.error_near(at, Code::UnknownCountry, message, nearest_country(code));
        }
    }
    Some(codes.into_iter().map(|(code, _)| code.to_owned()).collect())
}

pub(super) fn read_recipients(node: &Node<'_>, report: &mut Diagnosis<'_>) -> Vec<DeclaredRecipient> {
    let mut declared: Vec<DeclaredRecipient> = Vec::new();
    for item in node.list(report).unwrap_or_default() {
        let Some(mut table) = item.table(report) else { continue };
        let id_node = table.need("id", "purposes name the recipient by it", report);
        let name =
            table.need("name", "the notice names the recipient", report).and_then(|n| owned(&n, report));
        let place = table
            .need("country", "where the recipient is, such as \"DE\"", report)
            .and_then(|n| country(&n, report));
        let stored_in = table
            .need("stored_in", "the country in which what it receives is stored, such as \"DE\"", report)
            .and_then(|n| country(&n, report));
        let role = table
            .need("role", "what it is to the organisation, such as \"processor\"", report)
            .and_then(|n| read_role(&n, report));
        let on_behalf_of = optional(table.take("on_behalf_of"), report);
        table.finish(report);
        let Some(id_node) = id_node else { continue };
        let Some(id) = id(&id_node, report) else { continue };
        if declared.iter().any(|other| other.id == id) {
            report.error(&id_node.at, Code::DuplicateRecipient, format!("`{id}` is declared twice"));
            continue;
        }
        let recipient = (|| {
            Some(Recipient {
                id: id.clone(),
                name: name?,
                role: role?,
                on_behalf_of: on_behalf_of?,
                country: place?,
                stored_in: stored_in?,
            })
        })();
        declared.push(DeclaredRecipient { id, at: id_node.at, recipient });
    }
    check_roles(&declared, report);
    declared
}

fn read_role(node: &Node<'_>, report: &mut Diagnosis<'_>) -> Option<RecipientRole> {
    let name = node.text(report)?;
    let found = RecipientRole::parse(name);
    if found.is_none() {
        let all: Vec<_> = RecipientRole::ALL.iter().map(|role| role.name()).collect();
        let message = format!("`{name}` is not a role; they are {}", all.join(", "));
        report.error_near(&node.at, Code::UnknownTerm, message, nearest(name, all));
    }
    found
}

/// A sub-processor names the processor that it works for, and nobody else names anybody.
fn check_roles(declared: &[DeclaredRecipient], report: &mut Diagnosis<'_>) {
    for DeclaredRecipient { at, recipient, .. } in declared {
        let Some(recipient) = recipient else { continue };
        let message = match (recipient.role, &recipient.on_behalf_of) {
            (RecipientRole::SubProcessor, Some(id)) => {
                let is_it = |other: &&DeclaredRecipient| other.id == *id;
                let role =
                    declared.iter().find(is_it).and_then(|other| other.recipient.as_ref()).map(|r| r.role);
                if role == Some(RecipientRole::Processor) {
                    continue;
                }
                format!("works on behalf of `{id}`, which is not a processor among the [[recipients]]")
            }
            (RecipientRole::SubProcessor, None) => {
                "is a sub-processor; say in `on_behalf_of` which processor it works for".to_owned()
            }
            (_, Some(_)) => "has `on_behalf_of`, which is for sub-processors".to_owned(),
            (_, None) => continue,
        };
        report.error(at, Code::BadValue, message);
    }
}

/// The transfers that could be read, each with the place of its country.
pub(super) fn read_transfers(
    node: &Node<'_>,
    now: UtcTime,
    report: &mut Diagnosis<'_>,
) -> Vec<(Transfer, At)> {
    let mut transfers = Vec::new();
    for item in node.list(report).unwrap_or_default() {
        let Some(mut table) = item.table(report) else { continue };
        let country_node = table.need("country", "where the data goes", report);
        let country = country_node.as_ref().and_then(|n| country(n, report));
        let mechanism = table
            .need("mechanism", "the safeguard of Art. 44 to 49 GDPR, such as \"scc\"", report)
            .and_then(|n| mechanism(&n, report));
        let review = table
            .need("review", "when the safeguard is next examined", report)
            .and_then(|n| review(&n, now, report));
        table.finish(report);
        if let (Some(country), Some(mechanism), Some(review), Some(node)) =
            (country, mechanism, review, country_node)
        {
            transfers.push((Transfer { country, mechanism, review }, node.at));
        }
    }
    transfers
}

fn mechanism(node: &Node<'_>, report: &mut Diagnosis<'_>) -> Option<String> {
    let name = node.text(report)?;
    if TRANSFER_MECHANISMS.contains(&name) {
        return Some(name.to_owned());
    }
    let message = format!("`{name}` is not a safeguard; they are {}", TRANSFER_MECHANISMS.join(", "));
    report.error_near(
        &node.at,
        Code::UnknownTerm,
        message,
        nearest(name, TRANSFER_MECHANISMS.iter().copied()),
    );
    None
}

fn review(node: &Node<'_>, now: UtcTime, report: &mut Diagnosis<'_>) -> Option<UtcTime> {
    let review = node.instant(report)?;
    if review > now {
        return Some(review);
    }
    report.error(
        &node.at,
        Code::DatePassed,
        format!("{review} has passed: examine the safeguard and set the next date"),
    );
    None
}

fn country(node: &Node<'_>, report: &mut Diagnosis<'_>) -> Option<String> {
    let code = node.text(report)?;
    if is_country(code) {
        return Some(code.to_owned());
    }
    let message = format!("`{code}` is not an ISO 3166-1 alpha-2 code such as DE");
    report.error_near(&node.at, Code::UnknownCountry, message, nearest_country(code));
    None
}

/// A short name: lower-case letters, digits, `-` and `_`.
pub(super) fn id(node: &Node<'_>, report: &mut Diagnosis<'_>) -> Option<String> {
    let id = node.text(report)?;
    check_id(id, &node.at, report).then(|| id.to_owned())
}

pub(super) fn check_id(id: &str, at: &At, report: &mut Diagnosis<'_>) -> bool {
    let fits = !id.is_empty()
        && id.len() <= MAX_ID_CHARS
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
    if !fits {
        let message = "must be 1 to 64 lower-case letters, digits, `-` or `_`: it is typed on command lines";
        report.error(at, Code::BadValue, message);
    }
    fits
}

fn owned(node: &Node<'_>, report: &mut Diagnosis<'_>) -> Option<String> {
    node.text(report).map(str::to_owned)
}

/// The outer `None` stands for a finding, the inner one for a key that is left out.
#[expect(clippy::option_option, reason = "the two absences mean different things here, and only here")]
fn optional(node: Option<Node<'_>>, report: &mut Diagnosis<'_>) -> Option<Option<String>> {
    match node {
        Some(node) => owned(&node, report).map(Some),
        None => Some(None),
    }
}

fn instant_or(node: Option<Node<'_>>, default: UtcTime, report: &mut Diagnosis<'_>) -> Option<UtcTime> {
    match node {
        Some(node) => node.instant(report),
        None => Some(default),
    }
}

fn bounded(
    node: &Node<'_>,
    least: u64,
    most: u64,
    message: &str,
    report: &mut Diagnosis<'_>,
) -> Option<Span> {
    let span = node.span(report)?;
    if (least..=most).contains(&span.seconds()) {
        return Some(span);
    }
    report.error(&node.at, Code::BadValue, message);
    None
}
