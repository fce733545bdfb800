//! What the operating system refuses the program that reads, and what it refused of what may be read, in words.

use crate::locale::{LocaleError, Term, Words};
use collector_proto::catalog::{SandboxLevel, Wording};
use collector_proto::disclosure::{Sandbox, Split};
use collector_proto::messages::{Absence, SourceName};
use std::collections::BTreeMap;

/// The protections that were in force when the values were read, and what the policy demands.
pub(super) fn of(
    sandbox: Sandbox,
    demanded: SandboxLevel,
    words: &Words,
) -> Result<Vec<String>, LocaleError> {
    let level = sandbox.level();
    let mut told = vec![match level {
        SandboxLevel::Full => words.text("notice-sandbox-full")?,
        SandboxLevel::Partial => {
            let parts = parts(sandbox, words)?.join(", ");
            words.text_with("notice-sandbox-partial", &[("parts", parts.into())])?
        }
        SandboxLevel::None => words.text("notice-sandbox-none")?,
    }];
    if sandbox.landlock_abi > 0 {
        told.push(words.text_with("notice-sandbox-abi", &[("abi", sandbox.landlock_abi.into())])?);
    }
    told.push(words.text(match sandbox.split {
        Split::Enforced => "notice-split",
        Split::NotEnforced => "notice-split-none",
    })?);
    if demanded > SandboxLevel::None {
        let name = demanded.name().to_owned();
        told.push(words.text_with("notice-sandbox-required", &[("level", name.into())])?);
    }
    Ok(told)
}

fn parts(sandbox: Sandbox, words: &Words) -> Result<Vec<String>, LocaleError> {
    let parts = [
        (sandbox.files, "notice-sandbox-files"),
        (sandbox.calls, "notice-sandbox-calls"),
        (sandbox.capabilities, "notice-sandbox-capabilities"),
    ];
    parts.into_iter().filter(|(holds, _)| *holds).map(|(_, id)| words.text(id)).collect()
}

/// Sources of a section that could not be read.
pub(super) fn failed_sources(
    failed: Option<&BTreeMap<SourceName, Absence>>,
    words: &Words,
) -> Result<Vec<String>, LocaleError> {
    let sentence = |(source, reason): (&SourceName, &Absence)| {
        let source = Term::of(Wording::Source, source.name(), words)?.title;
        let reason = Term::of(Wording::Absence, reason.name(), words)?.title;
        words.text_with("notice-values-failed", &[("source", source.into()), ("reason", reason.into())])
    };
    failed.into_iter().flatten().map(sentence).collect()
}
