//! `cargo xtask bench`: the figures that Candor promises, measured on this machine with release binaries.
//!
//! Each figure is printed raw, with its bound and the ratio of the two. Nothing in the tests is timed; a figure that
//! is missed is said here and changes the exit code only with `--strict`.

mod backup;
mod collector;
mod figures;
mod peer;
mod process;
mod rpm;
mod setup;
mod split;
mod wire;

use crate::run::Binaries;
use figures::Figures;
use process::Whose;

/// Measures size, speed, memory and bytes on the wire.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask bench\n  cargo xtask bench --runs 50 --strict\n  cargo xtask bench --sweep-rows 1000000"
)]
pub(crate) struct Options {
    /// How often each command is run after one warm-up; the median is quoted.
    #[arg(long, default_value_t = 20)]
    runs: usize,
    /// Seconds for which the idle agent is watched.
    #[arg(long, default_value_t = 20)]
    idle_seconds: u64,
    /// How many rows the collector's sweep deletes; the bound of 60 s is for a million.
    #[arg(long, default_value_t = 100_000)]
    sweep_rows: u32,
    /// Measures intake while a store of so many MiB is backed up and 50 devices report; the bound is for 1024.
    #[arg(long, value_name = "MIB")]
    backup_mib: Option<u32>,
    /// Fails when a figure is missed.
    #[arg(long)]
    strict: bool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    anyhow::ensure!(options.runs > 0, "--runs must be at least 1");
    println!("Building release binaries …");
    let binaries = Binaries::build("release")?;
    let mut figures = Figures::default();
    let bench = setup::Bench::new(&binaries)?;

    figures.size("candor-reader, stripped", &binaries.path("candor-reader"), 3)?;
    figures.size("candor, stripped", &binaries.path("candor"), 8)?;

    for (name, root) in [("this machine", None), ("1,000 packages", Some(bench.root_with_packages(1000)?))] {
        let measured =
            process::measure(options.runs, Whose::WithChildren, || Ok(bench.preview(root.as_deref())))?;
        figures.wall(&format!("preview of every field, {name}"), &measured, 25.0);
        figures.memory(&format!("preview, both processes, {name}"), &measured, 12.0);
        println!("  ({} packages found)", bench.packages(root.as_deref())?);
    }

    figures.wall("the sandbox's part of collecting", &process::sandbox(options.runs)?, 2.0);
    figures.wall("the permit of 200 rules, another version coming", &process::permit(options.runs)?, 5.0);
    figures.wall("60 roots and a policy, another version coming", &process::walk(options.runs)?, 20.0);
    rpm::measure_each(options.runs, &bench, &mut figures)?;
    peer::compare(options.runs, &bench, &mut figures)?;

    split::measure(&binaries, options.runs, &mut figures)?;

    wire::measure(&bench, &mut figures)?;
    collector::measure(&bench, options.sweep_rows, &mut figures)?;
    if let Some(mib) = options.backup_mib {
        backup::measure(&bench, mib, &mut figures)?;
    }

    let idle = bench.idle(options.idle_seconds)?;
    figures.idle(&idle, 6.0, options.idle_seconds);
    figures.print(options.strict)
}
