//! `root sign`

use super::super::offline::{Current, OfflineKey};
use crate::admin::roots::{self, SignedRoot};
use crate::cli::output::Output;
use crate::data_dir::{read_file, write_given};
use anyhow::Context as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `root sign`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector root sign root.toml --root root-now.json --key it-root.key --output root.json
  candor-collector root sign root.json --root root-now.json --key works-council.key --output root.json     adds a signature
  candor-collector root sign root.toml --data /srv/candor --output root.json                               with offline/root.pk8

It takes the key and the root in force (`root show --output`), so that it works where there is no collector. A key that is under a passphrase asks
for it, or takes it from --passphrase-file.")]
pub(crate) struct Args {
    /// The root that `root new-version` wrote, or a signed one that gets another signature
    file: PathBuf,
    #[command(flatten)]
    current: Current,
    #[command(flatten)]
    key: OfflineKey,
    /// File to write
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let name = args.file.display().to_string();
    let bytes = read_file(&args.file).with_context(|| format!("cannot read {name}"))?;
    let current = args.current.load().await?;
    let key = args.key.load(args.current.dir().map(|dir| dir.offline_key("root")))?;
    let SignedRoot { envelope, document, old, new } = roots::sign(&current, &key, &bytes, &name)?;
    write_given(&args.output, &envelope.to_json())
        .with_context(|| format!("cannot write {}", args.output.display()))?;
    writeln!(
        out,
        "{}: root version {}; {} of {} signature(s) that root version {} asks for, {} of {} that it asks for itself",
        args.output.display(),
        document.version,
        old.0,
        old.1,
        current.reference().version,
        new.0,
        new.1
    )?;
    Ok(ExitCode::SUCCESS)
}
