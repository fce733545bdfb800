//! `policy publish`

use crate::cli::{Data, now};
use crate::store::{current_root, publish_policy};
use anyhow::{Context as _, bail};
use collector_proto::envelope::Envelope;
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::policy::trust::Role;
use collector_proto::policy::{Policy, PolicyDocument, PolicyRef};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `policy publish`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  candor-collector policy publish policy.json --data /srv/candor

A running server gives the policy to devices from their next request on. Versions only rise: to go back, publish the
old content under a higher version.")]
pub(crate) struct Args {
    /// The signed policy
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let bytes = std::fs::read(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let envelope = Envelope::parse(&bytes, MAX_DOCUMENT_BYTES)
        .with_context(|| format!("{} is no signed policy; `policy sign` makes one", args.file.display()))?;
    let mut connection = args.data.connect()?;
    let (keys, threshold) = current_root(&connection)?.document.role(Role::Policy);
    let verified = envelope.verify::<PolicyDocument>(&keys, threshold).context("the policy is refused")?;
    let (digest, document) = (verified.digest(), verified.into_document());
    let reference = PolicyRef { version: document.version, sha256: digest };
    let (group, now) = (document.group.clone(), now());
    if now >= document.expires {
        bail!("the policy expired on {}", document.expires);
    }
    if let Err(faults) = Policy::check(document) {
        let all: Vec<_> = faults.iter().map(ToString::to_string).collect();
        bail!("the policy cannot be accepted:\n  {}", all.join("\n  "));
    }
    if publish_policy(&mut connection, &group, reference, &envelope, now)? {
        writeln!(
            out,
            "Version {} is the current policy of the group `{group}` ({digest})",
            reference.version
        )?;
    } else {
        writeln!(out, "Version {} was published for the group `{group}` before", reference.version)?;
    }
    Ok(ExitCode::SUCCESS)
}
