//! `backup`: the whole collector in one file, made while the server works.

use super::Data;
use super::output::{Format, Output, complain};
use crate::admin::backups;
use crate::platform;
use crate::store::{CopyPace, Progress};
use candor_durable::Staged;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Arguments of `backup`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  candor-collector backup --data /srv/candor --output /mnt/backups/candor-2026-11-27 --prune

The server goes on meanwhile. The file holds the database, the configuration, the certificates and the online keys: keep it where
only you can read it. It has to be deleted by the date that is printed ([backup] `keep` in collector.toml), is not restored from
then on, and holds no value that has to be deleted before. The keys in offline/ are not in it: keep copies of these yourself.
`candor-collector restore` says what it takes to come back from it.")]
pub(crate) struct Args {
    #[command(flatten)]
    data: Data,
    /// File to make; must not exist
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// Remove this collector's earlier backups beside it that may be kept no longer
    #[arg(long)]
    prune: bool,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    platform::stand_back();
    let (admin, actor) = args.data.open()?;
    let made = backups::make(&admin, &actor, &args.output, args.prune, gently).await?;
    if args.format == Format::Json {
        out.json(&made)?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "Backup {} of {}: {} bytes", made.file.display(), made.made, made.bytes)?;
    writeln!(out, "  to be deleted by   {}", made.delete_by)?;
    for removed in &made.removed {
        writeln!(out, "  removed            {}", removed.display())?;
    }
    if !made.is_continued {
        writeln!(
            out,
            "No journal is set: what happens from now on (devices revoked, tokens used, policies published) would be undone by a"
        )?;
        writeln!(
            out,
            "restore, which revokes unused tokens for that. Set `path` under [journal] in collector.toml, on another host."
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Leaves the disk and a processor to others for as long as each piece took, and makes each durable by itself: whoever syncs next, such as the
/// server, waits for what is not yet on the disk.
fn gently(staged: &Staged<'_>) -> io::Result<CopyPace> {
    /// Pieces between two lines for whoever waits.
    const SAY_EVERY: u64 = 1024;
    let settle = staged.settler()?;
    let is_watched = io::stderr().is_terminal();
    let (mut began, mut pieces) = (Instant::now(), 0_u64);
    Ok(Box::new(move |Progress { done, all }| {
        pieces += 1;
        settle()?;
        if is_watched && pieces.is_multiple_of(SAY_EVERY) {
            complain(&format!("copied {} of 100", done.saturating_mul(100) / all.max(1)));
        }
        let took = began.elapsed();
        std::thread::sleep(took.min(Duration::from_secs(1)));
        began = Instant::now();
        Ok(())
    }))
}
