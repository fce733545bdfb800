//! `policy sign`

use crate::cli::{Data, now};
use crate::data_dir::write_atomically;
use crate::keys;
use crate::store::wait;
use anyhow::{Context as _, bail};
use collector_proto::envelope::{Envelope, SigningKey};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::policy::author::compile_bytes;
use collector_proto::policy::trust::Role;
use collector_proto::policy::{Policy, PolicyDocument};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments of `policy sign`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector policy sign policy.toml --data /srv/candor --output policy.json
  candor-collector policy sign policy.toml --data /srv/candor --key /media/usb/policy.pk8 --output policy.json
  candor-collector policy sign policy.json --data /srv/candor --key works-council.pk8 --output policy.json   # second signature")]
pub(crate) struct Args {
    /// An author's TOML, or a signed policy that gets another signature
    file: PathBuf,
    #[command(flatten)]
    data: Data,
    /// The offline policy key [default: offline/policy.pk8 in the collector's directory]
    #[arg(long, value_name = "PATH")]
    key: Option<PathBuf>,
    /// File to write
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let bytes = std::fs::read(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let key = keys::read(&args.key.clone().unwrap_or_else(|| args.data.dir().offline_key("policy")))?;
    let root = wait(args.data.store()?.current_root())?;
    let (role, threshold) = root.document().role(Role::Policy);
    if !role.contains(key.public()) {
        bail!(
            "the key {} is not one of the root's policy keys, so no device would accept its signature",
            key.public().id()
        );
    }
    let envelope = match Envelope::parse(&bytes, MAX_DOCUMENT_BYTES) {
        Ok(signed) => add_signature(&signed, &key)?,
        Err(_) => match compiled(&args.file, &bytes, out)? {
            Some(document) => key.seal(&document)?.to_envelope(),
            None => return Ok(ExitCode::FAILURE),
        },
    };
    let json = envelope.to_json();
    if json.len() > MAX_DOCUMENT_BYTES {
        bail!("the signed policy has {} bytes; devices accept at most {MAX_DOCUMENT_BYTES}", json.len());
    }
    write_atomically(&args.output, &json)
        .with_context(|| format!("cannot write {}", args.output.display()))?;
    let good = role
        .iter()
        .filter(|key| envelope.verify::<PolicyDocument>(std::slice::from_ref(key), 1).is_ok())
        .count();
    writeln!(out, "{}: signed by {good} of the {threshold} key(s) needed", args.output.display())?;
    Ok(ExitCode::SUCCESS)
}

/// Signs the very bytes that were signed before, once they are found to be an acceptable policy.
fn add_signature(signed: &Envelope, key: &SigningKey) -> anyhow::Result<Envelope> {
    use collector_proto::envelope::Document as _;
    if signed.payload_type() != PolicyDocument::PAYLOAD_TYPE {
        bail!("the file is a signed document, but not a policy");
    }
    let payload = signed.unverified_payload()?;
    let document: PolicyDocument =
        serde_json::from_slice(&payload).context("the signed document is not a policy")?;
    if let Err(faults) = Policy::check(document) {
        let all: Vec<_> = faults.iter().map(ToString::to_string).collect();
        bail!("the policy cannot be accepted:\n  {}", all.join("\n  "));
    }
    let mut signed = signed.clone();
    let signature = key.sign_payload(PolicyDocument::PAYLOAD_TYPE, &payload);
    signed.add_signatures(&Envelope::assemble(PolicyDocument::PAYLOAD_TYPE, &payload, &[signature]));
    Ok(signed)
}

/// The author's file as a document; `None` after its findings were printed.
fn compiled(path: &Path, bytes: &[u8], out: &mut dyn Write) -> anyhow::Result<Option<PolicyDocument>> {
    match compile_bytes(bytes, &path.display().to_string(), now()) {
        Ok(compiled) => {
            for warning in &compiled.warnings {
                writeln!(out, "{warning}")?;
            }
            Ok(Some(compiled.policy.document().clone()))
        }
        Err(diagnostics) => {
            writeln!(out, "{diagnostics}")?;
            writeln!(out, "Nothing was signed.")?;
            Ok(None)
        }
    }
}
