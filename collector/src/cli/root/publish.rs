//! `root publish`

use crate::admin::roots::{self, RootPublication};
use crate::cli::Data;
use crate::cli::output::{Format, Output, complain};
use crate::data_dir::read_file;
use anyhow::Context as _;
use collector_proto::envelope::Envelope;
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `root publish`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  candor-collector root publish root.json --data /srv/candor

A running server gives it to devices from their next request on. Refused is a root that devices would not follow, one under which the collector has no
key to sign with, one whose authorities do not vouch for the server's certificate, and one whose policy keys did not sign the policy in force, or the placement of
a device that was moved: with --force these are published all the same, as when a policy key was stolen, and devices collect nothing until both are signed
again.")]
pub(crate) struct Args {
    /// The signed root
    file: PathBuf,
    #[command(flatten)]
    data: Data,
    /// Publish although devices collect nothing until policies and placements are signed by the new keys
    #[arg(long)]
    force: bool,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let name = args.file.display();
    let bytes = read_file(&args.file).with_context(|| format!("cannot read {name}"))?;
    let envelope = Envelope::parse(bytes.trim_ascii(), MAX_DOCUMENT_BYTES)
        .with_context(|| format!("{name} is not a signed root; `root sign` makes one"))?;
    let (admin, actor) = args.data.open()?;
    let RootPublication { root, was_before, left_behind, moved_left_behind, certificate_until } =
        roots::publish(&admin, &actor, envelope, args.force).await?;
    let reference = root.reference();
    for group in &left_behind {
        complain(&format!(
            "WARNING: devices of the group `{group}` collect nothing until a policy is signed by the new keys"
        ));
    }
    if !moved_left_behind.is_empty() {
        let devices = moved_left_behind.len();
        complain(&format!(
            "WARNING: {devices} devices that were moved collect nothing until their placements are signed by the new keys: `placement new --standing`"
        ));
    }
    for ending in roots::endings(&admin, &actor).await? {
        complain(&format!("WARNING: {ending}"));
    }
    if let Some(weak) = roots::weak_approval(&root) {
        complain(&format!("WARNING: {weak}"));
    }
    if args.format == Format::Json {
        out.json(&serde_json::json!({
            "root": reference, "was_before": was_before, "expires": root.document().expires,
            "left_behind": left_behind, "moved_left_behind": moved_left_behind, "certificate_until": certificate_until,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let (version, expires) = (reference.version, root.document().expires);
    if was_before {
        writeln!(out, "Root version {version} was published before")?;
    } else {
        writeln!(
            out,
            "Root version {version} is published; devices follow it with their next report, and it lives until {expires}"
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
