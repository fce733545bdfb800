//! `root new-version`

use crate::admin::roots::{self, RootChanges};
use crate::cli::Data;
use crate::cli::output::Output;
use crate::data_dir::write_new_secret;
use anyhow::{Context as _, ensure};
use collector_proto::policy::trust::Role;
use collector_proto::time::Span;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `root new-version`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector root new-version --data /srv/candor --output root.toml                       another year, nothing else changes
  candor-collector root new-version --data /srv/candor --rotate receipt --output root.toml      a new receipt key, made here
  candor-collector root new-version --data /srv/candor --authority --output root.toml           a second certificate authority

Then edit the file where holders, thresholds or offline keys change (`key new` makes a key), have each holder sign it with `root sign`, and
`root publish` it. Nothing changes before that.

To change the certificate authority: publish a root with --authority; when the devices have reported since, `certificate renew --authority`;
then publish a root with --only-newest-authority.")]
pub(crate) struct Args {
    #[command(flatten)]
    data: Data,
    /// How long it lives from now on
    #[arg(long, value_name = "SPAN", default_value = "400d", value_parser = Span::parse)]
    life: Span,
    /// Online role that gets a new key: `timestamp` or `receipt`
    #[arg(long, value_name = "ROLE", value_parser = online_role)]
    rotate: Vec<Role>,
    /// Make a certificate authority beside the ones that devices believe
    #[arg(long)]
    authority: bool,
    /// Leave out every authority but the newest
    #[arg(long, conflicts_with = "authority")]
    only_newest_authority: bool,
    /// Address of the collector for devices, in place of those that are there
    #[arg(long = "url", value_name = "URL")]
    urls: Vec<String>,
    /// File to write; must not exist
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

fn online_role(text: &str) -> Result<Role, &'static str> {
    match Role::parse(text) {
        Some(role @ (Role::Timestamp | Role::Receipt)) => Ok(role),
        _ => {
            Err("`timestamp` or `receipt`; offline keys are replaced in the file, with what `key new` prints")
        }
    }
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let output = args.output.display();
    ensure!(!args.output.exists(), "{output} exists already; it is not overwritten");
    let (admin, actor) = args.data.open()?;
    let changes = RootChanges {
        life: args.life,
        rotate: args.rotate.iter().copied().collect(),
        authority: args.authority,
        only_newest_authority: args.only_newest_authority,
        urls: args.urls.clone(),
    };
    let (text, made) = roots::draft(&admin, &actor, &changes).await?;
    write_new_secret(&args.output, text.as_bytes()).with_context(|| format!("cannot write {output}"))?;
    for path in made {
        writeln!(out, "Made {}; it is used once a published root names it", path.display())?;
    }
    writeln!(
        out,
        "{output}: the next root. Edit it if you need to, have each holder sign it (`root sign`), then `root publish` it"
    )?;
    Ok(ExitCode::SUCCESS)
}
