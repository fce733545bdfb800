//! `certificate`: what the server shows to devices.

use super::output::{Format, Output, complain};
use super::{Data, now};
use crate::admin::certificates::{self, Certificate, Issuer};
use collector_proto::limits::WARN_DAYS;
use std::process::ExitCode;

/// Verbs of `certificate`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Show the server's certificate, and whether devices believe it
    Show(ShowArgs),
    /// Issue another certificate for the server
    Renew(RenewArgs),
}

/// Arguments of `certificate show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  candor-collector certificate show --data /srv/candor --format json")]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    data: Data,
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Arguments of `certificate renew`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector certificate renew --data /srv/candor
  candor-collector certificate renew --data /srv/candor --authority     by the authority that `root new-version --authority` made

A running server shows the new certificate once it is started again. Devices need nothing: they believe what an authority signs that their root names.
Refused is another authority while a device has not said that it follows a root that names it: each says so with its second report after that root was published.")]
pub(crate) struct RenewArgs {
    #[command(flatten)]
    data: Data,
    /// Have the new authority sign it, and put that in the place of the one in use
    #[arg(long)]
    authority: bool,
    /// Do so although devices have not said that they would believe it; these have to be enrolled again
    #[arg(long, requires = "authority")]
    force: bool,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(command: &Command, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let (certificate, format) = match command {
        Command::Show(ShowArgs { data, format }) => {
            let (admin, actor) = data.open()?;
            (certificates::shown(&admin, &actor).await?, *format)
        }
        Command::Renew(RenewArgs { data, authority, force, format }) => {
            let (admin, actor) = data.open()?;
            let issuer = match (authority, force) {
                (false, _) => Issuer::InUse,
                (true, false) => Issuer::Next,
                (true, true) => Issuer::NextByForce,
            };
            (certificates::renew(&admin, &actor, issuer).await?, *format)
        }
    };
    write(&certificate, format, out)?;
    if matches!(command, Command::Renew(_)) && format == Format::Text {
        writeln!(out, "A running server shows it once it is started again")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn write(certificate: &Certificate, format: Format, out: &mut Output<'_>) -> std::io::Result<()> {
    if format == Format::Json {
        return out.json(certificate);
    }
    let left = certificate.until.days_since(now());
    writeln!(
        out,
        "Certificate for {}, until {}, in {left} days",
        certificate.hosts.join(", "),
        certificate.until
    )?;
    for until in &certificate.authorities_until {
        writeln!(out, "  an authority that devices believe, until {until}")?;
    }
    if let Some(why) = &certificate.not_believed {
        complain(&format!("WARNING: devices do not believe it: {why}"));
    } else if left < WARN_DAYS {
        complain("WARNING: it ends soon; renew it with `certificate renew`");
    }
    Ok(())
}
