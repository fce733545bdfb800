//! `policy verify`: who signed a policy, and whether devices would take it.

use crate::admin::policies::{self, PolicyError, Verification};
use crate::admin::{Actor, Admin};
use crate::cli::output::{Format, Output};
use crate::cli::{now, system_clock, system_random};
use crate::data_dir::{DataDir, read_file};
use crate::platform;
use crate::refusal::EXIT_TAMPERED;
use crate::verify::PolicyRefused;
use anyhow::Context as _;
use collector_proto::envelope::Envelope;
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use std::path::PathBuf;
use std::process::ExitCode;

/// Verifies a signed policy as a device does: its signatures, its dates and its content.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector policy verify policy.json --data /srv/candor
  candor-collector policy verify policy.json --root bundle.json     without a collector, by the root that devices pin

`policy check` looks at an author's file or a signed one by itself and verifies no signature; `policy diff` says what a version
changes.

Exit codes: 0 devices would take it; 1 it has expired or cannot be read; 2 wrong usage; 4 too few of the policy keys signed it.")]
pub(crate) struct Args {
    /// The signed policy
    file: PathBuf,
    /// The collector's directory, made by `init`; its newest root is believed
    #[arg(long, value_name = "DIR", env = "CANDOR_COLLECTOR_DATA", required_unless_present = "root")]
    data: Option<PathBuf>,
    /// A root of trust, or an enrolment bundle that holds one, to believe instead
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb.
pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let name = args.file.display();
    let bytes = read_file(&args.file).with_context(|| format!("cannot read {name}"))?;
    let envelope = Envelope::parse(bytes.trim_ascii(), MAX_DOCUMENT_BYTES)
        .with_context(|| format!("{name} is not a signed policy; `policy check` takes an author's file"))?;
    match verify(args, envelope).await? {
        Ok(verified) => {
            write(&verified, args, out)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(PolicyError::Refused(PolicyRefused::Signatures(error))) => {
            let error = anyhow::Error::new(error).context("the policy's signatures are not good");
            match args.format {
                Format::Json => {
                    out.json(&serde_json::json!({ "ok": false, "problem": format!("{error:#}") }))?;
                }
                Format::Text => writeln!(out, "{name}: {error:#}")?,
            }
            Ok(ExitCode::from(EXIT_TAMPERED))
        }
        Err(error) => Err(error.into()),
    }
}

async fn verify(args: &Args, envelope: Envelope) -> anyhow::Result<Result<Verification, PolicyError>> {
    match (&args.root, &args.data) {
        (Some(root), _) => {
            let bytes = read_file(root).with_context(|| format!("cannot read {}", root.display()))?;
            let root = policies::root(&bytes).with_context(|| format!("{} holds no root", root.display()))?;
            Ok(policies::verify_under(&root, envelope, now()))
        }
        (None, data) => {
            let dir = DataDir::at(data.clone().unwrap_or_default());
            let admin = Admin::open(dir, system_clock(), system_random())?;
            let actor = Actor::Operator { user: platform::user() };
            Ok(policies::verify(&admin, &actor, envelope).await)
        }
    }
}

fn write(verified: &Verification, args: &Args, out: &mut Output<'_>) -> std::io::Result<()> {
    let (policy, root) = (&verified.policy, verified.policy.root());
    let (reference, document) = (policy.reference(), policy.policy().document());
    if args.format == Format::Json {
        return out.json(&serde_json::json!({
            "ok": true, "group": document.group, "policy": reference, "expires": document.expires,
            "signed_by": verified.signed_by.keys, "threshold": verified.threshold, "root": root,
        }));
    }
    writeln!(
        out,
        "{}: good; version {} for the group `{}`, until {} ({})",
        args.file.display(),
        reference.version,
        document.group,
        document.expires,
        reference.sha256
    )?;
    for (key, holder) in &verified.named {
        match holder {
            Some(holder) => writeln!(out, "  signed by {holder} ({key})")?,
            None => writeln!(out, "  signed by {key}")?,
        }
    }
    let (good, needed) = (verified.signed_by.parties, verified.threshold);
    writeln!(
        out,
        "  {good} of the holders of policy keys of root {} signed it, {needed} had to",
        root.version
    )
}
