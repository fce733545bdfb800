//! The author's TOML form of a policy, and its compiler.
//!
//! ```toml
//! format = 1
//! [organisation]                      # name, country, contact, supervisory_authority; data_protection_officer, representative
//! [policy]                            # version, expires or valid_for, max_stale, notice_period, report_every,
//!                                     # require_acknowledgement, sold, shared_for_advertising, automated_decisions; require_sandbox, records, group, jurisdictions, issued, notice_from, effective_from
//! [[recipients]]                      # id, name, role, country, stored_in; on_behalf_of
//! [purposes.security]                 # dpv, legal_basis, retention, recipients, text; interests_weighed, free_to_refuse
//! [[transfers]]                       # country, mechanism, review
//! [[collect]]                         # fields, purposes; treat, where, necessity, accounts
//! ```
//!
//! The compiler goes on after every mistake and reports all of them at once, each with its place and the nearest
//! known name. What it accepts has passed the same [`Policy::check`] that readers and collectors apply.

mod ceiling;
mod claims;
mod collect;
mod countries;
mod diagnostic;
mod head;
mod lint;
mod nearest;
mod patterns;
mod purposes;
mod report;
mod rules;
mod treat;
mod walk;
mod wildcard;

pub use ceiling::{CompiledCeiling, compile_ceiling};
pub use diagnostic::{Code, Diagnostic, Diagnostics, Severity};
pub use nearest::{nearest_explained, nearest_field};
pub use wildcard::Wildcard;

use super::{Controller, Policy, PolicyDocument, PolicyKind, Purpose, Recipient, Rule, WrittenRule};
use crate::contract::Version1;
use crate::limits::MAX_DOCUMENT_BYTES;
use crate::time::UtcTime;
use head::{DeclaredRecipient, Head};
use purposes::Purposes;
use report::{At, Diagnosis};
use std::collections::BTreeMap;
use toml::de::DeTable;
use walk::TableNode;

/// Bytes of an envelope that are not its payload: its names and a dozen signatures.
const ENVELOPE_OVERHEAD_BYTES: usize = 4096;

/// A policy that an author's file describes, and what a privacy officer would ask about it.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The checked policy; its document is what is signed.
    pub policy: Policy,
    /// Findings that do not stop it, in the order of the file.
    pub warnings: Vec<Diagnostic>,
    /// The patterns that it was written with, and the fields that each stands for.
    pub wildcards: Vec<Wildcard>,
}

/// Compiles an author's file. `file` is its name in findings; `now` stands for every instant that the file leaves
/// out, and dates before it have passed.
///
/// # Errors
/// Every error and warning at once, in the order of the file.
pub fn compile(source: &str, file: &str, now: UtcTime) -> Result<Compiled, Diagnostics> {
    let mut report = Diagnosis::new(file, source);
    let (root, broken) = DeTable::parse_recoverable(source);
    for error in &broken {
        report.syntax(error);
    }
    let document = read(TableNode::root(root.get_ref()), now, &mut report);
    let policy = document.and_then(|(document, wildcards)| Some((check(document, &mut report)?, wildcards)));
    let clean = !report.has_errors();
    let found = report.finish();
    match policy {
        Some((policy, wildcards)) if clean => Ok(Compiled { policy, warnings: found, wildcards }),
        _ => Err(Diagnostics(found)),
    }
}

/// Compiles an author's file from its bytes.
///
/// # Errors
/// As [`compile`]; the first byte that is not UTF-8, which TOML is written in, is an error with its place.
pub fn compile_bytes(source: &[u8], file: &str, now: UtcTime) -> Result<Compiled, Diagnostics> {
    compile(text(source, file)?, file, now)
}

/// The text of a file, or where its bytes are not text.
fn text<'a>(source: &'a [u8], file: &str) -> Result<&'a str, Diagnostics> {
    std::str::from_utf8(source).map_err(|error| {
        let (valid, rest) = source.split_at(error.valid_up_to());
        // Nothing is left out of the valid part.
        let mut report = Diagnosis::new(file, std::str::from_utf8(valid).unwrap_or_default());
        let byte = rest.first().copied().unwrap_or_default();
        let at = At { path: String::new(), offset: valid.len() };
        let message =
            format!("the byte 0x{byte:02X} is not UTF-8, in which TOML is written; save the file as UTF-8");
        report.error(&at, Code::Syntax, message);
        Diagnostics(report.finish())
    })
}

/// Reads the whole file. `None` when a part is missing or wrong, in which case that was reported.
fn read(
    mut root: TableNode<'_>,
    now: UtcTime,
    report: &mut Diagnosis<'_>,
) -> Option<(PolicyDocument, Vec<Wildcard>)> {
    read_format(&mut root, report);
    let controller = root
        .need("organisation", "the [organisation] that decides what is collected", report)
        .and_then(|node| head::read_organisation(&node, report));
    let head = root
        .need("policy", "the [policy] with its version and dates", report)
        .and_then(|node| head::read_head(&node, now, report));
    let recipients = root
        .need("recipients", "the [[recipients]] of the data", report)
        .map(|node| head::read_recipients(&node, report))
        .unwrap_or_default();
    let transfers =
        root.take("transfers").map(|node| head::read_transfers(&node, now, report)).unwrap_or_default();
    let purposes = root
        .need("purposes", "the [purposes.<name>] that data is collected for", report)
        .map(|node| purposes::read_purposes(&node, &recipients, report))
        .unwrap_or_default();
    let blocks =
        root.take("collect").map(|node| collect::read_blocks(&node, &purposes, report)).unwrap_or_default();
    let end = At { path: "collect".to_owned(), offset: blocks.first().map_or(0, |block| block.at.offset) };
    root.finish(report);

    let planned = rules::plan(&blocks, &purposes, report);
    lint::lint_rules(&planned, &purposes, report);
    // What is missing or unused may only be so because of a mistake elsewhere, and that one is already told.
    if !report.has_errors() {
        if let Some(head) = &head {
            lint::check_records(head, &purposes, report);
        }
        lint::lint_unused(&planned, &purposes, &recipients, &end, report);
        let jurisdictions = head.as_ref().map(|head| head.jurisdictions.clone()).unwrap_or_default();
        lint::lint_transfers(&recipients, &transfers, &jurisdictions, report);
    }

    let rules: Vec<Rule> = planned.into_iter().map(|planned| planned.rule).collect();
    let wildcards = wildcard::expand(&blocks, &rules.iter().map(|rule| rule.field).collect());
    let transfers = transfers.into_iter().map(|(transfer, _)| transfer).collect();
    let document = assemble(controller?, head?, recipients, transfers, purposes, rules)?;
    Some((document, wildcards))
}

fn read_format(root: &mut TableNode<'_>, report: &mut Diagnosis<'_>) {
    let Some(node) = root.need("format", "write `format = 1` first", report) else { return };
    if let Some(format) = node.integer(0..=u64::MAX, report)
        && format != 1
    {
        let message = format!("this program reads format 1, not {format}");
        report.error(&node.at, Code::UnknownFormat, message);
    }
}

fn assemble(
    controller: Controller,
    head: Head,
    recipients: Vec<DeclaredRecipient>,
    transfers: Vec<super::Transfer>,
    purposes: Purposes,
    rules: Vec<Rule>,
) -> Option<PolicyDocument> {
    let recipients: Option<Vec<Recipient>> =
        recipients.into_iter().map(|declared| declared.recipient).collect();
    let purposes: Option<BTreeMap<String, Purpose>> =
        purposes.into_iter().map(|(name, declared)| Some((name, declared.purpose?))).collect();
    let purposes = purposes?;
    let records = head.records_for(&purposes);
    Some(PolicyDocument {
        v: Version1,
        kind: PolicyKind::Policy,
        group: head.group,
        version: head.version,
        issued: head.issued,
        expires: head.expires,
        notice_from: head.notice_from,
        effective_from: head.effective_from,
        max_stale: head.max_stale,
        notice_period: head.notice_period,
        require_acknowledgement: head.require_acknowledgement,
        require_sandbox: head.require_sandbox,
        report_every: head.report_every,
        declares: head.declares,
        records,
        controller,
        jurisdictions: head.jurisdictions,
        recipients: recipients?,
        transfers,
        purposes,
        rules: rules.into_iter().map(WrittenRule::from).collect(),
    })
}

/// The check that every device applies. With no other error in the file its faults are reported as they are; the
/// findings above name the same mistakes with their places.
fn check(document: PolicyDocument, report: &mut Diagnosis<'_>) -> Option<Policy> {
    let nowhere = At { path: String::new(), offset: 0 };
    let payload = serde_json::to_vec(&document).unwrap_or_default().len();
    if payload.div_ceil(3) * 4 + ENVELOPE_OVERHEAD_BYTES > MAX_DOCUMENT_BYTES {
        let message = format!(
            "the signed policy would have more than the {MAX_DOCUMENT_BYTES} bytes that devices accept"
        );
        report.error(&nowhere, Code::TooLarge, message);
    }
    match Policy::check(document).and_then(Policy::whole) {
        Ok(policy) => Some(policy),
        Err(faults) => {
            if !report.has_errors() {
                for fault in faults {
                    let at = At { path: fault.place, offset: 0 };
                    report.error(&at, Code::NotAcceptable, fault.problem);
                }
            }
            None
        }
    }
}
