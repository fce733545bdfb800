//! What is allowed but that a privacy officer would ask about.

use super::diagnostic::Code;
use super::head::{DeclaredRecipient, Head};
use super::purposes::{DeclaredPurpose, Purposes};
use super::report::{At, Diagnosis};
use super::rules::Planned;
use super::treat::written;
use crate::catalog::{FieldId, LegalBasis, Platform, Sensitivity, TreatmentKind, fields};
use crate::policy::document_terms::is_in_eea;
use crate::policy::{Rule, Transfer, Treatment, carried};
use std::collections::BTreeSet;

/// Bits of an IPv6 address in front of the interface identifier, which may carry a MAC address (RFC 4291 App. A).
const IPV6_NETWORK_BITS: u8 = 64;

/// DPV terms of data that singles out one device or person.
const IDENTIFYING: &[&str] =
    &["UID", "IPAddress", "MACAddress", "Username", "Name", "EmailAddressWork", "TelephoneNumber"];

/// Fields that only rows about accounts have.
const ABOUT_ACCOUNTS_ALONE: &[FieldId] = &[fields::X_BROWSER_EXTENSION, fields::X_PACKAGE_USER];

pub(super) fn lint_rules(planned: &[Planned], purposes: &Purposes, report: &mut Diagnosis<'_>) {
    for Planned { rule, at } in planned {
        lint_plain_identifier(rule.field, rule.treat, at, report);
        lint_presence_or_place(rule.field, rule.treat, at, report);
        lint_source(rule.field, at, report);
        lint_accounts(rule, purposes, at, report);
        if rule.field.field().sensitivity == Sensitivity::High {
            let by_interest = rule.purposes.iter().find(|name| {
                purposes.get(*name).and_then(|p| p.legal_basis) == Some(LegalBasis::LegitimateInterest)
            });
            if let Some(name) = by_interest {
                let message = format!(
                    "`{}` describes a person, and `{name}` rests on legitimate interest: weigh it against the person's \
                     interests (Art. 6(1)(f) GDPR) and write the result down, or ask for consent",
                    rule.field
                );
                report.warn(at, Code::SensitiveInterest, message);
            }
        }
    }
    lint_texts(planned, report);
    lint_mac_in_ipv6(planned, report);
}

/// A person's name in a computer's name has no form that a device could recognise it by, and what is not collected is not known there.
fn lint_texts(planned: &[Planned], report: &mut Diagnosis<'_>) {
    let is_collected = |field| planned.iter().any(|planned| planned.rule.field == field);
    for Planned { rule, at } in planned {
        let field = rule.field;
        // Names of what a machine has are words of their makers; what people have, they may have named.
        let is_written_by_people = !field.section().takes_accounts() || rule.accounts;
        let shown = carried::unrecognised(field, is_collected);
        // Of an identifier that is sent as read something is said already.
        let is_said = is_plain_identifier(field, rule.treat) && field.field().allows(TreatmentKind::Hmac);
        if shown.is_empty()
            || is_said
            || !is_written_by_people
            || !carried::is_readable(field.field(), rule.treat)
        {
            continue;
        }
        let shown: Vec<String> = shown.iter().map(|field| format!("`{field}`")).collect();
        let advice = if field.field().allows(TreatmentKind::Hmac) {
            "collect it as { hmac = \"tenant\" }"
        } else if field.field().allows(TreatmentKind::Generalise) {
            "collect it as { generalise = … }"
        } else {
            "leave it out"
        };
        let message = format!(
            "texts of `{field}` can show {}, not collected here: devices cut out what has the form of an address or number, and recognise \
             nothing else; {advice}, or say so in the purpose's text",
            shown.join(", ")
        );
        report.warn(at, Code::ShowsOther, message);
    }
}

fn is_plain_identifier(field: FieldId, treat: Treatment) -> bool {
    treat == Treatment::Keep && field.field().dpv.iter().any(|term| IDENTIFYING.contains(term))
}

fn lint_plain_identifier(field: FieldId, treat: Treatment, at: &At, report: &mut Diagnosis<'_>) {
    let declared = field.field();
    if !is_plain_identifier(field, treat) {
        return;
    }
    let advice = if field == fields::HOST_IP {
        "treat = { truncate = { v4 = 24, v6 = 48 } }"
    } else if declared.allows(TreatmentKind::Hmac) {
        "treat = { hmac = \"tenant\" }, or \"device\" when it is enough to know whether the value changed"
    } else {
        return;
    };
    let message = format!("`{field}` is sent as read and identifies a device or a person; consider {advice}");
    report.warn(at, Code::PlainIdentifier, message);
}

/// Each value alone may be harmless; one a day is a diary.
fn lint_presence_or_place(field: FieldId, treat: Treatment, at: &At, report: &mut Diagnosis<'_>) {
    let coarser: Vec<String> = treat.coarser_for(field.field()).into_iter().map(written).collect();
    let Some(shows) = field.field().shows.filter(|_| !coarser.is_empty()) else { return };
    let message = format!(
        "values of `{field}`, one after the other, show {}; it is sent {}, though at most once a day; consider treat = {}",
        shows.words(),
        treat.words(),
        coarser.join(" or ")
    );
    report.warn(at, Code::PresenceOrPlace, message);
}

fn lint_source(field: FieldId, at: &At, report: &mut Diagnosis<'_>) {
    let sourced = Platform::ALL.iter().any(|platform| !field.field().source(*platform).touches.is_empty());
    if !sourced {
        report.warn(
            at,
            Code::NoSource,
            format!("no operating system has a source for `{field}`: it is never read"),
        );
    }
}

/// Rows about accounts say what a person installed for nobody else.
fn lint_accounts(rule: &Rule, purposes: &Purposes, at: &At, report: &mut Diagnosis<'_>) {
    let field = rule.field;
    if !rule.accounts {
        if ABOUT_ACCOUNTS_ALONE.contains(&field) {
            let message = format!(
                "`{field}` stands in rows about accounts alone, and without `accounts = true` these are not read"
            );
            report.warn(at, Code::AccountsNotNamed, message);
        }
        return;
    }
    let basis = |name: &String| purposes.get(name).and_then(|purpose| purpose.legal_basis);
    if let Some(name) = rule.purposes.iter().find(|name| basis(name) != Some(LegalBasis::Consent)) {
        let message = format!(
            "`{field}` is collected from the directories of persons, and `{name}` does not rest on consent: what people \
             install for themselves is theirs; ask them"
        );
        report.warn(at, Code::AccountsWithoutConsent, message);
    }
}

fn lint_mac_in_ipv6(planned: &[Planned], report: &mut Diagnosis<'_>) {
    let rule_of = |field| planned.iter().find(|planned| planned.rule.field == field);
    let Some(ip) = rule_of(fields::HOST_IP) else { return };
    let shows_interface = match ip.rule.treat {
        // A keyed hash can be searched: makers have been assigned few of the possible addresses.
        Treatment::Keep | Treatment::Hmac(_) => true,
        Treatment::TruncateIp { v6, .. } => v6 > IPV6_NETWORK_BITS,
        Treatment::TruncateText { .. } | Treatment::Generalise(_) => false,
    };
    let mac = rule_of(fields::HOST_MAC).map(|planned| planned.rule.treat);
    if !shows_interface || mac == Some(Treatment::Keep) {
        return;
    }
    let mac_is = if mac.is_some() { "only treated" } else { "not collected" };
    let message = format!(
        "an IPv6 address of more than {IPV6_NETWORK_BITS} bits can carry the MAC address (EUI-64), which is {mac_is}; \
         devices leave such addresses out, which a prefix of v6 = {IPV6_NETWORK_BITS} or shorter avoids"
    );
    report.warn(&ip.at, Code::MacInIpv6, message);
}

/// Records say what was stored, so they are kept for as long as something of it is.
pub(super) fn check_records(head: &Head, purposes: &Purposes, report: &mut Diagnosis<'_>) {
    let Some((records, at)) = &head.records else { return };
    let kept = |declared: &DeclaredPurpose| declared.purpose.as_ref().map(|purpose| purpose.retention);
    let longest = purposes.iter().filter_map(|(name, declared)| Some((kept(declared)?, name))).max();
    if let Some((longest, name)) = longest
        && *records < longest
    {
        let message = format!(
            "is shorter than the retention of `{name}`, {longest}: records are kept at least as long as any value"
        );
        report.error(at, Code::BadValue, message);
    }
}

pub(super) fn lint_unused(
    planned: &[Planned],
    purposes: &Purposes,
    recipients: &[DeclaredRecipient],
    end: &At,
    report: &mut Diagnosis<'_>,
) {
    if planned.is_empty() {
        report.warn(end, Code::CollectsNothing, "the policy collects nothing");
    }
    let used: BTreeSet<&String> = planned.iter().flat_map(|planned| &planned.rule.purposes).collect();
    for (name, declared) in purposes.iter().filter(|(name, _)| !used.contains(name)) {
        report.warn(
            &declared.at,
            Code::UnusedPurpose,
            format!("nothing is collected for the purpose `{name}`"),
        );
    }
    for recipient in recipients {
        if !purposes.values().any(|purpose| purpose.recipients.contains(&recipient.id)) {
            let message = format!("no purpose names the recipient `{}`", recipient.id);
            report.warn(&recipient.at, Code::UnusedRecipient, message);
        }
    }
}

/// Recipients in third countries and transfers must match, where people are in the Economic Area.
pub(super) fn lint_transfers(
    recipients: &[DeclaredRecipient],
    transfers: &[(Transfer, At)],
    jurisdictions: &[String],
    report: &mut Diagnosis<'_>,
) {
    let comes_to = |declared: &DeclaredRecipient, country: &str| {
        declared.recipient.as_ref().is_some_and(|recipient| recipient.countries().contains(&country))
    };
    for (transfer, at) in transfers {
        if !recipients.iter().any(|declared| comes_to(declared, &transfer.country)) {
            report.warn(at, Code::UnusedTransfer, format!("no recipient is in {}", transfer.country));
        }
    }
    let under_gdpr = jurisdictions.is_empty() || jurisdictions.iter().any(|place| is_in_eea(place));
    if !under_gdpr {
        return;
    }
    for declared in recipients {
        let Some(recipient) = &declared.recipient else { continue };
        let declares = |country: &str| transfers.iter().any(|(transfer, _)| transfer.country == country);
        let outside = |country: &&str| !is_in_eea(country) && !declares(country);
        if let Some(country) = recipient.countries().into_iter().find(outside) {
            let does = if country == recipient.country { "is" } else { "stores" };
            let message = format!(
                "`{}` {does} in {country}, outside the European Economic Area, and no [[transfers]] entry names the safeguard",
                declared.id
            );
            report.error(&declared.at, Code::TransferMissing, message);
        }
    }
}
