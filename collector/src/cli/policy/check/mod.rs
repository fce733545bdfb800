//! `policy check`: everything that is wrong with a policy file, at once.

use super::source::{NotAPolicy, load};
use crate::admin::policies::GivenPolicy;
use crate::cli::now;
use crate::cli::output::{Format, Output};
use collector_proto::policy::author::{Diagnostic, Severity};
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

/// Checks policy files and reports every mistake with its line and column.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector policy check policy.toml
  candor-collector policy check --format json packaging/policies/*.toml

A line is  file:line:column: error[code]: key: what is wrong; did you mean `name`?

Exit codes: 0 no errors (warnings may be); 1 errors in at least one file; 2 wrong usage.")]
pub(crate) struct Args {
    /// Author's TOML files; a signed policy (JSON) is checked too; `policy verify` verifies its signatures
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Form of the output
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// What was found in one file.
#[derive(Serialize)]
struct Checked {
    file: String,
    ok: bool,
    errors: usize,
    warnings: usize,
    diagnostics: Vec<Diagnostic>,
    /// What is wrong where no line can be named.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<Summary>,
}

/// What the policy is about.
#[derive(Serialize)]
struct Summary {
    group: String,
    version: u64,
    expires: String,
    fields: usize,
    purposes: usize,
    recipients: usize,
    /// Whether it is signed. The signatures are not verified: that takes a root of trust.
    signed: bool,
}

/// Runs the verb.
pub(super) fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let now = now();
    let checked: Vec<Checked> = args.files.iter().map(|file| Checked::of(file, load(file, now))).collect();
    match args.format {
        Format::Json => {
            out.json(&checked)?;
        }
        Format::Text => {
            for one in &checked {
                one.write(out)?;
            }
        }
    }
    let all_good = checked.iter().all(|one| one.ok);
    Ok(if all_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Checked {
    fn of(file: &std::path::Path, loaded: Result<GivenPolicy, NotAPolicy>) -> Self {
        let file = file.display().to_string();
        let (diagnostics, problem, policy) = match loaded {
            Ok(loaded) => {
                let summary = Summary::of(&loaded);
                (loaded.warnings, None, Some(summary))
            }
            Err(NotAPolicy::Author(found)) => (found.into_iter().collect(), None, None),
            Err(NotAPolicy::Other(error)) => (Vec::new(), Some(format!("{error:#}")), None),
        };
        let count = |severity| diagnostics.iter().filter(|one| one.severity == severity).count();
        let errors = count(Severity::Error) + usize::from(problem.is_some());
        let warnings = count(Severity::Warning);
        Self { file, ok: policy.is_some(), errors, warnings, diagnostics, problem, policy }
    }

    fn write(&self, out: &mut Output<'_>) -> std::io::Result<()> {
        for one in &self.diagnostics {
            out.lines(&one.to_string())?;
        }
        if let Some(problem) = &self.problem {
            out.lines(&format!("{}: error: {problem}", self.file))?;
        }
        let findings = format!("{}, {}", counted(self.errors, "error"), counted(self.warnings, "warning"));
        match &self.policy {
            None => writeln!(out, "{}: {findings}", self.file),
            Some(policy) => writeln!(
                out,
                "{}: good, {findings}; version {} for the group `{}`: {} for {}, until {}{}",
                self.file,
                policy.version,
                policy.group,
                counted(policy.fields, "field"),
                counted(policy.purposes, "purpose"),
                policy.expires,
                if policy.signed { "; `policy verify` verifies its signatures" } else { "" },
            ),
        }
    }
}

impl Summary {
    fn of(loaded: &GivenPolicy) -> Self {
        let document = loaded.policy.document();
        Self {
            group: document.group.clone(),
            version: document.version,
            expires: document.expires.to_string(),
            fields: document.rules.len(),
            purposes: document.purposes.len(),
            recipients: document.recipients.len(),
            signed: loaded.from_envelope,
        }
    }
}

fn counted(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

#[cfg(test)]
mod tests;
