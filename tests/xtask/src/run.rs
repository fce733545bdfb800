//! Starting other programs: cargo, and Candor's own binaries.

use anyhow::{Context as _, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the workspace's Cargo.toml.
pub(crate) fn workspace_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Where cargo puts what it builds.
pub(crate) fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace_root().join("target"), PathBuf::from)
}

/// Runs cargo in the workspace with its output shown; an error names the command.
pub(crate) fn cargo(arguments: &[&str]) -> anyhow::Result<()> {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(workspace_root());
    let status = command.status().context("cannot start cargo")?;
    if !status.success() {
        bail!("`cargo {}` failed ({status})", arguments.join(" "));
    }
    Ok(())
}

/// Candor's binaries of one profile.
pub(crate) struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    /// Builds the three binaries in the profile (`dev` or `release`), each with its own features only.
    pub(crate) fn build(profile: &str) -> anyhow::Result<Self> {
        // One package at a time: a joint build would unify features and link into the reader what only others need.
        for package in ["candor-reader", "candor", "candor-collector"] {
            cargo(&["build", "--quiet", "--locked", "--profile", profile, "--package", package])?;
        }
        let folder = target_dir().join(if profile == "dev" { "debug" } else { profile });
        Ok(Self { folder })
    }

    /// Where they are.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Path of a binary.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// A command for a binary.
    pub(crate) fn command(&self, name: &str) -> Command {
        Command::new(self.path(name))
    }
}

/// Runs a command and returns its standard output; an error shows what it printed.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<String> {
    let said =
        command.output().with_context(|| format!("cannot start {}", command.get_program().display()))?;
    if !said.status.success() {
        bail!(
            "{} {:?} failed ({}):\n{}{}",
            command.get_program().display(),
            command.get_args().collect::<Vec<_>>(),
            said.status,
            String::from_utf8_lossy(&said.stdout),
            String::from_utf8_lossy(&said.stderr)
        );
    }
    Ok(String::from_utf8_lossy(&said.stdout).into_owned())
}
