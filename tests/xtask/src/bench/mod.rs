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
use clap::ValueEnum as _;
use figures::Figures;
use process::Whose;

/// Measures size, speed, memory and bytes on the wire.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask bench\n  cargo xtask bench --runs 50 --strict\n  cargo xtask bench --sweep-rows 1000000\n  cargo xtask bench --only backup --backup-mib 1024"
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
    /// Measures these parts alone.
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<Part>,
    /// Fails when a figure is missed.
    #[arg(long)]
    strict: bool,
}

/// A part of what is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Sizes of the programs.
    Sizes,
    /// A preview of every field.
    Preview,
    /// What the sandbox takes.
    Sandbox,
    /// Policies and roots.
    Trust,
    /// Package databases.
    Rpm,
    /// Beside a peer.
    Peer,
    /// Two users.
    Split,
    /// Bytes on the wire.
    Wire,
    /// The collector.
    Collector,
    /// A backup under load.
    Backup,
    /// An agent that waits.
    Idle,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    anyhow::ensure!(options.runs > 0, "--runs must be at least 1");
    println!("Building release binaries …");
    let binaries = Binaries::build("release")?;
    let mut figures = Figures::default();
    let bench = setup::Bench::new(&binaries)?;
    let parts =
        Part::value_variants().iter().filter(|part| options.only.is_empty() || options.only.contains(part));
    for part in parts {
        measure(*part, options, &bench, &binaries, &mut figures)?;
    }
    figures.print(options.strict)
}

fn measure(
    part: Part,
    options: &Options,
    bench: &setup::Bench<'_>,
    binaries: &Binaries,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    match part {
        Part::Sizes => {
            figures.size("candor-reader, stripped", &binaries.path("candor-reader"), 3)?;
            figures.size("candor, stripped", &binaries.path("candor"), 8)
        }
        Part::Preview => preview(options.runs, bench, figures),
        Part::Sandbox => {
            figures.wall("the sandbox's part of collecting", &process::sandbox(options.runs)?, 2.0);
            Ok(())
        }
        Part::Trust => {
            let permit = process::permit(options.runs)?;
            figures.wall("the permit of 200 rules, another version coming", &permit, 5.0);
            let roots = process::walk(options.runs)?;
            figures.wall("60 roots and a policy, another version coming", &roots, 20.0);
            Ok(())
        }
        Part::Rpm => rpm::measure_each(options.runs, bench, figures),
        Part::Peer => peer::compare(options.runs, bench, figures),
        Part::Split => split::measure(binaries, options.runs, figures),
        Part::Wire => wire::measure(bench, figures),
        Part::Collector => collector::measure(bench, options.sweep_rows, figures),
        Part::Backup => options.backup_mib.map_or(Ok(()), |mib| backup::measure(bench, mib, figures)),
        Part::Idle => {
            let idle = bench.idle(options.idle_seconds)?;
            figures.idle(&idle, 6.0, options.idle_seconds);
            Ok(())
        }
    }
}

fn preview(runs: usize, bench: &setup::Bench<'_>, figures: &mut Figures) -> anyhow::Result<()> {
    for (name, root) in [("this machine", None), ("1,000 packages", Some(bench.root_with_packages(1000)?))] {
        let measured = process::measure(runs, Whose::WithChildren, || Ok(bench.preview(root.as_deref())))?;
        figures.wall(&format!("preview of every field, {name}"), &measured, 25.0);
        figures.memory(&format!("preview, both processes, {name}"), &measured, 12.0);
        println!("  ({} packages found)", bench.packages(root.as_deref())?);
    }
    Ok(())
}
