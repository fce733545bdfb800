//! Debian packages that a command needs: installed when they are missing and this process may, otherwise named.

use anyhow::{Context as _, bail};
use std::path::Path;
use std::process::Command;

/// A file that has to be there, with the Debian package that brings it and what it is for.
pub(crate) struct Needed {
    /// The file.
    pub(crate) file: &'static str,
    /// The package.
    pub(crate) package: &'static str,
    /// What it is for.
    pub(crate) purpose: &'static str,
}

/// Installs the packages whose files are missing.
pub(crate) fn install_missing(needed: &[Needed]) -> anyhow::Result<()> {
    let missing: Vec<&Needed> = needed.iter().filter(|needed| !Path::new(needed.file).exists()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for Needed { file, package, purpose } in &missing {
        println!("missing: {file} (Debian package {package}), {purpose}");
    }
    let mut packages: Vec<&str> = missing.iter().map(|needed| needed.package).collect();
    packages.dedup();
    if !is_root() || !Path::new("/usr/bin/apt-get").exists() {
        bail!("install these packages, then run this again: {}", packages.join(" "));
    }
    apt_get(&["update"])?;
    apt_get(&[&["install", "-y", "--no-install-recommends"], &packages[..]].concat())
}

fn apt_get(arguments: &[&str]) -> anyhow::Result<()> {
    let mut command = Command::new("apt-get");
    let status = command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").status();
    let status = status.context("cannot start apt-get")?;
    if !status.success() {
        bail!("`apt-get {}` failed ({status})", arguments.join(" "));
    }
    Ok(())
}

/// Whether this process may install packages. `id -u` asks the system without unsafe code.
fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
