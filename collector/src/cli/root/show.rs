//! `root show`

use crate::admin::roots;
use crate::cli::output::{Format, Output};
use crate::cli::{Data, now};
use crate::data_dir::write_given;
use crate::verify::TrustRoot;
use anyhow::Context as _;
use collector_proto::policy::trust::Role;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `root show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector root show --data /srv/candor
  candor-collector root show --data /srv/candor --output root.json     for the machine that signs: `root sign`, `policy sign`
  candor-collector root show --data /srv/candor --format json")]
pub(crate) struct Args {
    #[command(flatten)]
    data: Data,
    /// File that gets the signed root
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let (admin, actor) = args.data.open()?;
    let all = roots::all(&admin, &actor).await?;
    let current = all.last().context("the collector has no root")?;
    if let Some(path) = &args.output {
        write_given(path, &current.envelope().to_json())
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    if args.format == Format::Json {
        let versions: Vec<_> = all.iter().map(TrustRoot::reference).collect();
        out.json(&serde_json::json!({
            "root": current.reference(), "document": current.document(),
            "days_left": current.document().expires.days_since(now()), "versions": versions,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    write(current, out)?;
    Ok(ExitCode::SUCCESS)
}

/// The root for people.
pub(super) fn write(root: &TrustRoot, out: &mut Output<'_>) -> std::io::Result<()> {
    let (reference, document) = (root.reference(), root.document());
    let left = document.expires.days_since(now());
    writeln!(
        out,
        "Root version {} of collector {} ({})",
        reference.version, document.collector, reference.sha256
    )?;
    match left {
        ..0 => writeln!(out, "Expired on {}: devices collect nothing", document.expires)?,
        _ => writeln!(out, "Expires on {}, in {left} days", document.expires)?,
    }
    for role in Role::ALL {
        let (keys, threshold) = document.role(*role);
        writeln!(out, "{role}: {threshold} of {} key(s) must sign", keys.len())?;
        for key in keys {
            match document.holder_of(key.id()) {
                Some((id, holder)) => writeln!(out, "  {}  {} ({id})", key.id(), holder.name)?,
                None => writeln!(out, "  {}", key.id())?,
            }
        }
    }
    for id in &document.approval.high {
        writeln!(out, "A policy that collects fields of high sensitivity has to be signed by {id}")?;
    }
    if let Some(endpoints) = &document.endpoints {
        let urls = if endpoints.urls.is_empty() {
            "as their bundles say".to_owned()
        } else {
            endpoints.urls.join(", ")
        };
        writeln!(out, "Devices reach the collector at: {urls}")?;
        for (place, pem) in endpoints.authorities.iter().enumerate() {
            let until = crate::pki::authority_until(pem)
                .map_or_else(|error| error.to_string(), |until| until.to_string());
            writeln!(out, "  certificate authority {}: until {until}", place + 1)?;
        }
    }
    if let Some(weak) = roots::weak_approval(root) {
        writeln!(out, "Warning: {weak}")?;
    }
    Ok(())
}
