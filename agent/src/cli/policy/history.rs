//! `candor policy history`.

use super::ListArgs;
use crate::cli::subject::not_enrolled;
use crate::cli::{Context, Failure, Format, words};
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

/// The versions that reports were made under, in the order of version and digest: as the kept reports name them, or, for who may
/// not look into the ledger, as far back as the reader's record of readings goes.
fn versions(context: &Context) -> Result<Vec<Version>, Failure> {
    let device = context.device()?.ok_or_else(|| not_enrolled(context))?;
    let reader = context.observer(None);
    let acknowledged = device.status(&reader)?.acknowledgements;
    let mut versions: BTreeMap<(u64, collector_proto::digest::Digest), Version> = BTreeMap::new();
    for (policy, at) in made(context)? {
        let version = versions.entry((policy.version, policy.sha256)).or_insert_with(|| Version {
            policy,
            reports: 0,
            first_report: at,
            last_report: at,
            acknowledged: acknowledged.iter().find(|kept| kept.policy == policy).map(|kept| kept.at),
        });
        version.reports += 1;
        version.first_report = version.first_report.min(at);
        version.last_report = version.last_report.max(at);
    }
    Ok(versions.into_values().collect())
}

/// Under what each report was made, and when.
fn made(context: &Context) -> Result<Vec<(PolicyRef, UtcTime)>, Failure> {
    let Some(ledger) = context.ledger()? else {
        let readings = context.observer(None).readings()?.into_iter();
        let recorded = readings.filter(|reading| reading.entry.is_some());
        return Ok(recorded.filter_map(|reading| Some((reading.policy?, reading.at))).collect());
    };
    let of_entry = |(entry, _)| {
        let recorded = ledger.load(entry)?;
        let report = recorded.report().document();
        Ok((report.policy.base(), report.created))
    };
    ledger.entries().map(of_entry).collect()
}
