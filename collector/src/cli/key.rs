//! `key`: keys of holders, made and kept off line.

use super::offline::NewPassphrase;
use super::output::{Format, Output};
use super::system_random;
use crate::data_dir::write_new_secret;
use crate::keys;
use anyhow::{Context as _, ensure};
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
    /// File to write; must not exist
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    passphrase: NewPassphrase,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
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
    let output = args.output.display();
    // Before anybody types a passphrase.
    ensure!(!args.output.exists(), "{output} exists already; keys are not overwritten");
    let passphrase = args.passphrase.take(&args.output)?;
    let (public, file) = keys::make_offline(passphrase.as_deref(), system_random().as_ref())?;
    write_new_secret(&args.output, &file).with_context(|| format!("cannot write {output}"))?;
    show(&public, args.format, out)
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
