//! `policy diff`: what changes between two policies, the wider changes first.

use super::source::{NotAPolicy, load};
use crate::cli::now;
use crate::cli::output::{Format, Output};
use crate::refusal::EXIT_WIDER;
use collector_proto::policy::diff::{Change, Effect, InWords, diff, widens};
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

/// Compares two policies and says in plain words what becomes wider for people, what narrower, and what neither.
///
/// Whatever is not certainly narrower counts as wider: people are shown it before it takes effect.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector policy diff published.json policy.toml
  candor-collector policy diff --exit-code old.toml new.toml     in a pipeline: fails when people must be told first

OLD and NEW are author's TOML files or signed envelopes (JSON), whose signatures are not verified here.

Exit codes: 0 compared; 1 a file is not a policy; 2 wrong usage; 3 with --exit-code, when anything is wider.")]
pub(crate) struct Args {
    /// The policy that is in force
    old: PathBuf,
    /// The policy that would follow
    new: PathBuf,
    /// Exit with 3 when anything is wider
    #[arg(long)]
    exit_code: bool,
    /// Form of the output
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Serialize)]
struct Compared {
    wider: bool,
    changes: Vec<Change>,
}

/// Runs the verb.
pub(super) fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let now = now();
    let old = load(&args.old, now).map_err(NotAPolicy::into_error)?.policy;
    let new = load(&args.new, now).map_err(NotAPolicy::into_error)?.policy;
    let changes = diff(&old, &new);
    let wider = widens(&changes);
    match args.format {
        Format::Json => {
            out.json(&Compared { wider, changes })?;
        }
        Format::Text => write_text(&changes, out)?,
    }
    Ok(if wider && args.exit_code { ExitCode::from(EXIT_WIDER) } else { ExitCode::SUCCESS })
}

fn write_text(changes: &[Change], out: &mut Output<'_>) -> std::io::Result<()> {
    if changes.is_empty() {
        return writeln!(out, "no differences");
    }
    out.lines(&InWords(changes).to_string())?;
    let count = |effect| changes.iter().filter(|change| change.effect == effect).count();
    let [wider, narrower, neutral] = [Effect::Wider, Effect::Narrower, Effect::Neutral].map(count);
    writeln!(out, "{wider} wider, {narrower} narrower, {neutral} neutral")?;
    if wider > 0 {
        writeln!(
            out,
            "people are told before anything wider takes effect: `effective_from` has to be at least `notice_period` after \
             the version is published"
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: &str = include_str!("../../../../packaging/policies/minimal.toml");

    fn compare(old: &str, new: &str, exit_code: bool, format: Format) -> (ExitCode, String) {
        let directory = tempfile::tempdir().unwrap();
        let [old_file, new_file] = ["old.toml", "new.toml"].map(|name| directory.path().join(name));
        std::fs::write(&old_file, old).unwrap();
        std::fs::write(&new_file, new).unwrap();
        let mut out = Vec::new();
        let args = Args { old: old_file, new: new_file, exit_code, format };
        (run(&args, &mut Output::to(&mut out)).unwrap(), String::from_utf8(out).unwrap())
    }

    #[test]
    fn wider_and_narrower_are_told_apart() {
        let wider = MINIMAL.replace("\"os.name\"", "\"os.name\", \"host.name\"");
        let (code, text) = compare(MINIMAL, &wider, true, Format::Text);
        assert_eq!(code, ExitCode::from(3));
        assert!(text.starts_with("Wider:\n  host.name is collected, as read, for `operations`\n"), "{text}");
        assert!(text.contains("at least `notice_period` after"), "{text}");
        let (code, text) = compare(&wider, MINIMAL, true, Format::Text);
        assert_eq!(code, ExitCode::SUCCESS);
        assert!(text.starts_with("Narrower:\n  host.name is no longer collected\n"), "{text}");
        assert!(!text.contains("notice_period"), "{text}");
        assert_eq!(compare(MINIMAL, &wider, false, Format::Text).0, ExitCode::SUCCESS);
    }

    #[test]
    fn json_says_whether_it_is_wider() {
        let (_, json) = compare(MINIMAL, &MINIMAL.replace("\"90d\"", "\"91d\""), false, Format::Json);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["wider"], true);
        assert_eq!(json["changes"][0]["place"], "purposes.operations.retention");
        assert_eq!(json["changes"][0]["after"], "91d");
        let words = "what is collected for `operations` is kept for 91 days instead of 90 days";
        assert_eq!(json["changes"][0]["words"], words);
    }
}
