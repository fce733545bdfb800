//! The author's TOML form of a ceiling, and its compiler.
//!
//! ```toml
//! format = 1
//! [[allow]]                           # fields; treat, retention, accounts
//! fields = ["os.*", "package.*"]
//! retention = "90d"                   # no value may live longer
//! [[allow]]
//! fields = ["host.ip"]
//! treat = { truncate = { v4 = 24, v6 = 48 } }   # nothing that reveals more
//! [quiet_hours]                       # times; zone
//! times = ["22:00-06:00", "sat,sun 00:00-24:00"]
//! zone = "Europe/Berlin"
//! [never]
//! accounts = ["alice", "uid:1000", "*svc*"]
//! ```
//!
//! As with a policy, every mistake is reported at once.

use super::collect::read_fields;
use super::diagnostic::{Code, Diagnostic, Diagnostics};
use super::report::{At, Diagnosis};
use super::treat::{Treat, allowed, read_treat, written};
use super::walk::{Node, TableNode};
use super::{read_format, text};
use crate::catalog::{FieldId, FieldSet};
use crate::policy::ceiling::{NeverAccount, QuietHours, QuietTime, Zone};
use crate::policy::{Allowance, CeilingTerms, Treatment};
use crate::time::Span;
use std::collections::{BTreeMap, BTreeSet};
use toml::de::DeTable;

/// Most accounts and patterns of accounts.
const MAX_NEVER: usize = 1000;

/// What an author's file says.
#[derive(Debug, Clone)]
pub struct CompiledCeiling {
    /// The terms.
    pub terms: CeilingTerms,
    /// Findings that do not stop it, in the order of the file.
    pub warnings: Vec<Diagnostic>,
}

/// Compiles an author's file from its bytes. `file` is its name in findings. `zone` finds a time zone by its name, or without one
/// that of the device, and says in a sentence why it cannot.
///
/// # Errors
/// Every error and warning at once, in the order of the file.
pub fn compile_ceiling(
    source: &[u8],
    file: &str,
    zone: &dyn Fn(Option<&str>) -> Result<Zone, String>,
) -> Result<CompiledCeiling, Diagnostics> {
    let source = text(source, file)?;
    let mut report = Diagnosis::new(file, source);
    let (root, broken) = DeTable::parse_recoverable(source);
    for error in &broken {
        report.syntax(error);
    }
    let terms = read(TableNode::root(root.get_ref()), zone, &mut report);
    let clean = !report.has_errors();
    let found = report.finish();
    if clean { Ok(CompiledCeiling { terms, warnings: found }) } else { Err(Diagnostics(found)) }
}

fn read(
    mut root: TableNode<'_>,
    zone: &dyn Fn(Option<&str>) -> Result<Zone, String>,
    report: &mut Diagnosis<'_>,
) -> CeilingTerms {
    read_format(&mut root, report);
    let blocks = root
        .need(
            "allow",
            "the [[allow]] with the fields that may be collected; \"*\" stands for all of them",
            report,
        )
        .and_then(|node| node.list(report))
        .unwrap_or_default();
    let blocks: Vec<Block> = blocks.iter().filter_map(|node| read_block(node, report)).collect();
    // What could not be read was reported, so that nobody takes it for what is left out.
    let quiet_hours = root.take("quiet_hours").and_then(|node| read_quiet_hours(&node, zone, report));
    let never = root.take("never").map(|node| read_never(&node, report)).unwrap_or_default();
    root.finish(report);
    CeilingTerms { allow: join(&blocks, report), quiet_hours, never }
}

/// One `[[allow]]` as far as it could be read.
struct Block {
    fields: BTreeMap<FieldId, At>,
    /// What is written, with its place; `None` where nothing is, which leaves it to the policy.
    treat: Option<(Treat, At)>,
    retention: Option<(Span, At)>,
    accounts: Option<(bool, At)>,
}

fn read_block(node: &Node<'_>, report: &mut Diagnosis<'_>) -> Option<Block> {
    let mut table = node.table(report)?;
    let fields = table.need("fields", "which fields the block is about", report);
    let (fields, wildcards) = fields.map(|node| read_fields(&node, report)).unwrap_or_default();
    let treat = table.take("treat").and_then(|node| Some((read_treat(&node, report)?, node.at)));
    let retention = table.take("retention").and_then(|node| Some((node.span(report)?, node.at)));
    let accounts = table.take("accounts").and_then(|node| Some((node.boolean(report)?, node.at)));
    table.finish(report);
    let block = Block { fields, treat, retention, accounts };
    if wildcards.is_empty() {
        block.warn_of_accounts_not_named(report);
    }
    Some(block)
}

impl Block {
    /// A field that has rows about accounts alone, named where these may not be read.
    fn warn_of_accounts_not_named(&self, report: &mut Diagnosis<'_>) {
        let drops = matches!(self.treat, Some((Treat::Drop, _)));
        if drops || self.accounts.is_some() {
            return;
        }
        for (field, at) in &self.fields {
            if field.section().is_about_accounts() && !field.section().takes_accounts() {
                let message = format!(
                    "`{field}` is about accounts alone and stays withheld; allow them with `accounts = true`"
                );
                report.warn(at, Code::AccountsNotNamed, message);
            }
        }
    }

    /// How it allows one of its fields; `None` where the field does not take the treatment, which is reported.
    fn allowance(&self, field: FieldId, report: &mut Diagnosis<'_>) -> Option<Allowance> {
        let treat = match &self.treat {
            Some((Treat::As(treatment), at)) => fitting(field, *treatment, at, report)?,
            Some((Treat::Drop, _)) | None => Treatment::Keep,
        };
        let retention = self.retention.as_ref().map(|(span, _)| *span);
        let accounts = self.accounts.as_ref().is_some_and(|(accounts, _)| *accounts);
        Some(Allowance { treat, retention, accounts })
    }
}

/// The treatment, if the field takes it. That values may be kept as read is no treatment of theirs, so it fits every field.
fn fitting(field: FieldId, treatment: Treatment, at: &At, report: &mut Diagnosis<'_>) -> Option<Treatment> {
    if treatment == Treatment::Keep {
        return Some(treatment);
    }
    let Some(reason) = treatment.unfit_for(field.field()) else { return Some(treatment) };
    let (what, takes) = (written(treatment), allowed(field.field()));
    report.error(
        at,
        Code::TreatmentNotAllowed,
        format!("`{field}` does not take {what}: {reason}; it takes {takes}"),
    );
    None
}

/// The allowances by field. Blocks that name one field must say the same of it; a block that drops it wins.
fn join(blocks: &[Block], report: &mut Diagnosis<'_>) -> BTreeMap<FieldId, Allowance> {
    let drops = |block: &&Block| matches!(block.treat, Some((Treat::Drop, _)));
    let dropped: FieldSet =
        blocks.iter().filter(drops).flat_map(|block| block.fields.keys().copied()).collect();
    let mut joined: BTreeMap<FieldId, (Allowance, &At)> = BTreeMap::new();
    for block in blocks.iter().filter(|block| !drops(block)) {
        for (field, at) in block.fields.iter().filter(|(field, _)| !dropped.contains(**field)) {
            let Some(allowance) = block.allowance(*field, report) else { continue };
            match joined.get(field) {
                Some((earlier, first)) if *earlier != allowance => {
                    let message = format!("allows `{field}` otherwise than {} does", first.path);
                    report.error(at, Code::Conflict, message);
                }
                Some(_) => {}
                None => _ = joined.insert(*field, (allowance, at)),
            }
        }
    }
    joined.into_iter().map(|(field, (allowance, _))| (field, allowance)).collect()
}

fn read_quiet_hours(
    node: &Node<'_>,
    zone: &dyn Fn(Option<&str>) -> Result<Zone, String>,
    report: &mut Diagnosis<'_>,
) -> Option<QuietHours> {
    let mut table = node.table(report)?;
    let times = table
        .need("times", "when it is quiet, as in [\"22:00-06:00\", \"sat,sun 00:00-24:00\"]", report)
        .and_then(|node| {
            let texts = node.texts(report)?;
            let times = texts.iter().filter_map(|(text, at)| {
                let time = QuietTime::parse(text).map_err(|error| format!("`{text}` {error}"));
                time.map_err(|message| report.error(at, Code::BadValue, message)).ok()
            });
            Some((times.collect::<Vec<_>>(), node.at.clone(), texts.len()))
        });
    let zone_node = table.take("zone");
    let at = zone_node.as_ref().map_or_else(|| table.at().clone(), |node| node.at.clone());
    let named = zone_node.as_ref().map(|node| node.text(report));
    let zone = match named {
        Some(None) => None,
        Some(Some(name)) => found_zone(zone(Some(name)), &at, report),
        None => found_zone(zone(None), &at, report),
    };
    table.finish(report);
    let (times, at, written) = times?;
    let zone = zone?;
    if times.len() < written {
        return None;
    }
    QuietHours::new(zone, times).map_err(|error| report.error(&at, Code::BadValue, error.to_string())).ok()
}

fn found_zone(found: Result<Zone, String>, at: &At, report: &mut Diagnosis<'_>) -> Option<Zone> {
    found.map_err(|message| report.error(at, Code::BadValue, message)).ok()
}

fn read_never(node: &Node<'_>, report: &mut Diagnosis<'_>) -> BTreeSet<NeverAccount> {
    let mut never = BTreeSet::new();
    let Some(mut table) = node.table(report) else { return never };
    let accounts = table.need("accounts", "the accounts about which nothing is read", report);
    for (text, at) in accounts.and_then(|node| node.texts(report)).unwrap_or_default() {
        match NeverAccount::parse(text) {
            Ok(account) => _ = never.insert(account),
            Err(error) => report.error(&at, Code::BadValue, format!("`{text}`: {error}")),
        }
        if never.len() > MAX_NEVER {
            report.error(&at, Code::BadValue, format!("are more than {MAX_NEVER} accounts; use patterns"));
            break;
        }
    }
    table.finish(report);
    never
}
