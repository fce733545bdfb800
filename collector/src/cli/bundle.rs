//! `bundle`: everything a device needs to enrol, in one file.

use super::Data;
use super::output::Output;
use super::token::GroupAndLife;
use crate::admin::bundles::{self, BundleOptions, MadeBundle};
use crate::data_dir::write_new_secret;
use anyhow::{Context as _, ensure};
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `bundle`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector bundle --data /srv/candor --output laptop-17.json
  candor-collector bundle --data /srv/candor --group servers --url https://collector.example:8443 --output s.json

The file holds a one-time token and the organisation's hash key: treat it as a secret, one bundle per device.")]
pub(crate) struct Args {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    for_whom: GroupAndLife,
    /// Address of the collector for this device [default: from collector.toml]
    #[arg(long = "url", value_name = "URL")]
    urls: Vec<String>,
    /// Key of tenant-scoped keyed hashes [default: keys/tenant.json in the collector's directory]
    #[arg(long, value_name = "PATH")]
    tenant_key: Option<PathBuf>,
    /// File to write; must not exist
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let output = args.output.display();
    // Before a token is made for it.
    ensure!(!args.output.exists(), "{output} exists already; bundles are not overwritten");
    let (admin, actor) = args.data.open()?;
    let options = BundleOptions {
        group: args.for_whom.group.clone(),
        life: args.for_whom.expires,
        urls: args.urls.clone(),
        tenant_key: args.tenant_key.clone(),
    };
    let MadeBundle { bundle, has_policy } = bundles::make(&admin, &actor, options).await?;
    write_new_secret(&args.output, &serde_json::to_vec_pretty(&bundle)?)
        .with_context(|| format!("cannot write {output}"))?;
    let (group, until) = (&bundle.group, bundle.token_expires);
    writeln!(out, "{output}: for one device of the group `{group}`, until {until}")?;
    if !has_policy {
        writeln!(
            out,
            "Warning: no policy is published for the group `{group}`; until one is, its devices report nothing"
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
