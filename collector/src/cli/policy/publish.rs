//! `policy publish`

use crate::admin::policies::{self, Following, PolicyError, TooSoon};
use crate::admin::roots;
use crate::cli::Data;
use crate::cli::output::{self, Format, Output};
use crate::data_dir::read_file;
use anyhow::Context as _;
use collector_proto::envelope::Envelope;
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `policy publish`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  candor-collector policy publish policy.json --data /srv/candor

A running server gives the policy to devices from their next request on, beside the one that is in force. What it narrows
holds on a device at once; what it widens waits there until it was shown for the notice period. Versions only rise: to go
back, publish the old content under a higher version.

A version that widens is refused where it says that it takes effect before people were told for the notice period. With
--force it is published all the same, a WARNING on standard error says so, and devices still wait.")]
pub(crate) struct Args {
    /// The signed policy
    file: PathBuf,
    #[command(flatten)]
    data: Data,
    /// Publish what widens before people were told for the notice period
    #[arg(long)]
    force: bool,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let bytes = read_file(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let envelope = Envelope::parse(&bytes, MAX_DOCUMENT_BYTES).with_context(|| {
        format!("{} is not a signed policy; `policy sign` makes one", args.file.display())
    })?;
    let (admin, actor) = args.data.open()?;
    let too_soon = if args.force { TooSoon::Published } else { TooSoon::Refused };
    let published = match policies::publish(&admin, &actor, envelope, too_soon).await {
        Err(error @ PolicyError::TooSoon(_)) => {
            return Err(anyhow::Error::new(error).context("nothing was published; --force would publish it"));
        }
        published => published?,
    };
    let warning = published.following.as_ref().filter(|following| following.is_too_soon());
    if let Some(following) = warning {
        output::complain(&format!("WARNING: {following}\nDevices wait for the period all the same."));
    }
    for ending in roots::endings(&admin, &actor).await? {
        output::complain(&format!("WARNING: {ending}"));
    }
    let (version, group) = (published.reference.version, &published.group);
    if matches!(args.format, Format::Json) {
        out.json(&serde_json::json!({
            "group": group, "policy": published.reference, "was_before": published.was_before,
            "refusing": published.refusing, "takes_effect": published.effect,
            "changes": published.following.as_ref().and_then(|following| following.changes.as_ref()),
            "wider": published.following.as_ref().map(Following::widens),
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    if published.was_before {
        writeln!(out, "Version {version} was published for the group `{group}` before")?;
    } else {
        let digest = published.reference.sha256;
        writeln!(out, "Version {version} is published for the group `{group}` ({digest})")?;
    }
    if let Some(effect) = &published.effect {
        writeln!(out, "{effect}")?;
    }
    writeln!(out, "{}", published.refusing)?;
    Ok(ExitCode::SUCCESS)
}
