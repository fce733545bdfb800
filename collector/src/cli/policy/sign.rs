//! `policy sign`

use crate::admin::policies::{self, PolicyError};
use crate::cli::Data;
use crate::cli::output::Output;
use crate::data_dir::write_atomically;
use crate::keys;
use anyhow::Context as _;
use collector_proto::catalog::FieldId;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `policy sign`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector policy sign policy.toml --data /srv/candor --output policy.json
  candor-collector policy sign policy.toml --data /srv/candor --key /media/usb/policy.pk8 --output policy.json
  candor-collector policy sign policy.json --data /srv/candor --key works-council.pk8 --output policy.json   # second signature

The signed policy has a rule for each field. What a pattern such as `package.*` stands for is printed: fields that a later
catalogue adds are not among them.")]
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

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let bytes = std::fs::read(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let key = keys::read(&args.key.clone().unwrap_or_else(|| args.data.dir().offline_key("policy")))?;
    let (admin, actor) = args.data.open()?;
    let name = args.file.display().to_string();
    let signed = match policies::sign(&admin, &actor, &key, &bytes, &name).await {
        Ok(signed) => signed,
        Err(PolicyError::Author(found)) => {
            out.lines(&found.to_string())?;
            writeln!(out, "Nothing was signed.")?;
            return Ok(ExitCode::FAILURE);
        }
        Err(error) => return Err(error.into()),
    };
    write_atomically(&args.output, &signed.envelope.to_json())
        .with_context(|| format!("cannot write {}", args.output.display()))?;
    for warning in &signed.warnings {
        out.lines(&warning.to_string())?;
    }
    let (good, threshold) = (signed.signatures, signed.threshold);
    writeln!(out, "{}: signed by {good} of the {threshold} key(s) needed", args.output.display())?;
    for wildcard in &signed.wildcards {
        writeln!(out, "`{}` stands for {}", wildcard.pattern, listed(&wildcard.collected))?;
        if !wildcard.dropped.is_empty() {
            writeln!(out, "  without what a block drops: {}", listed(&wildcard.dropped))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The fields with their number.
fn listed(fields: &[FieldId]) -> String {
    let names: Vec<_> = fields.iter().map(|field| field.name()).collect();
    match names.len() {
        0 => "no field".to_owned(),
        1 => format!("1 field: {}", names[0]),
        number => format!("{number} fields: {}", names.join(", ")),
    }
}
