//! What two users and the sockets between them cost, on a booted system.

use super::figures::Figures;
use crate::run::{Binaries, output, workspace_root};
use anyhow::Context as _;
use std::process::Command;

/// A measurement's line, as `tests/examples/split_figures.rs` writes it.
#[derive(serde::Deserialize)]
struct Measured {
    cycle_cpu_ms: Vec<f64>,
    status_ms: Vec<f64>,
}

/// Measures a cycle by socket activation, and what an account waits for its status. Not without root, who alone boots a system:
/// that is said.
pub(super) fn measure(binaries: &Binaries, runs: usize, figures: &mut Figures) -> anyhow::Result<()> {
    let mut command = Command::new(env!("CARGO"));
    command.args([
        "run",
        "--quiet",
        "--locked",
        "--package",
        "candor-tests",
        "--example",
        "split_figures",
        "--",
    ]);
    command.arg(runs.to_string()).env("CANDOR_BINARIES", binaries.folder()).current_dir(workspace_root());
    let said = output(&mut command)?;
    let line = said.lines().last().context("nothing was said of two users")?;
    let Some(measured) = serde_json::from_str::<Option<Measured>>(line)? else {
        println!("  (not measured: a cycle with two users; only root boots a system for it)");
        return Ok(());
    };
    figures.millis("a cycle with two users, 1,000 packages, CPU", &measured.cycle_cpu_ms, 40.0);
    figures.millis("`candor status` of an account, warm", &measured.status_ms, 10.0);
    Ok(())
}
