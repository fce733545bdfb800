//! `policy explain`: what a policy means, field by field.

use super::source::{NotAPolicy, load};
use crate::cli::now;
use crate::cli::output::{Format, Output};
use collector_proto::policy::explain::{
    CatalogueFacts, CollectedField, Explanation, explain_all, explain_name,
};
use std::path::PathBuf;
use std::process::ExitCode;

/// Says what a policy means: which fields are collected, how and why, and which are not.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector policy explain policy.toml                 every field of the catalogue
  candor-collector policy explain policy.toml host.mac        one field, with its sources on each system
  candor-collector policy explain policy.toml screen.capture  something that no policy can ask for

Exit codes: 0 explained; 1 the file is not a policy or the field does not exist; 2 wrong usage.")]
pub(crate) struct Args {
    /// An author's TOML file, or a signed envelope (JSON), whose signatures are not verified here
    file: PathBuf,
    /// A field's name; all of them if left out
    field: Option<String>,
    /// Form of the output
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Runs the verb.
pub(super) fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let loaded = load(&args.file, now()).map_err(NotAPolicy::into_error)?;
    let explanations = match &args.field {
        None => explain_all(&loaded.policy),
        Some(name) => vec![explain_name(&loaded.policy, name).ok_or_else(|| unknown(name))?],
    };
    if args.format == Format::Json {
        out.json(&explanations)?;
        return Ok(ExitCode::SUCCESS);
    }
    if loaded.from_envelope {
        writeln!(out, "(the envelope's signatures were not verified)")?;
        writeln!(out)?;
    }
    match (&args.field, explanations.as_slice()) {
        (Some(_), [one]) => write_one(one, out)?,
        _ => write_all(&explanations, out)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn unknown(name: &str) -> anyhow::Error {
    match collector_proto::policy::author::nearest_explained(name) {
        Some(near) => anyhow::anyhow!("`{name}` is not a field of the catalogue; did you mean `{near}`?"),
        None => anyhow::anyhow!("`{name}` is not a field of the catalogue"),
    }
}

fn write_one(explanation: &Explanation, out: &mut Output<'_>) -> std::io::Result<()> {
    match explanation {
        Explanation::Collected { rule, catalogue } => {
            write_collected(rule, catalogue, out)?;
            write_facts(catalogue, out)
        }
        Explanation::NotCollected { catalogue } => {
            writeln!(out, "{}: not collected", catalogue.field)?;
            write_facts(catalogue, out)
        }
        Explanation::Derived { name, from, .. } => {
            let from: Vec<_> = from.iter().map(|field| field.name()).collect();
            writeln!(out, "{name}: never sent; the collector computes it from {}", from.join(", "))
        }
        Explanation::Never { name, .. } => {
            writeln!(out, "{name}: never collected; Candor has no code for it, and no policy can ask for it")
        }
    }
}

fn write_all(explanations: &[Explanation], out: &mut Output<'_>) -> std::io::Result<()> {
    let (mut not_collected, mut never) = (Vec::new(), Vec::new());
    for explanation in explanations {
        match explanation {
            Explanation::Collected { rule, catalogue } => write_collected(rule, catalogue, out)?,
            Explanation::NotCollected { catalogue } => not_collected.push(catalogue.field.name()),
            Explanation::Derived { .. } => write_one(explanation, out)?,
            Explanation::Never { name, .. } => never.push(*name),
        }
    }
    writeln!(out)?;
    writeln!(out, "not collected: {}", listed(&not_collected))?;
    writeln!(out)?;
    writeln!(out, "never, there is no code for it: {}", listed(&never))
}

fn write_collected(
    rule: &CollectedField,
    facts: &CatalogueFacts,
    out: &mut Output<'_>,
) -> std::io::Result<()> {
    writeln!(out, "{}: sent {}, {}", facts.field, rule.treatment.words(), rule.necessity)?;
    if let Some(shows) = facts.shows {
        writeln!(
            out,
            "  values of it, one after the other, show {}: it is sent at most once a day",
            shows.words()
        )?;
    }
    if !rule.coarser.is_empty() {
        let coarser: Vec<_> = rule.coarser.iter().map(|treatment| treatment.words()).collect();
        writeln!(out, "  it could be sent {}", coarser.join(" or "))?;
    }
    if rule.accounts {
        writeln!(out, "  also from the directories of persons")?;
    }
    for purpose in &rule.purposes {
        writeln!(
            out,
            "  for {} ({}, {}), kept {}, received by {}",
            purpose.name,
            purpose.dpv,
            purpose.article,
            purpose.retention,
            purpose.recipients.join(", "),
        )?;
        if let Some(text) = purpose.text.get("en") {
            writeln!(out, "    {text}")?;
        }
    }
    for (by, filter) in &rule.filters {
        writeln!(out, "  {}", filter.words(*by))?;
    }
    Ok(())
}

fn write_facts(facts: &CatalogueFacts, out: &mut Output<'_>) -> std::io::Result<()> {
    let many = if facts.many { ", several a row" } else { "" };
    writeln!(
        out,
        "  section {}, type {}{many}, sensitivity {}",
        facts.section.name(),
        facts.kind,
        facts.sensitivity
    )?;
    let treatments: Vec<_> = facts.treatments.iter().map(|treatment| treatment.name()).collect();
    writeln!(out, "  may be treated: {}", treatments.join(", "))?;
    if !facts.coarse.is_empty() {
        let coarse: Vec<_> = facts.coarse.iter().map(|level| level.name()).collect();
        writeln!(out, "  may be coarsened to: {}", coarse.join(", "))?;
    }
    if !facts.legal_bases.is_empty() {
        let bases: Vec<_> = facts.legal_bases.iter().map(|basis| basis.name()).collect();
        writeln!(out, "  only under: {}", bases.join(", "))?;
    }
    if facts.sources.is_empty() {
        writeln!(out, "  no system has a source")?;
    }
    for (platform, source) in &facts.sources {
        let needs = match source.privilege {
            collector_proto::catalog::Privilege::None => String::new(),
            privilege => format!(" (needs {privilege})"),
        };
        let places: Vec<_> = source.touches.iter().map(ToString::to_string).collect();
        writeln!(out, "  {platform}: {}{needs}", places.join(", "))?;
    }
    Ok(())
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests;
