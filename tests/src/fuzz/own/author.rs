//! What people write: the author's form of a policy and that of a device's ceiling.

use super::vectors::now;
use super::{Run, Seed, assert_same, text};
use collector_proto::catalog::{FieldSet, Platform};
use collector_proto::contract;
use collector_proto::policy::author::{
    Compiled, Diagnostic, Diagnostics, Severity, compile, compile_bytes, compile_ceiling,
};
use collector_proto::policy::ceiling::Zone;
use collector_proto::policy::diff::{diff, widens};
use collector_proto::policy::explain::explain_all;
use collector_proto::policy::{Ceiling, Consent, Draft, Permit, Policy, PolicyDocument};

const FILE: &str = "policy.toml";

/// A file with findings has no more of them than this for each of its bytes, or they would cost more than the file.
const MOST_FINDINGS_FOR_A_BYTE: usize = 2;

pub(super) fn prepare_policy() -> Run {
    let starter = compile(&starter("full"), FILE, now()).expect("the starter policy").policy;
    Box::new(move |input| {
        let compiled = compile_bytes(input, FILE, now());
        points_into_the_text(input, &compiled);
        match compiled {
            Ok(Compiled { policy, warnings, .. }) => {
                assert!(warnings.iter().all(|found| found.severity == Severity::Warning));
                is_the_policy_that_devices_read(&policy);
                for explained in explain_all(&policy) {
                    assert!(serde_json::to_vec(&explained).is_ok(), "an explanation cannot be written");
                }
                assert!(!widens(&diff(&policy, &policy)), "a policy widens itself");
                let _ = diff(&starter, &policy);
                let consent = Consent::default();
                let permit = Permit::<Draft>::derive(&policy, Platform::Linux, &Ceiling::Unset, &consent);
                assert!(permit.fields().is_subset(&policy.fields()), "more is permitted than is written");
                true
            }
            Err(found) => {
                assert!(found.errors() > 0, "a file without errors is refused");
                false
            }
        }
    })
}

/// The document is written so that a device reads the same policy.
fn is_the_policy_that_devices_read(policy: &Policy) {
    let written = assert_same(policy.document(), "a policy");
    let read: PolicyDocument = contract::read(&written).expect("a device reads what an author wrote");
    assert_eq!(read, *policy.document(), "a device reads another policy");
    let checked = Policy::check(read).and_then(Policy::whole).expect("a device takes what an author wrote");
    assert_eq!(checked.rules().count(), policy.rules().count());
}

/// Findings stand in the order of the file, at places that are in it, one a line.
fn points_into_the_text(source: &[u8], compiled: &Result<Compiled, Diagnostics>) {
    let findings: Vec<&Diagnostic> = match compiled {
        Ok(compiled) => compiled.warnings.iter().collect(),
        Err(found) => found.iter().collect(),
    };
    check_findings(source, &findings);
}

fn check_findings(source: &[u8], findings: &[&Diagnostic]) {
    let lines: Vec<usize> = text(source).split('\n').map(|line| line.chars().count()).collect();
    let mut before = (0, 0);
    for found in findings {
        let here = (found.line, found.column);
        assert!(here >= before, "findings do not stand in the order of the file");
        before = here;
        let length = lines.get(found.line.wrapping_sub(1));
        assert!(
            length.is_some_and(|length| (1..=length + 1).contains(&found.column)),
            "{}:{} is not in the file",
            found.line,
            found.column
        );
        assert_eq!(found.to_string().lines().count(), 1, "a finding has several lines");
    }
    assert!(findings.len() <= MOST_FINDINGS_FOR_A_BYTE * source.len() + 8, "{} findings", findings.len());
}

pub(super) fn prepare_ceiling() -> Run {
    Box::new(|input| {
        let compiled = compile_ceiling(input, "ceiling.toml", &zone);
        match compiled {
            Ok(compiled) => {
                check_findings(input, &compiled.warnings.iter().collect::<Vec<_>>());
                assert_same(&compiled.terms, "the terms of a ceiling");
                let ceiling = Ceiling::Set(compiled.terms);
                assert!(ceiling.is_within(&ceiling, &FieldSet::all()), "a ceiling is above itself");
                assert_same(&ceiling, "a ceiling");
                if let Some(until) = ceiling.quiet_until(now()) {
                    assert!(until > now(), "quiet hours end before they begin");
                }
                true
            }
            Err(found) => {
                check_findings(input, &found.iter().collect::<Vec<_>>());
                assert!(found.errors() > 0, "a file without errors is refused");
                false
            }
        }
    })
}

/// A device in Berlin that knows no other zone.
fn zone(name: Option<&str>) -> Result<Zone, String> {
    match name {
        None | Some("Europe/Berlin") => {
            Zone::new("Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3").map_err(|error| error.to_string())
        }
        Some(name) => Err(format!("`{name}` is not a time zone of this device")),
    }
}

fn starter(name: &str) -> String {
    let file = crate::repository().join("packaging/policies").join(name).with_extension("toml");
    std::fs::read_to_string(file).expect("a starter policy")
}

pub(super) fn policies() -> Vec<Seed> {
    let starters = ["minimal", "inventory", "security", "full"];
    let starters = starters.map(|name| (name.to_owned(), starter(name).into_bytes())).into_iter();
    starters.chain([golden("author/ok_processors", FILE)]).collect()
}

pub(super) fn ceilings() -> Vec<Seed> {
    vec![golden("ceiling/ok_example", "ceiling.toml"), golden("ceiling/ok_drop_wins", "ceiling.toml")]
}

/// A file whose findings are held to golden ones.
fn golden(case: &str, file: &str) -> Seed {
    let path = crate::repository().join("collector-proto/tests").join(case).join(file);
    let name = case.rsplit('/').next().unwrap_or(case);
    (name.to_owned(), std::fs::read(path).expect("a golden case"))
}
