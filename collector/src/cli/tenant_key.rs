//! `tenant-key`: the organisation's key of keyed hashes, made and kept off line.

use super::offline::{NewKeyFile, passphrase};
use super::output::{Format, Output, complain};
use super::system_random;
use crate::keys::tenant::{self, TenantKeyName};
use anyhow::{Context as _, bail};
use collector_proto::messages::TenantKey;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

/// Verbs of `tenant-key`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make the first key
    New(NewArgs),
    /// Show a key's name and version
    Show(ShowArgs),
    /// Make the key that takes the place of one
    Rotate(RotateArgs),
}

/// Arguments of `tenant-key new`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector tenant-key new --output tenant.key                                asks for a passphrase
  candor-collector tenant-key new --output tenant.key --passphrase-file /media/usb/passphrase

Run it where the key stays, never on the collector's host: it needs no collector. `init` makes one in offline/, to be moved. Devices get it by `bundle sign
--tenant-key`. Whoever has it can find a value from its hash wherever few values are possible, as with hardware addresses.")]
pub(crate) struct NewArgs {
    #[command(flatten)]
    file: NewKeyFile,
}

/// Arguments of `tenant-key show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  candor-collector tenant-key show tenant.key")]
pub(crate) struct ShowArgs {
    /// The key; its passphrase is not needed
    file: PathBuf,
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Arguments of `tenant-key rotate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  candor-collector tenant-key rotate tenant.key --output tenant-2.key --comparisons-break

Then bring it to the devices: `bundle --without-token`, `bundle sign --tenant-key tenant-2.key`, and on each device, as root,
`candor tenant-key set --bundle FILE`.")]
pub(crate) struct RotateArgs {
    /// The key in use; its passphrase is not needed
    file: PathBuf,
    #[command(flatten)]
    new: NewKeyFile,
    /// Says that you have read what a new key breaks [default: it is asked for]
    #[arg(long)]
    comparisons_break: bool,
}

/// A tenant key in a file.
#[derive(Debug, clap::Args)]
pub(crate) struct TenantKeyFile {
    /// The organisation's key of keyed hashes
    #[arg(long = "tenant-key", value_name = "FILE")]
    file: PathBuf,
    /// File whose first line is the tenant key's passphrase [default: it is asked for]
    #[arg(long, value_name = "FILE")]
    tenant_passphrase_file: Option<PathBuf>,
}

impl TenantKeyFile {
    /// The key of a file, and the file of its passphrase, which is asked for where there is none.
    pub(super) fn at(file: PathBuf, tenant_passphrase_file: Option<PathBuf>) -> Self {
        Self { file, tenant_passphrase_file }
    }

    /// Reads the key.
    pub(super) fn load(&self) -> anyhow::Result<TenantKey> {
        Ok(tenant::read(&self.file, || {
            passphrase(
                self.tenant_passphrase_file.as_deref(),
                &format!("Passphrase of {}: ", self.file.display()),
            )
        })?)
    }
}

/// What a new key breaks, told before one is made.
const BREAKS: &str = "\
A new tenant key breaks comparisons:
- Hashes that were made before do not match those that are made afterwards, not even of the same device and value.
- Lists that were hashed with the old key, such as of purchases, have to be hashed again (`candor-collector hash`).
- Until every device has the new key, those that have it and those that do not cannot be compared.
What the old key could find out about values that were sent before, whoever has it still can.";

pub(super) fn run(command: &Command, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    match command {
        Command::New(args) => make(1, &args.file, out)?,
        Command::Show(args) => show(&tenant::name(&args.file)?, args.format, out)?,
        Command::Rotate(args) => rotate(args, out)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn rotate(args: &RotateArgs, out: &mut Output<'_>) -> anyhow::Result<()> {
    let old = tenant::name(&args.file)?;
    complain(BREAKS);
    if !args.comparisons_break && !is_wanted()? {
        bail!("no key was made");
    }
    make(old.version.checked_add(1).context("the key has the highest version that there is")?, &args.new, out)
}

/// Asks whoever sits at the terminal. Without one there is nobody to ask.
fn is_wanted() -> anyhow::Result<bool> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        bail!("no key was made; give --comparisons-break once you have read this");
    }
    let mut prompt = std::io::stderr();
    write!(prompt, "Make a new key all the same? Type yes: ").and_then(|()| prompt.flush())?;
    let mut answer = String::new();
    stdin.read_line(&mut answer).context("cannot read the answer")?;
    Ok(answer.trim() == "yes")
}

fn make(version: u64, new: &NewKeyFile, out: &mut Output<'_>) -> anyhow::Result<()> {
    let name = new.write(|passphrase| tenant::make(version, passphrase, system_random().as_ref()))?;
    show(&name, new.format, out)
}

fn show(name: &TenantKeyName, format: Format, out: &mut Output<'_>) -> anyhow::Result<()> {
    match format {
        Format::Json => out.json(name)?,
        Format::Text => writeln!(out, "tenant key `{}`, version {}", name.id, name.version)?,
    }
    Ok(())
}
