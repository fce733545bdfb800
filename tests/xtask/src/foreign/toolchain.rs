//! Which compiler checks a foreign target, and how it is told where the target's standard library and C compiler are.

use super::std_source::{self, Sysroot};
use crate::packages::{self, Needed};
use crate::run::{output, target_dir};
use anyhow::Context as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Debian's compiler with the source of its standard library.
const NEEDED: &[Needed] = &[
    Needed { file: "/usr/bin/rustc", package: "rustc-web", purpose: "a compiler whose source is there" },
    Needed { file: "/usr/bin/cargo", package: "cargo-web", purpose: "the cargo that belongs to it" },
    Needed { file: "/usr/bin/cargo-clippy", package: "rust-web-clippy", purpose: "the lints" },
    Needed {
        file: "/usr/lib/rustlib/src/rust/library/std/Cargo.toml",
        package: "rust-web-src",
        purpose: "the standard library's source",
    },
    Needed {
        file: "/usr/bin/x86_64-w64-mingw32-dlltool",
        package: "binutils-mingw-w64-x86-64",
        purpose: "import libraries of the standard library for Windows",
    },
];

/// Stands in for the foreign C compiler.
const STAND_IN_CC: &str = include_str!("stand_in_cc.sh");

/// A compiler that has the target's standard library.
pub(super) struct Toolchain {
    version: String,
    source: Source,
}

enum Source {
    /// The toolchain that runs this command has it.
    Own,
    /// Debian's compiler, with a standard library built from its source.
    Debian(Sysroot),
}

impl Toolchain {
    /// The toolchain that runs this, where it knows the target, otherwise Debian's.
    pub(super) fn for_target(target: &str) -> anyhow::Result<Self> {
        if own_sysroot()?.join("lib/rustlib").join(target).join("lib").is_dir() {
            let version = output(own_rustc().arg("--version"))?.trim().to_owned();
            return Ok(Self { version, source: Source::Own });
        }
        packages::install_missing(NEEDED).with_context(|| {
            format!(
                "the standard library for {target} is missing; `rustup target add {target}` brings it, \
                 and on Debian so do the packages that follow"
            )
        })?;
        let version = output(Command::new("/usr/bin/rustc").arg("--version"))?.trim().to_owned();
        let sysroot = std_source::sysroot(&folder(), &version, target)?;
        Ok(Self { version, source: Source::Debian(sysroot) })
    }

    /// What the compiler calls itself.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// A clippy command for the target, without the arguments that say what to check.
    pub(super) fn clippy(&self, target: &str) -> anyhow::Result<Command> {
        let mut command = match &self.source {
            Source::Own => {
                let mut command = Command::new(env!("CARGO"));
                command.arg("clippy");
                command
            }
            Source::Debian(sysroot) => {
                let mut command = std_source::debian("/usr/bin/cargo-clippy");
                command.arg("clippy");
                let flags =
                    format!("CARGO_TARGET_{}_RUSTFLAGS", target.to_ascii_uppercase().replace('-', "_"));
                command.env(flags, format!("--sysroot {}", sysroot.path().display()));
                command
            }
        };
        let stand_in = stand_in_cc(&folder())?;
        let variable = target.replace('-', "_");
        command.env(format!("CC_{variable}"), &stand_in).env(format!("AR_{variable}"), &stand_in);
        // Any folder keeps the build from asking for Apple's.
        command.env("SDKROOT", folder());
        Ok(command)
    }
}

/// Where what the check needs is kept between runs.
fn folder() -> PathBuf {
    target_dir().join("foreign")
}

fn own_rustc() -> Command {
    let cargo = Path::new(env!("CARGO"));
    Command::new(cargo.with_file_name(format!("rustc{}", std::env::consts::EXE_SUFFIX)))
}

fn own_sysroot() -> anyhow::Result<PathBuf> {
    Ok(PathBuf::from(output(own_rustc().args(["--print", "sysroot"]))?.trim()))
}

/// Writes the stand-in and makes it a program.
fn stand_in_cc(folder: &Path) -> anyhow::Result<PathBuf> {
    let path = folder.join("stand-in-cc");
    if std::fs::read_to_string(&path).is_ok_and(|written| written == STAND_IN_CC) {
        return Ok(path);
    }
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    std::fs::write(&path, STAND_IN_CC).with_context(|| format!("cannot write {}", path.display()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
    }
    Ok(path)
}
