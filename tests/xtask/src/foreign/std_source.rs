//! A standard library for a foreign target, built once from the source that comes with Debian's compiler.
//!
//! `-Zbuild-std` needs the very source that the compiler was built from, and the nightly options that RUSTC_BOOTSTRAP opens to
//! a stable compiler. Only metadata is kept: that is all a type-check reads.

use anyhow::{Context as _, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The host's part of Debian's compiler, which build scripts and procedural macros need.
const HOST_LIBRARIES: &str = "/usr/lib/rustlib/x86_64-unknown-linux-gnu";

/// Crates of the standard library that programs and their tests name.
const STD_CRATES: &str = "-Zbuild-std=std,panic_abort,panic_unwind,proc_macro,test";

/// A folder that rustc takes for its own, with the standard libraries of the host and of a foreign target.
pub(super) struct Sysroot(PathBuf);

impl Sysroot {
    /// Its path.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

/// The sysroot for a target under a compiler of this version, built if it is not there.
pub(super) fn sysroot(folder: &Path, version: &str, target: &str) -> anyhow::Result<Sysroot> {
    let named: String = version.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let sysroot = folder.join(named).join(target);
    let libraries = sysroot.join("lib/rustlib").join(target).join("lib");
    if !libraries.is_dir() {
        println!("check-foreign: building the standard library for {target} (about a minute)");
        let built = build(&folder.join("std"), target)?;
        keep_metadata(&built, &libraries)?;
    }
    let host = sysroot.join("lib/rustlib").join("x86_64-unknown-linux-gnu");
    if !host.exists() {
        link(Path::new(HOST_LIBRARIES), &host)?;
    }
    Ok(Sysroot(sysroot))
}

/// A program of Debian's toolchain, out of reach of rustup's, which would answer to the same names.
pub(super) fn debian(program: &str) -> Command {
    let mut command = Command::new(program);
    for variable in ["RUSTC", "RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
        command.env_remove(variable);
    }
    command.env("PATH", "/usr/bin:/bin").env("CARGO", "/usr/bin/cargo");
    command
}

/// Builds the standard library as the dependency of an empty crate; gives the folder with what was made.
fn build(folder: &Path, target: &str) -> anyhow::Result<PathBuf> {
    let at = |what: &str| format!("cannot write {what} in {}", folder.display());
    fs::create_dir_all(folder.join("src")).with_context(|| at("src"))?;
    let manifest = "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n";
    fs::write(folder.join("Cargo.toml"), manifest).with_context(|| at("Cargo.toml"))?;
    fs::write(folder.join("src/lib.rs"), "#![no_std]\n").with_context(|| at("src/lib.rs"))?;
    // What an older compiler left would be taken for this one's.
    let made = folder.join("target").join(target);
    if made.exists() {
        fs::remove_dir_all(&made).with_context(|| format!("cannot remove {}", made.display()))?;
    }
    let mut command = debian("/usr/bin/cargo");
    command.args(["check", STD_CRATES, "--target", target]).current_dir(folder);
    command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", folder.join("target"));
    let status = command.status().context("cannot start Debian's cargo")?;
    if !status.success() {
        bail!("the standard library for {target} was not built ({status})");
    }
    Ok(made.join("debug/deps"))
}

/// Copies the metadata; the folder has its name only when it is complete.
fn keep_metadata(built: &Path, libraries: &Path) -> anyhow::Result<()> {
    let unfinished = libraries.with_extension("unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished)?;
    }
    fs::create_dir_all(&unfinished)?;
    let mut kept = 0;
    for entry in fs::read_dir(built).with_context(|| format!("cannot list {}", built.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|extension| extension == "rmeta") && !name.starts_with("libempty-") {
            fs::copy(&path, unfinished.join(&name))?;
            kept += 1;
        }
    }
    ensure!(kept > 0, "the build of the standard library left no metadata in {}", built.display());
    Ok(fs::rename(&unfinished, libraries)?)
}

#[cfg(unix)]
fn link(original: &Path, link: &Path) -> anyhow::Result<()> {
    std::os::unix::fs::symlink(original, link).with_context(|| format!("cannot make {}", link.display()))
}

/// Debian's compiler is on no other system.
#[cfg(not(unix))]
fn link(_original: &Path, link: &Path) -> anyhow::Result<()> {
    bail!("cannot make {}", link.display())
}
