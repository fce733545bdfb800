//! `key`: keys of holders, made and kept off line.

use super::offline::NewKeyFile;
use super::output::{Format, Output};
use super::system_random;
use crate::keys;
use collector_proto::envelope::PublicKey;
use std::path::PathBuf;
use std::process::ExitCode;

/// Verbs of `key`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make a holder's key; its public part goes into a root
    New(NewArgs),
    /// Show the public part of a key
    Show(ShowArgs),
}

/// Arguments of `key new`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector key new --output works-council.key                                asks for a passphrase
  candor-collector key new --output it.key --passphrase-file /media/usb/passphrase
  candor-collector key new --output it.key --no-passphrase                           for a device that keeps it safe by itself

Run it where the key stays: it needs no collector. Copy the public key that it prints into the file that `root new-version` writes.")]
pub(crate) struct NewArgs {
    #[command(flatten)]
    file: NewKeyFile,
}

/// Arguments of `key show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  candor-collector key show it.key")]
pub(crate) struct ShowArgs {
    /// The key; its passphrase is not needed
    file: PathBuf,
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(command: &Command, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    match command {
        Command::New(args) => new(args, out)?,
        Command::Show(args) => show(&keys::public_of(&args.file)?, args.format, out)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn new(args: &NewArgs, out: &mut Output<'_>) -> anyhow::Result<()> {
    let public = args.file.write(|passphrase| keys::make_offline(passphrase, system_random().as_ref()))?;
    show(&public, args.file.format, out)
}

fn show(public: &PublicKey, format: Format, out: &mut Output<'_>) -> anyhow::Result<()> {
    let jwk = public.to_jwk();
    match format {
        Format::Json => out.json(&serde_json::json!({ "keyid": public.id(), "jwk": jwk }))?,
        Format::Text => {
            writeln!(out, "public key {}", jwk.x)?;
            writeln!(out, "thumbprint {}", public.id())?;
        }
    }
    Ok(())
}
