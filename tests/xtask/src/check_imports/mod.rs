//! `cargo xtask check-imports`: who may use whom, checked on the dependency graph and on the sources, and where tests stand.
//!
//! Four gates, each of which says how much it examined and fails when that was nothing:
//! the `wrappers` bans of `deny.toml` and the crate table on cargo's resolved graph, what the crates without network code
//! link, the forbidden paths in each crate's sources, and the places of tests.

mod graph;
mod sources;
mod test_places;

use anyhow::ensure;

/// Checks the import table of ARCHITECTURE.md.
#[derive(clap::Args)]
pub(crate) struct Options {}

pub(crate) fn run(_: &Options) -> anyhow::Result<()> {
    let root = crate::run::workspace_root();
    let mut faults = Vec::new();
    let graph = graph::Graph::load(&root)?;
    let bans = graph::bans(&root.join("deny.toml"))?;
    graph.check_bans(&bans, &mut faults);
    graph.check_table(&mut faults);
    let linked = graph.check_closed(&mut faults)?;
    let files = sources::check(&root, &mut faults)?;
    let places = test_places::check(&root, &mut faults)?;
    let examined = !bans.is_empty() && !linked.is_empty() && files > 0 && places > 0;
    ensure!(examined, "the import check examined nothing");
    println!("import check: {} crates, {} bans, {files} source files", graph.len(), bans.len());
    println!("  places of tests: {places} source files");
    for (name, count) in linked {
        println!("  {name} links {count} crates");
    }
    if faults.is_empty() {
        return Ok(());
    }
    for fault in &faults {
        println!("  {fault}");
    }
    anyhow::bail!("{} faults (see ARCHITECTURE.md, \"Who may use whom\" and \"Tests\")", faults.len())
}
