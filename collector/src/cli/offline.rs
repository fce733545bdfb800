//! What signing off line takes: a key, and the root in force.

use super::output::Format;
use super::{system_clock, system_random};
use crate::admin::{Actor, Admin, policies, roots};
use crate::data_dir::{DataDir, read_file, read_text, write_new_secret};
use crate::keys::{self, KeyError};
use crate::platform;
use crate::verify::TrustRoot;
use anyhow::{Context as _, bail, ensure};
use collector_proto::envelope::SigningKey;
use std::path::{Path, PathBuf};

/// The root in force: of a file, or of the collector's directory.
#[derive(Debug, clap::Args)]
pub(crate) struct Current {
    /// The root in force, or an enrolment bundle that holds one: all that signing needs beside the key
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
    /// The collector's directory, made by `init`; its newest root is believed
    #[arg(long, value_name = "DIR", env = "CANDOR_COLLECTOR_DATA", required_unless_present = "root")]
    data: Option<PathBuf>,
}

impl Current {
    /// The collector's directory, where the root is not named by itself.
    pub(crate) fn dir(&self) -> Option<DataDir> {
        match (&self.root, &self.data) {
            (None, Some(data)) => Some(DataDir::at(data)),
            _ => None,
        }
    }

    /// The collector's administration, where it is there.
    pub(crate) fn open(&self) -> anyhow::Result<Option<(Admin, Actor)>> {
        let Some(dir) = self.dir() else { return Ok(None) };
        let admin = Admin::open(dir, system_clock(), system_random())?;
        Ok(Some((admin, Actor::Operator { user: platform::user() })))
    }

    /// Reads the root.
    pub(crate) async fn load(&self) -> anyhow::Result<TrustRoot> {
        if let Some(path) = &self.root {
            let bytes = read_file(path).with_context(|| format!("cannot read {}", path.display()))?;
            return policies::root(&bytes).with_context(|| format!("{} holds no root", path.display()));
        }
        let beside = self.open()?;
        let (admin, actor) =
            beside.context("name the root in force with --root or the collector's directory with --data")?;
        let all = roots::all(&admin, &actor).await?;
        all.into_iter().next_back().context("the collector has no root")
    }
}

/// An offline key in a file.
#[derive(Debug, clap::Args)]
pub(crate) struct OfflineKey {
    /// The holder's key [default: the one that `init` made, in offline/ of the collector's directory]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// File whose first line is the key's passphrase [default: it is asked for]
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl OfflineKey {
    /// The key of a file whose passphrase is asked for.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { key: Some(path), passphrase_file: None }
    }

    /// Reads the key, or the one at `default`.
    pub(crate) fn load(&self, default: Option<PathBuf>) -> anyhow::Result<SigningKey> {
        let Some(path) = self.key.clone().or(default) else {
            bail!("name the key that signs with --key");
        };
        Ok(keys::read_offline(&path, || {
            passphrase(self.passphrase_file.as_deref(), &format!("Passphrase of {}: ", path.display()))
        })?)
    }
}

/// Where a new key goes.
#[derive(Debug, clap::Args)]
pub(crate) struct NewKeyFile {
    /// File to write; must not exist
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    passphrase: NewPassphrase,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
}

impl NewKeyFile {
    /// Writes what is made with the passphrase, where the file gets one. Gives what names the key.
    pub(super) fn write<N>(
        &self,
        make: impl FnOnce(Option<&str>) -> Result<(N, Vec<u8>), KeyError>,
    ) -> anyhow::Result<N> {
        let output = self.output.display();
        // Before anybody types a passphrase.
        ensure!(!self.output.exists(), "{output} exists already; keys are not overwritten");
        let passphrase = self.passphrase.take(&self.output)?;
        let (name, file) = make(passphrase.as_deref())?;
        write_new_secret(&self.output, &file).with_context(|| format!("cannot write {output}"))?;
        Ok(name)
    }
}

/// The passphrase that a new file gets.
#[derive(Debug, clap::Args)]
struct NewPassphrase {
    /// File whose first line is the passphrase [default: it is asked for]
    #[arg(long, value_name = "FILE", conflicts_with = "no_passphrase")]
    passphrase_file: Option<PathBuf>,
    /// Leave the file without a passphrase
    #[arg(long)]
    no_passphrase: bool,
}

impl NewPassphrase {
    /// The passphrase of the file at `output`, where it gets one.
    fn take(&self, output: &Path) -> anyhow::Result<Option<String>> {
        match (&self.passphrase_file, self.no_passphrase) {
            (_, true) => Ok(None),
            (Some(file), _) => Ok(Some(passphrase(Some(file), "")?)),
            (None, _) => {
                let least = keys::MIN_PASSPHRASE;
                let prompt = format!("Passphrase of {} (at least {least} characters): ", output.display());
                let first = passphrase(None, &prompt)?;
                ensure!(
                    passphrase(None, "The same again: ")? == first,
                    "the two passphrases differ; nothing was written"
                );
                Ok(Some(first))
            }
        }
    }
}

/// A passphrase: the first line of a file, or what is typed without being shown.
pub(super) fn passphrase(file: Option<&Path>, prompt: &str) -> Result<String, KeyError> {
    let Some(file) = file else {
        return rpassword::prompt_password(prompt)
            .map_err(|error| KeyError::NoPassphrase("the terminal".to_owned(), error));
    };
    let text = read_text(file).map_err(|error| KeyError::NoPassphrase(file.display().to_string(), error))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
