//! `retention sweep`: deletes what is past its retention.

use super::Data;
use super::output::{Format, Output};
use crate::admin::retention;
use std::process::ExitCode;

/// Verbs of `retention`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Delete everything whose retention has ended, and say what it was
    Sweep(SweepArgs),
}

/// Arguments of `retention sweep`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  candor-collector retention sweep --data /srv/candor

A running server does this at its start and every hour. Of a report its digest and receipt stay, so that the device
gets the same receipt again; its content and the rows that it left are overwritten.")]
pub(crate) struct SweepArgs {
    #[command(flatten)]
    data: Data,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(command: &Command, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let Command::Sweep(args) = command;
    let (admin, actor) = args.data.open()?;
    let swept = retention::sweep(&admin, &actor).await?;
    match args.format {
        Format::Json => out.json(&swept)?,
        Format::Text => {
            for report in &swept.reports {
                let (id, device, until) = (report.id, &report.device_id, report.stored_until);
                writeln!(out, "deleted the content of report {id} of device {device}, kept until {until}")?;
            }
            for section in &swept.sections {
                let (name, device, until) = (&section.section, &section.device_id, section.stored_until);
                writeln!(out, "deleted the section `{name}` of device {device}, kept until {until}")?;
            }
            let (reports, sections) = (swept.reports.len(), swept.sections.len());
            writeln!(out, "{reports} report(s) and {sections} section(s) deleted")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
