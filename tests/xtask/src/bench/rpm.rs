//! rpm databases of 5,000 packages, one a format: `candor-reader` from process start to its answer, all fields, sandboxed.

use super::figures::Figures;
use super::process::{Whose, measure};
use super::setup::Bench;
use crate::run::{output, workspace_root};
use std::process::Command;

/// How many packages each database has.
const PACKAGES: usize = 5000;

/// Most milliseconds.
const BOUND_MS: f64 = 60.0;

pub(super) fn measure_each(runs: usize, bench: &Bench<'_>, figures: &mut Figures) -> anyhow::Result<()> {
    let script = workspace_root().join("tests/xtask/src/bench/rpm_databases.py");
    let folder = bench.folder().join("rpm");
    if Command::new("python3").arg("--version").output().is_err() {
        println!("  (rpm databases were not measured: python3, which makes them, is missing)");
        return Ok(());
    }
    output(Command::new("python3").arg(script).arg(&folder).arg(PACKAGES.to_string()))?;
    for format in ["sqlite", "ndb", "bdb"] {
        let root = folder.join(format);
        let found = bench.packages(Some(&root))?;
        anyhow::ensure!(found == PACKAGES, "{found} packages were found in the {format} database");
        let measured = measure(runs, Whose::Own, || bench.reader(Some(&root)))?;
        figures.wall(&format!("rpm database, {format}, 5,000 packages"), &measured, BOUND_MS);
    }
    Ok(())
}
