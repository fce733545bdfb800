//! `placement new`

use super::say;
use crate::admin::placements::{self, Chosen, Move};
use crate::cli::Data;
use crate::cli::output::{Format, Output};
use crate::data_dir::write_given;
use anyhow::Context as _;
use std::path::PathBuf;
use std::process::ExitCode;
use uuid::Uuid;

/// Arguments of `placement new`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector placement new 0b0f3a52-5f7b-4a0e-9d9c-0d2b6f1e7c11 --group laptops --data /srv/candor --output moves.json
  candor-collector placement new --all-of default --group laptops --data /srv/candor --output moves.json
  candor-collector placement new --standing --data /srv/candor --output moves.json      # before the policy keys are changed

Nothing is moved by it. `placement sign` signs the file where the policy keys are, `placement publish` gives it to the devices. What the
group's policy narrows holds on a device as soon as the device hears of it; what it widens waits there until it was shown for the notice period.")]
pub(crate) struct Args {
    /// The devices
    #[arg(required_unless_present_any = ["all_of", "standing"], conflicts_with_all = ["all_of", "standing"])]
    devices: Vec<Uuid>,
    /// Every device of this group instead
    #[arg(long, value_name = "GROUP", conflicts_with = "standing")]
    all_of: Option<String>,
    /// The placements that stand, as they are: to add signatures of new policy keys
    #[arg(long)]
    standing: bool,
    /// The group that they are moved to
    #[arg(long, value_name = "GROUP", required_unless_present = "standing", conflicts_with = "standing")]
    group: Option<String>,
    #[command(flatten)]
    data: Data,
    /// File to write
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let (admin, actor) = args.data.open()?;
    let (file, moves) = if let Some(group) = &args.group {
        let all_of = args.all_of.clone().map(Chosen::AllOf);
        let chosen = all_of.unwrap_or_else(|| Chosen::Devices(args.devices.clone()));
        let drafted = placements::draft(&admin, &actor, &chosen, group).await?;
        (drafted.file, drafted.moves)
    } else {
        (placements::standing(&admin, &actor).await?, Vec::new())
    };
    let output = args.output.display();
    write_given(&args.output, &file.to_json()?).with_context(|| format!("cannot write {output}"))?;
    if args.format == Format::Json {
        out.json(&serde_json::json!({ "moves": moves, "wider": moves.iter().any(Move::widens) }))?;
        return Ok(ExitCode::SUCCESS);
    }
    say(&moves, out)?;
    writeln!(out, "{output}: not signed yet; candor-collector placement sign {output} --output {output}")?;
    Ok(ExitCode::SUCCESS)
}
