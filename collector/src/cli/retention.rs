//! `retention`: deletes what is past its time, and says what was deleted.

use super::output::{Format, Output};
use super::{Data, Listing, walk};
use crate::admin::retention;
use std::process::ExitCode;

/// Verbs of `retention`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Delete everything whose retention has ended, and say what it was
    Sweep(SweepArgs),
    /// List how much was deleted, newest first
    #[command(after_help = "\
Example:
  candor-collector retention history --data /srv/candor

Counted by the hour; it names neither devices nor reports. After 400 days the record is deleted.")]
    History(Listing),
}

/// Arguments of `retention sweep`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  candor-collector retention sweep --data /srv/candor

A running server does this at its start and every hour. Of a report its head and receipt stay, so that the device
gets the same receipt again; its parts and the rows that they left are overwritten. What stays is deleted when the
`records` of its policy are over, and with it a device that has not reported since.")]
pub(crate) struct SweepArgs {
    #[command(flatten)]
    data: Data,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(command: &Command, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    match command {
        Command::Sweep(args) => sweep(args, out).await,
        Command::History(args) => history(args, out).await,
    }
}

async fn history(args: &Listing, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let (admin, actor) = args.data.open()?;
    let deletions = walk(None, async |page| retention::history(&admin, &actor, page).await).await?;
    out.listing(args.format, "deletions", deletions, ["HOUR", "DELETED", "COUNT"], |deletion| {
        [deletion.hour.to_string(), deletion.kind, deletion.count.to_string()]
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn sweep(args: &SweepArgs, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let (admin, actor) = args.data.open()?;
    let swept = retention::sweep(&admin, &actor).await?;
    match args.format {
        Format::Json => out.json(&swept)?,
        Format::Text => {
            for part in &swept.parts {
                let (report, name, device) = (part.report, &part.part, &part.device_id);
                let until = part.stored_until;
                writeln!(
                    out,
                    "deleted part {name} of report {report} of device {device}, kept until {until}"
                )?;
            }
            for section in &swept.sections {
                let (name, part, device) = (&section.section, &section.part, &section.device_id);
                let until = section.stored_until;
                writeln!(
                    out,
                    "deleted the section `{name}` of part {part} of device {device}, kept until {until}"
                )?;
            }
            for head in &swept.heads {
                let (id, device, until) = (head.id, &head.device_id, head.stored_until);
                writeln!(out, "deleted what remained of report {id} of device {device}, kept until {until}")?;
            }
            for device in &swept.devices {
                writeln!(out, "forgot device {}, kept until {}", device.device_id, device.records_until)?;
            }
            let (parts, sections) = (swept.parts.len(), swept.sections.len());
            let (heads, devices) = (swept.heads.len(), swept.devices.len());
            writeln!(
                out,
                "Deleted: {parts} part(s), {sections} section(s), what remained of {heads} report(s), {devices} device(s)"
            )?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
