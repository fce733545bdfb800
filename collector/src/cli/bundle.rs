//! `bundle`: everything a device needs to enrol, in one file.

use super::Data;
use super::token::{GroupAndLife, make};
use crate::data_dir::{Config, authority_of, write_new_secret};
use crate::store::wait;
use anyhow::{Context as _, ensure};
use collector_proto::messages::{Bundle, BundleCollector, TenantKey};
use collector_proto::policy::Version1;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `bundle`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector bundle --data /srv/candor --output laptop-17.json
  candor-collector bundle --data /srv/candor --group servers --url https://collector.example:8443 --output s.json

The file holds a one-time token and the organisation's hash key: treat it as a secret, one bundle a device.")]
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

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let dir = args.data.dir();
    let config = Config::read(&dir.config())?;
    let urls =
        if args.urls.is_empty() { config.device_urls(config.listen.port()) } else { args.urls.clone() };
    for url in &urls {
        ensure!(authority_of(url).is_some(), "{url} is not an address of the form https://host:port");
    }
    ensure!(!args.output.exists(), "{} exists already; bundles are not overwritten", args.output.display());
    let ca =
        std::fs::read_to_string(dir.ca()).with_context(|| format!("cannot read {}", dir.ca().display()))?;
    let tenant_path = args.tenant_key.clone().unwrap_or_else(|| dir.tenant_key());
    let tenant_key: TenantKey = std::fs::read(&tenant_path)
        .map_err(anyhow::Error::from)
        .and_then(|bytes| Ok(serde_json::from_slice(&bytes)?))
        .with_context(|| format!("cannot read the hash key {}", tenant_path.display()))?;
    let store = args.data.store()?;
    let root = wait(store.current_root())?;
    let made = make(store.as_ref(), &args.for_whom)?;
    let bundle = Bundle {
        v: Version1,
        collector: BundleCollector { id: config.id, urls, ca },
        root: root.envelope().clone(),
        group: made.group,
        token: made.token,
        token_expires: made.expires,
        tenant_key,
    };
    write_new_secret(&args.output, &serde_json::to_vec_pretty(&bundle)?)
        .with_context(|| format!("cannot write {}", args.output.display()))?;
    writeln!(
        out,
        "{}: for one device of the group `{}`, until {}",
        args.output.display(),
        bundle.group,
        bundle.token_expires
    )?;
    if wait(store.current_policy(&bundle.group))?.is_none() {
        writeln!(
            out,
            "Warning: no policy is published for the group `{}`; until one is, its devices report nothing",
            bundle.group
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
