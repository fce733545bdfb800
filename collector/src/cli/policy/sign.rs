//! `policy sign`

use super::source::{NotAPolicy, load};
use crate::admin::policies::{self, Following, PolicyError};
use crate::cli::now;
use crate::cli::offline::{Current, OfflineKey};
use crate::cli::output::{self, Output};
use crate::data_dir::{read_file, write_given};
use crate::health;
use anyhow::Context as _;
use collector_proto::catalog::FieldId;
use collector_proto::policy::diff::InWords;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `policy sign`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector policy sign policy.toml --data /srv/candor --output policy.json
  candor-collector policy sign policy.toml --data /srv/candor --key /media/usb/policy.pk8 --output policy.json
  candor-collector policy sign policy.json --root root.json --key works-council.key --output policy.json   # second signature

It takes a holder's key and the root in force, of the collector's directory or a file (`root show --output`): it works where there is no collector. What the
version changes is printed, against the policy that --previous names or, with --data, the group's published one. A WARNING on
standard error says when it lets more be known about people before they were told for the notice period: `policy publish`
will refuse it then.

The signed policy has a rule for each field. What a pattern such as `package.*` stands for is printed: fields that a later
catalogue adds are not among them.")]
pub(crate) struct Args {
    /// An author's TOML, or a signed policy that gets another signature
    file: PathBuf,
    #[command(flatten)]
    current: Current,
    #[command(flatten)]
    key: OfflineKey,
    /// The policy that this one follows, TOML or signed [default: the published one of its group]
    #[arg(long, value_name = "FILE")]
    previous: Option<PathBuf>,
    /// File to write
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let bytes = read_file(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let root = args.current.load().await?;
    let key = args.key.load(args.current.dir().map(|dir| dir.offline_key("policy")))?;
    let beside = args.current.open()?;
    let name = args.file.display().to_string();
    let previous = args.previous.as_deref().map(|file| load(file, now())).transpose();
    let previous = previous.map_err(NotAPolicy::into_error)?;
    let signed = match policies::sign(
        &root,
        &key,
        (&bytes, &name),
        previous.as_ref(),
        beside.as_ref().map(|(admin, actor)| (admin, actor)),
        now(),
    )
    .await
    {
        Ok(signed) => signed,
        Err(PolicyError::Author(found)) => {
            out.lines(&found.to_string())?;
            writeln!(out, "Nothing was signed.")?;
            return Ok(ExitCode::FAILURE);
        }
        Err(error) => return Err(error.into()),
    };
    write_given(&args.output, &signed.envelope.to_json())
        .with_context(|| format!("cannot write {}", args.output.display()))?;
    for warning in &signed.warnings {
        out.lines(&warning.to_string())?;
    }
    let (good, threshold) = (signed.signatures, signed.threshold);
    writeln!(out, "{}: signed by {good} of the {threshold} holder(s) needed", args.output.display())?;
    for name in &signed.lacking {
        writeln!(out, "It collects fields of high sensitivity: {name} has to sign it as well")?;
    }
    if let Some(ending) = health::root_ending(&root, now()) {
        output::complain(&format!("WARNING: {ending}"));
    }
    for wildcard in &signed.wildcards {
        writeln!(out, "`{}` stands for {}", wildcard.pattern, listed(&wildcard.collected))?;
        if !wildcard.dropped.is_empty() {
            writeln!(out, "  without what a block drops: {}", listed(&wildcard.dropped))?;
        }
    }
    if let Some(following) = &signed.following {
        write_following(following, out)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What the version changes, and on standard error whether people would be told too late.
fn write_following(following: &Following, out: &mut Output<'_>) -> std::io::Result<()> {
    match following.changes.as_deref() {
        Some([]) => writeln!(out, "It changes nothing against version {}.", following.before)?,
        Some(changes) => {
            writeln!(out, "What it changes against version {}:", following.before)?;
            out.lines(&InWords(changes).to_string())?;
        }
        None => {}
    }
    if following.is_too_soon() {
        output::complain(&format!("WARNING: {following}\n`policy publish` refuses it as it is."));
    }
    Ok(())
}

/// The fields with their number.
fn listed(fields: &[FieldId]) -> String {
    let names: Vec<_> = fields.iter().map(|field| field.name()).collect();
    match names.len() {
        0 => "no field".to_owned(),
        1 => format!("1 field: {}", names[0]),
        number => format!("{number} fields: {}", names.join(", ")),
    }
}
