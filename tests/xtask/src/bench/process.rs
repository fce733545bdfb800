//! One command's wall time and the peak memory of it and its children together.
//!
//! The kernel keeps each process's peak (`VmHWM` in /proc/PID/status) until the process is gone, so the command and
//! its children are sampled as fast as possible and the last sample of each counts: the peak is reached well before
//! the exit. The sum is the two peaks even where they fall on different instants, so it errs upwards.

use crate::run::{output, workspace_root};
use anyhow::Context as _;
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub(super) struct Measured {
    pub(super) wall_ms: Vec<f64>,
    pub(super) peak_mib: Vec<f64>,
}

/// Whose memory counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// The command's alone.
    Own,
    /// The command's and its children's together; there must be some.
    WithChildren,
}

/// Runs the command once to warm up, then `runs` times for wall time and as often again for memory: sampling takes
/// time from the command, so the two are not measured in the same run.
pub(super) fn measure(
    runs: usize,
    whose: Whose,
    command: impl Fn() -> anyhow::Result<Command>,
) -> anyhow::Result<Measured> {
    once(&mut command()?)?;
    let mut wall_ms = Vec::with_capacity(runs);
    for _ in 0..runs {
        let since = Instant::now();
        once(&mut command()?)?;
        wall_ms.push(since.elapsed().as_secs_f64() * 1000.0);
    }
    let peak_mib = (0..runs).map(|_| peak(&mut command()?, whose)).collect::<anyhow::Result<_>>()?;
    Ok(Measured { wall_ms, peak_mib })
}

/// What confining the reader to every field's sources takes, as candor-reader's own measurement says.
pub(super) fn sandbox(runs: usize) -> anyhow::Result<Measured> {
    own("candor-reader", "sandbox", &[&runs.to_string()])
}

/// What the permit of a policy of 200 rules takes from its envelope while another version is coming, as collector-proto's own
/// measurement says.
pub(super) fn permit(runs: usize) -> anyhow::Result<Measured> {
    own("collector-proto", "permit", &[&runs.to_string()])
}

/// The same of a device that was away for years: from the documents that its reader is handed, with the 60 roots that follow its own.
pub(super) fn walk(runs: usize) -> anyhow::Result<Measured> {
    own("collector-proto", "permit", &[&runs.to_string(), "walk"])
}

/// A package's own measurement: one number of milliseconds a line.
fn own(package: &str, bench: &str, arguments: &[&str]) -> anyhow::Result<Measured> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["bench", "--quiet", "--locked", "--package", package, "--bench", bench, "--"]);
    let said = output(command.args(arguments).current_dir(workspace_root()))?;
    let number = |line: &str| line.parse::<f64>().with_context(|| format!("{bench}: {line}"));
    let wall_ms: Vec<f64> = said.lines().map(number).collect::<anyhow::Result<_>>()?;
    anyhow::ensure!(!wall_ms.is_empty(), "{bench} was not measured");
    Ok(Measured { wall_ms, peak_mib: Vec::new() })
}

fn once(command: &mut Command) -> anyhow::Result<()> {
    let status = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .context("cannot start the measured command")?;
    anyhow::ensure!(status.success(), "{command:?} failed ({status})");
    Ok(())
}

fn peak(command: &mut Command, whose: Whose) -> anyhow::Result<f64> {
    let mut process = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start the measured command")?;
    let mut peaks = BTreeMap::new();
    let parent = process.id();
    loop {
        let others = if whose == Whose::WithChildren { children(parent) } else { Vec::new() };
        for id in std::iter::once(parent).chain(others) {
            if let Some(kib) = status_number(id, "VmHWM:") {
                peaks.insert(id, kib);
            }
        }
        if let Some(status) = process.try_wait()? {
            anyhow::ensure!(status.success(), "{command:?} failed ({status})");
            break;
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    let least = if whose == Whose::WithChildren { 2 } else { 1 };
    anyhow::ensure!(peaks.len() >= least, "the measured command or its child was not seen");
    let sum: u32 = peaks.values().map(|kib| u32::try_from(*kib).unwrap_or(u32::MAX)).sum();
    Ok(f64::from(sum) / 1024.0)
}

fn children(id: u32) -> Vec<u32> {
    let list = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    list.split_whitespace().filter_map(|child| child.parse().ok()).collect()
}

/// A number of /proc/PID/status; `None` when the process is gone.
pub(super) fn status_number(id: u32, name: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    number_after(&status, name)
}

/// The voluntary context switches of each thread; one is one wake-up.
pub(super) fn wake_ups(id: u32) -> anyhow::Result<BTreeMap<String, u64>> {
    let mut threads = BTreeMap::new();
    for thread in std::fs::read_dir(format!("/proc/{id}/task"))? {
        let thread = thread?;
        // A thread that ends between the listing and the look has nothing more to say.
        let Ok(status) = std::fs::read_to_string(thread.path().join("status")) else { continue };
        let count =
            number_after(&status, "voluntary_ctxt_switches:").context("no count of context switches")?;
        threads.insert(thread.file_name().to_string_lossy().into_owned(), count);
    }
    Ok(threads)
}

fn number_after(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}
