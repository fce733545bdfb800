//! `placement sign`

use super::say;
use crate::admin::placements::{self, PlacementFile, SignedPlacements};
use crate::cli::offline::{Current, OfflineKey};
use crate::cli::output::Output;
use crate::data_dir::{read_file, write_given};
use anyhow::Context as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `placement sign`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector placement sign moves.json --data /srv/candor --output moves.json                         with offline/policy.pk8
  candor-collector placement sign moves.json --root root.json --key works-council.key --output moves.json   # second signature

It takes a key of the policy role and the root in force, so that it works where there is no collector. What the move changes is printed, from the signed
policies in the file.")]
pub(crate) struct Args {
    /// The file that `placement new` wrote, or one that gets another signature
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
    let name = args.file.display();
    let bytes = read_file(&args.file).with_context(|| format!("cannot read {name}"))?;
    let root = args.current.load().await?;
    let key = args.key.load(args.current.dir().map(|dir| dir.offline_key("policy")))?;
    let signed = placements::sign(&root, &key, PlacementFile::read(&bytes)?)?;
    let SignedPlacements { file, moves, signatures, threshold, lacking } = signed;
    let output = args.output.display();
    write_given(&args.output, &file.to_json()?).with_context(|| format!("cannot write {output}"))?;
    say(&moves, out)?;
    writeln!(out, "{output}: signed by {signatures} of the {threshold} holder(s) needed")?;
    for holder in &lacking {
        writeln!(
            out,
            "The group's policy collects fields of high sensitivity: {holder} has to sign it as well"
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
