//! `cargo xtask test`: every test, after installing what they need.

use anyhow::{Context as _, bail};
use std::path::Path;
use std::process::Command;

/// Files of what tests use beside Rust, with the Debian package that brings each and what it is for.
const NEEDED: &[(&str, &str, &str)] = &[
    ("/usr/bin/openssl", "openssl", "a TLS 1.2 server and an independent check of signatures"),
    ("/usr/bin/strace", "strace", "what the reader opens, and kernels that lack what it is confined by"),
    ("/usr/bin/unshare", "util-linux", "a private mount for the full-disk tests"),
    ("/usr/bin/mount", "mount", "a small file system for the full-disk tests"),
    ("/usr/bin/dbus-daemon", "dbus", "a message bus for the reader's tests"),
    (
        "/usr/lib/python3/dist-packages/dbusmock/__init__.py",
        "python3-dbusmock",
        "services on that bus with the interfaces of the real ones",
    ),
];

/// Runs all tests; installs missing Debian packages when it can.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask test\n  cargo xtask test -- ledger      only tests with `ledger` in their name"
)]
pub(crate) struct Options {
    /// Passed on to `cargo test`.
    #[arg(last = true)]
    arguments: Vec<String>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    install_missing()?;
    // The end-to-end tests start the binaries, so these are built first, with the same features as the tests.
    let features = ["--workspace", "--locked", "--features", "candor/fault-points"];
    crate::run::cargo(&[&["build", "--bins"][..], &features].concat())?;
    // Every failure is worth knowing, not only those of the first target.
    let mut arguments = [&["test", "--no-fail-fast"][..], &features].concat();
    arguments.extend(options.arguments.iter().map(String::as_str));
    crate::run::cargo(&arguments)
}

fn install_missing() -> anyhow::Result<()> {
    let missing: Vec<_> = NEEDED.iter().filter(|(program, ..)| !Path::new(program).exists()).collect();
    if missing.is_empty() || !cfg!(target_os = "linux") {
        return Ok(());
    }
    for (program, package, purpose) in &missing {
        println!("missing: {program} (Debian package {package}), {purpose}");
    }
    let packages: Vec<&str> = missing.iter().map(|(_, package, _)| *package).collect();
    if !is_root() || !Path::new("/usr/bin/apt-get").exists() {
        bail!("install these packages, then run this again: {}", packages.join(" "));
    }
    for arguments in
        [&["update"][..], &[&["install", "-y", "--no-install-recommends"], &packages[..]].concat()]
    {
        let status = Command::new("apt-get")
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .status()
            .context("cannot start apt-get")?;
        if !status.success() {
            bail!("`apt-get {}` failed ({status})", arguments.join(" "));
        }
    }
    Ok(())
}

/// Whether this process may install packages. `id -u` asks the system without unsafe code.
fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
