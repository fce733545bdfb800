//! `policy show`

use crate::admin::policies;
use crate::cli::output::{Format, Output};
use crate::cli::{Data, walk};
use crate::store::PolicyVersions;
use std::process::ExitCode;

/// Arguments of `policy show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector policy show --data /srv/candor
  candor-collector policy show --data /srv/candor --group default --all --format json")]
pub(crate) struct Args {
    #[command(flatten)]
    data: Data,
    /// Only this group's
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    /// Earlier versions too
    #[arg(long)]
    all: bool,
    /// How the policies are printed; JSON has the whole documents
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let (admin, actor) = args.data.open()?;
    let (group, versions) =
        (args.group.as_deref(), if args.all { PolicyVersions::All } else { PolicyVersions::Current });
    let list = async |page| policies::published(&admin, &actor, group, versions, page).await;
    let shown = walk(None, list).await?;
    let heading = ["GROUP", "VERSION", "FIELDS", "PUBLISHED", "EXPIRES", "DIGEST"];
    out.listing(args.format, "policies", shown, heading, |policy| {
        let (version, fields) = (policy.version.to_string(), policy.document.rules.len().to_string());
        let expires = policy.document.expires.to_string();
        [policy.group, version, fields, policy.published, expires, policy.sha256]
    })?;
    Ok(ExitCode::SUCCESS)
}
