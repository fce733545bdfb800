//! `cargo xtask check-foreign`: type-checks Candor, with warnings as errors, for systems that it is not built on.
//!
//! Clippy reads every crate that is shipped, its tests included, as the foreign system's compiler would. Nothing is linked
//! and no foreign program runs, so a stand-in takes the place of the C compiler. What is not proven this way
//! docs/platforms.md says.

mod std_source;
mod toolchain;

use anyhow::{Context as _, bail, ensure};
use std::process::Command;
use toolchain::Toolchain;

/// A system that Candor is type-checked for.
pub(crate) struct ForeignTarget {
    /// As rustc names it.
    pub(crate) triple: &'static str,
    /// What it stands for.
    pub(crate) about: &'static str,
}

/// The systems.
pub(crate) const TARGETS: [ForeignTarget; 3] = [
    ForeignTarget { triple: "x86_64-pc-windows-gnu", about: "Windows" },
    ForeignTarget { triple: "aarch64-apple-darwin", about: "macOS" },
    ForeignTarget {
        triple: "x86_64-unknown-freebsd",
        about: "any other system, whose modules are called `unsupported`",
    },
];

/// The crates that are shipped to them.
pub(crate) const CRATES: [&str; 7] = [
    "candor-durable",
    "collector-proto",
    "candor-reader",
    "candor-uplink",
    "candor-notice",
    "candor",
    "candor-collector",
];

/// Type-checks for Windows, macOS and any other system.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask check-foreign
  cargo xtask check-foreign --target aarch64-apple-darwin --package candor-reader

It uses the standard library that `rustup target add` installed, where there is one; otherwise it installs Debian's
rustc-web and builds the standard library from its source, once for each version of that compiler.")]
pub(crate) struct Options {
    /// Checks this target alone; may be repeated.
    #[arg(long, value_parser = TARGETS.map(|target| target.triple))]
    target: Vec<String>,
    /// Checks this crate alone; may be repeated.
    #[arg(long, value_parser = CRATES)]
    package: Vec<String>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let targets = chosen(&options.target, &TARGETS.map(|target| target.triple));
    let packages = chosen(&options.package, &CRATES);
    ensure!(!targets.is_empty() && !packages.is_empty(), "nothing would be checked");
    for target in &targets {
        let toolchain = Toolchain::for_target(target)?;
        println!("check-foreign: {target}, {} crates, {}", packages.len(), toolchain.version());
        check(&toolchain, target, &packages)?;
    }
    println!("check-foreign: {} targets, {} crates, no warning", targets.len(), packages.len());
    Ok(())
}

fn chosen<'a>(asked: &'a [String], all: &[&'a str]) -> Vec<&'a str> {
    if asked.is_empty() { all.to_vec() } else { asked.iter().map(String::as_str).collect() }
}

fn check(toolchain: &Toolchain, target: &str, packages: &[&str]) -> anyhow::Result<()> {
    let mut command: Command = toolchain.clippy(target)?;
    command.args(["--locked", "--all-features", "--all-targets", "--target", target]);
    for package in packages {
        command.args(["--package", package]);
    }
    command.args(["--", "--deny", "warnings"]).current_dir(crate::run::workspace_root());
    let status = command.status().context("cannot start clippy")?;
    if !status.success() {
        bail!("Candor does not type-check for {target} ({status})");
    }
    Ok(())
}
