//! `candor policy history`.

use super::ListArgs;
use crate::cli::{Context, Failure, Format, words};
use crate::identity;
use crate::ledger::Ledger;
use candor_notice::locale::instant;
use collector_proto::policy::PolicyRef;
use collector_proto::time::UtcTime;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// One policy version that reports were made under.
#[derive(Serialize)]
struct Version {
    policy: PolicyRef,
    reports: u64,
    first_report: UtcTime,
    last_report: UtcTime,
    /// When its notice was first acknowledged.
    acknowledged: Option<UtcTime>,
}

/// Lists the versions that reports were made under.
pub(super) fn run(args: &ListArgs, context: &Context) -> Result<(), Failure> {
    let versions = versions(context)?;
    if args.format == Format::Json {
        return context.print_json(&versions);
    }
    let words = words::load(args.lang.as_deref())?;
    if versions.is_empty() {
        return context.print(&(words.text("notice-history-none")? + "\n"));
    }
    let mut text = String::new();
    for version in versions {
        let values = [
            ("version", version.policy.version.into()),
            ("reports", version.reports.into()),
            ("first", instant(version.first_report).into()),
            ("last", instant(version.last_report).into()),
        ];
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", words.text_with("notice-history-line", &values)?);
        let _ = writeln!(text, "  {}: {}", words.text("notice-about-digest")?, version.policy.sha256);
        if let Some(at) = version.acknowledged {
            let told = words.text_with("notice-history-acknowledged", &[("at", instant(at).into())])?;
            let _ = writeln!(text, "  {told}");
        }
    }
    context.print(&text)
}

/// The versions that the kept reports name, in the order of version and digest.
fn versions(context: &Context) -> Result<Vec<Version>, Failure> {
    // An enrolled device has both; on any other there is no history either.
    context.enrolment()?;
    let key = identity::load_key(&context.paths)?;
    let ledger = Ledger::view(&context.paths.ledger(), key.public())?;
    let documents = context.documents()?;
    let acknowledged = context.reader(None).status(&documents)?.acknowledgements;
    let mut versions: BTreeMap<(u64, collector_proto::digest::Digest), Version> = BTreeMap::new();
    for (entry, _) in ledger.entries() {
        let recorded = ledger.load(entry)?;
        let report = recorded.report().document();
        let policy = report.policy;
        let version = versions.entry((policy.version, policy.sha256)).or_insert_with(|| Version {
            policy,
            reports: 0,
            first_report: report.created,
            last_report: report.created,
            acknowledged: acknowledged.iter().find(|kept| kept.policy == policy).map(|kept| kept.at),
        });
        version.reports += 1;
        version.first_report = version.first_report.min(report.created);
        version.last_report = version.last_report.max(report.created);
    }
    Ok(versions.into_values().collect())
}
