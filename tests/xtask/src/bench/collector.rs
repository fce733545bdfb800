//! What the collector spends: processor time on a report, and on deleting many rows while others write.

use super::figures::Figures;
use super::setup::{Bench, inventory};
use crate::run::{output, workspace_root};
use anyhow::Context as _;
use std::path::Path;
use std::process::Command;

/// Cycles of each kind. A device may ask so often within ten minutes and not much more.
const CYCLES: u32 = 60;

/// Milliseconds of a clock tick, in which the kernel counts a process's time.
const TICK: f64 = 10.0;

/// 1.3 times what a cycle cost while a report was one piece: 3.0 ms where nothing changed, 5.8 ms where one of 1,000 packages did.
const UNCHANGED: f64 = 3.9;
const DIFFERENCE: f64 = 7.5;

/// Milliseconds that a sweep of a million rows may take.
const SWEEP_OF_A_MILLION: f64 = 60_000.0;

/// Milliseconds for which a sweep may keep others from writing.
const WAIT: f64 = 50.0;

/// What `collector/examples/sweep_figures.rs` says.
#[derive(serde::Deserialize)]
struct Swept {
    rows: u32,
    seconds: f64,
    waited_ms: Waited,
    other_process_waited_ms: Waited,
    without_sweep_waited_ms: Waited,
}

#[derive(serde::Deserialize)]
struct Waited {
    most: f64,
}

/// Measures both, the sweep with so many rows.
pub(super) fn measure(bench: &Bench<'_>, rows: u32, figures: &mut Figures) -> anyhow::Result<()> {
    let unchanged = cycles(bench, "unchanged", |_, _| Ok(()))?;
    figures.millis("collector's CPU a cycle, nothing changed", &[unchanged], UNCHANGED);
    let difference = cycles(bench, "difference", upgrade)?;
    figures.millis("collector's CPU a cycle, 1 of 1,000 packages", &[difference], DIFFERENCE);

    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--release", "--quiet", "--locked", "--package", "candor-collector"]);
    command.args(["--example", "sweep_figures", "--", &rows.to_string()]);
    let said = output(command.current_dir(workspace_root()))?;
    let swept: Swept = serde_json::from_str(&said).context("the sweep was not measured")?;
    anyhow::ensure!(swept.rows == rows, "{} of {rows} rows were deleted", swept.rows);
    let bound = SWEEP_OF_A_MILLION * f64::from(rows) / 1e6;
    figures.millis(&format!("sweep of {rows} rows"), &[swept.seconds * 1000.0], bound);
    figures.millis("longest wait of a write meanwhile", &[swept.waited_ms.most], WAIT);
    let other = swept.other_process_waited_ms.most;
    figures.millis("longest wait of another process's write", &[other], WAIT);
    println!("  (without a sweep a write waited {:.2} ms at most)", swept.without_sweep_waited_ms.most);
    Ok(())
}

/// The collector's milliseconds for one cycle of a device with 1,000 packages, from the connection to the receipt.
fn cycles(
    bench: &Bench<'_>,
    name: &str,
    before: impl Fn(&Path, u32) -> anyhow::Result<()>,
) -> anyhow::Result<f64> {
    let (collector, state) = bench.enrolled(name, &inventory())?;
    let root = bench.root_with_packages(1000)?;
    let reader = bench.reader_of(&root)?;
    let cycle = || {
        // Each cycle reads, however short ago the last one was.
        let _ = std::fs::remove_file(state.join("reader/last_reading.json"));
        output(bench.agent(&state).env("CANDOR_READER", &reader).args(["run", "--once"]))
    };
    cycle()?;
    let since = used(collector.id())?;
    for number in 1..=CYCLES {
        before(&root, number)?;
        cycle()?;
    }
    Ok((used(collector.id())? - since) / f64::from(CYCLES))
}

/// Gives one package another version.
fn upgrade(root: &Path, number: u32) -> anyhow::Result<()> {
    let status = root.join("var/lib/dpkg/status");
    let text = std::fs::read_to_string(&status)?;
    let (before, rest) = text.split_once("\nVersion: ").context("no package has a version")?;
    let (_, after) = rest.split_once('\n').context("a version ends the file")?;
    std::fs::write(&status, format!("{before}\nVersion: 9.{number}\n{after}"))?;
    Ok(())
}

/// Milliseconds of processor time that a process used, its threads that ended included.
fn used(process: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let after_name = stat.rsplit_once(')').context("no process")?.1;
    // utime and stime, the 14th and 15th member (proc_pid_stat(5)); the name is the second.
    let times = after_name.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(times.sum::<Result<f64, _>>()? * TICK)
}
