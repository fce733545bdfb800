//! `restore`: a collector in a new directory from a backup.

use super::output::{Format, Output, complain};
use crate::admin::backups;
use crate::admin::{Actor, Admin};
use crate::backup::{RestoreOptions, Restored, restore};
use crate::data_dir::DataDir;
use crate::platform;
use anyhow::Context as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments of `restore`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector restore --from /mnt/backups/candor-2026-11-27 --data /srv/candor
  candor-collector restore --from BACKUP --data /srv/candor --journal /mnt/elsewhere/candor.journal
  candor-collector restore --data /srv/candor --accept-loss

What happened since the backup is read from the journal: devices that were revoked stay revoked, tokens that were used stay used,
policies that were published stay published. Values whose day has come are deleted before anything is served. Devices are asked to
send again the reports that the backup lacks.

Without the journal nobody knows all that: every unused token is revoked, and the server answers nobody until you accept
the loss with --accept-loss. Revoke again whatever you revoked since the backup before you do.

The keys in offline/ are not in a backup. Stop the old collector for good before the new one serves.")]
pub(crate) struct Args {
    /// The backup
    #[arg(long, value_name = "FILE", required_unless_present = "accept_loss")]
    from: Option<PathBuf>,
    /// The collector's directory: with --from one that is absent or empty
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The journal, where it is not the one that the collector.toml in the backup names
    #[arg(long, value_name = "FILE", requires = "from", conflicts_with = "without_journal")]
    journal: Option<PathBuf>,
    /// Restore without the journal, although there is one
    #[arg(long, requires = "from")]
    without_journal: bool,
    /// Accept what is lost without a journal, and serve
    #[arg(long)]
    accept_loss: bool,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let Some(from) = &args.from else { return accept(&args.data, out).await };
    let options = RestoreOptions {
        from: from.clone(),
        data: args.data.clone(),
        journal: args.journal.clone(),
        without_journal: args.without_journal,
        accept_loss: args.accept_loss,
    };
    let restored = restore(&options, super::now())?;
    if args.format == Format::Json {
        out.json(&restored)?;
        return Ok(ExitCode::SUCCESS);
    }
    say(&restored, out)?;
    Ok(ExitCode::SUCCESS)
}

fn say(restored: &Restored, out: &mut Output<'_>) -> std::io::Result<()> {
    let directory = restored.directory.display();
    writeln!(out, "Collector {} in {directory}, from a backup of {}", restored.collector, restored.made)?;
    match restored.without_journal {
        None => {
            let done = &restored.recovered;
            writeln!(
                out,
                "Done again from the journal: {} device(s) enrolled, {} moved to another group, {} revoked, {} token(s) revoked, {} root(s) and {} policies published",
                done.devices_enrolled,
                done.devices_placed,
                done.devices_revoked,
                done.tokens_revoked,
                done.roots_published,
                done.policies_published
            )?;
        }
        Some(why) => {
            writeln!(out, "What happened since the backup is not known: {why}.")?;
            let distrusted = restored.recovered.tokens_distrusted;
            writeln!(out, "Revoked {distrusted} token(s) that may have been used since")?;
        }
    }
    writeln!(out, "Deleted {} part(s) of reports whose day has come since", restored.parts_deleted)?;
    writeln!(out, "Devices are asked to send again what the backup lacks, each before its next report")?;
    if let Some(what) = &restored.missing_key {
        complain(&format!("WARNING: {what}"));
    }
    if restored.held {
        writeln!(out)?;
        writeln!(
            out,
            "The server answers nobody until you accept the loss. Revoke again what you revoked since the backup,"
        )?;
        writeln!(out, "publish again what you published since, and then:")?;
        writeln!(out, "  candor-collector restore --data {directory} --accept-loss")?;
    }
    Ok(())
}

async fn accept(data: &Path, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let admin = Admin::open(DataDir::at(data), super::system_clock(), super::system_random())?;
    let actor = Actor::Operator { user: platform::user() };
    let was_held = backups::accept_loss(&admin, &actor).await.context("the loss cannot be accepted")?;
    if was_held {
        writeln!(
            out,
            "The loss is accepted, and on record as the event `loss_accepted`. The server answers devices again."
        )?;
    } else {
        writeln!(out, "Nothing is held: the server answers devices.")?;
    }
    Ok(ExitCode::SUCCESS)
}
