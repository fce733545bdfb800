//! The same collection by a peer, side by side in one run: `fusioninventory-inventory` of Debian's fusioninventory-agent, a
//! Perl program that reads a machine and prints its inventory.
//!
//! Compared is what reads: `candor-reader` answering a policy that names every field that needs no consent, with the
//! sandbox, against the peer's main process alone (its children are not counted against it).

use super::figures::Figures;
use super::process::{Whose, measure};
use super::setup::Bench;
use crate::run::output;
use std::path::Path;
use std::process::Command;

/// The peer's program.
const PEER: &str = "/usr/bin/fusioninventory-inventory";

/// The Debian package that brings it.
const PACKAGE: &str = "fusioninventory-agent";

/// The parts of the peer's wall time and memory that Candor may take.
const PARTS: (f64, f64) = (40.0, 8.0);

/// The peer takes about a second a run.
const MOST_RUNS: usize = 10;

pub(super) fn compare(runs: usize, bench: &Bench<'_>, figures: &mut Figures) -> anyhow::Result<()> {
    if !Path::new(PEER).exists() && !install() {
        println!("  (not compared with a peer: {PEER} is missing; install {PACKAGE})");
        return Ok(());
    }
    let own = measure(runs, Whose::Own, || bench.reader(None))?;
    let theirs = measure(runs.min(MOST_RUNS), Whose::Own, || Ok(Command::new(PEER)))?;
    figures.beside("every machine-level field", &own, &theirs, PARTS);
    let found = bench.packages(None)?;
    let peer_found = output(&mut Command::new(PEER))?.matches("<SOFTWARES>").count();
    println!("  ({found} packages found on this machine, the peer found {peer_found})");
    anyhow::ensure!(found >= peer_found, "the peer found more packages");
    Ok(())
}

fn install() -> bool {
    println!("Installing {PACKAGE} to compare with …");
    let run = |arguments: &[&str]| {
        let status =
            Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive").output();
        status.is_ok_and(|output| output.status.success())
    };
    run(&["update"])
        && run(&["install", "-y", "--no-install-recommends", PACKAGE])
        && Path::new(PEER).exists()
}
