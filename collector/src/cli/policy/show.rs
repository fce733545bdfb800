//! `policy show`

use crate::admin::policies::{self, Shown};
use crate::cli::output::{Format, Output, or_dash};
use crate::cli::{Data, walk};
use std::process::ExitCode;

/// Arguments of `policy show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector policy show --data /srv/candor
  candor-collector policy show --data /srv/candor --group default --all --format json

Shown are the version in force of each group and those that are coming, with the instant from which each can be in force on a
device: what a version widens waits on each device until it was shown there for the notice period.")]
pub(crate) struct Args {
    #[command(flatten)]
    data: Data,
    /// Only this group's
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    /// Those that were superseded too
    #[arg(long)]
    all: bool,
    /// How the policies are printed; JSON has the whole documents
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let (admin, actor) = args.data.open()?;
    let (group, which) = (args.group.as_deref(), if args.all { Shown::All } else { Shown::Standing });
    let list = async |page| policies::published(&admin, &actor, group, which, page).await;
    let shown = walk(None, list).await?;
    let heading = ["GROUP", "VERSION", "STATE", "FROM", "FIELDS", "PUBLISHED", "EXPIRES", "DIGEST"];
    out.listing(args.format, "policies", shown, heading, |policy| {
        let (version, fields) = (policy.version.to_string(), policy.document.rules.len().to_string());
        let (state, from) = (policy.state.words().to_owned(), or_dash(policy.from));
        let expires = policy.document.expires.to_string();
        [policy.group, version, state, from, fields, policy.published, expires, policy.sha256]
    })?;
    Ok(ExitCode::SUCCESS)
}
