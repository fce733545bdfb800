//! `cargo xtask test`: every test, after installing what they need.

use crate::packages::{self, Needed};

/// What tests use beside Rust.
const NEEDED: &[Needed] = &[
    Needed {
        file: "/usr/bin/openssl",
        package: "openssl",
        purpose: "a TLS 1.2 server and an independent check of signatures",
    },
    Needed {
        file: "/usr/bin/strace",
        package: "strace",
        purpose: "what the reader opens, and kernels that lack what it is confined by",
    },
    Needed {
        file: "/usr/bin/unshare",
        package: "util-linux",
        purpose: "a private mount for the full-disk tests",
    },
    Needed {
        file: "/usr/bin/mount",
        package: "mount",
        purpose: "a small file system for the full-disk tests",
    },
    Needed { file: "/usr/bin/dbus-daemon", package: "dbus", purpose: "a message bus for the reader's tests" },
    Needed {
        file: "/usr/lib/python3/dist-packages/dbusmock/__init__.py",
        package: "python3-dbusmock",
        purpose: "services on that bus with the interfaces of the real ones",
    },
    Needed {
        file: "/usr/bin/systemd-nspawn",
        package: "systemd-container",
        purpose: "a booted system with both services",
    },
    Needed { file: "/usr/sbin/debootstrap", package: "debootstrap", purpose: "the system that is booted" },
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
    if cfg!(target_os = "linux") {
        packages::install_missing(NEEDED)?;
    }
    // The end-to-end tests start the binaries, so these are built first, with the same features as the tests.
    let features = ["--workspace", "--locked", "--features", "candor/fault-points"];
    crate::run::cargo(&[&["build", "--bins"][..], &features].concat())?;
    // Every failure is worth knowing, not only those of the first target.
    let mut arguments = [&["test", "--no-fail-fast"][..], &features].concat();
    arguments.extend(options.arguments.iter().map(String::as_str));
    crate::run::cargo(&arguments)
}
