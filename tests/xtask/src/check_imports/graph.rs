//! The dependency graph as `cargo metadata` resolves it, and the rules on it.

use anyhow::Context as _;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// Which of our crates each of our crates may use (normal dependencies).
const OWN: &[(&str, &[&str])] = &[
    ("collector-proto", &[]),
    ("candor-durable", &[]),
    ("candor-confine", &[]),
    ("candor-notice", &["collector-proto"]),
    ("candor-reader", &["collector-proto", "candor-durable", "candor-confine", "candor-notice"]),
    ("candor-uplink", &["collector-proto"]),
    ("candor", &["collector-proto", "candor-durable", "candor-confine", "candor-notice", "candor-uplink"]),
    ("candor-collector", &["collector-proto", "candor-durable"]),
    ("candor-tests", &["collector-proto", "candor", "candor-reader", "candor-uplink", "candor-collector"]),
    ("xtask", &[]),
];

/// Crates that the named crate must not use directly, beyond what deny.toml bans.
const NOT_DIRECTLY: &[(&str, &[&str])] = &[
    ("collector-proto", &["tokio", "nix", "libc", "rustix", "directories", "tracing"]),
    ("candor-notice", &["nix", "libc", "rustix", "directories", "tracing", "clap"]),
    ("candor-uplink", &["directories", "clap"]),
];

/// What talks: nothing of this kind may be linked into a crate of [`CLOSED`], at any depth.
const NETWORK: &[&str] =
    &["rustls", "reqwest", "hyper", "h2", "tokio", "mio", "socket2", "axum", "candor-uplink"];

/// Crates without network code, each with what else it must not link, and with one crate that it does link: where that
/// one is not found, the graph was misread.
const CLOSED: &[(&str, &[&str], &str)] = &[
    ("candor-reader", &["toml", "toml_edit"], "ring"),
    ("candor-notice", &["toml", "toml_edit"], "fluent-bundle"),
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    kind: Option<String>,
}

/// Names of direct dependencies by crate name; development dependencies are apart.
pub(super) struct Graph {
    normal: BTreeMap<String, BTreeSet<String>>,
    any: BTreeMap<String, BTreeSet<String>>,
}

/// One ban of deny.toml: the crate, and who alone may use it.
#[derive(Deserialize)]
pub(super) struct Ban {
    #[serde(rename = "crate")]
    name: String,
    #[serde(default)]
    wrappers: Vec<String>,
}

/// Reads the bans of deny.toml.
pub(super) fn bans(path: &Path) -> anyhow::Result<Vec<Ban>> {
    #[derive(Deserialize)]
    struct Deny {
        bans: Bans,
    }
    #[derive(Deserialize)]
    struct Bans {
        deny: Vec<Ban>,
    }
    let deny: Deny = toml::from_str(&crate::rust_sources::read(path)?)
        .with_context(|| format!("cannot understand {}", path.display()))?;
    Ok(deny.bans.deny)
}

impl Graph {
    pub(super) fn load(root: &Path) -> anyhow::Result<Self> {
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version=1", "--locked"])
            .current_dir(root)
            .output()
            .context("cannot start cargo metadata")?;
        anyhow::ensure!(
            output.status.success(),
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let metadata: Metadata =
            serde_json::from_slice(&output.stdout).context("cannot read cargo metadata")?;
        let names: BTreeMap<_, _> = metadata.packages.iter().map(|p| (&p.id, &p.name)).collect();
        let mut graph = Self { normal: BTreeMap::new(), any: BTreeMap::new() };
        for node in &metadata.resolve.nodes {
            let name = names[&node.id].clone();
            for dependency in &node.deps {
                let target = names[&dependency.pkg].clone();
                if dependency.dep_kinds.iter().any(|kind| kind.kind.is_none()) {
                    graph.normal.entry(name.clone()).or_default().insert(target.clone());
                }
                graph.any.entry(name.clone()).or_default().insert(target);
            }
        }
        Ok(graph)
    }

    pub(super) fn len(&self) -> usize {
        self.any.len()
    }

    /// Direct use of a banned crate by anyone but its wrappers. Development dependencies of our crates may use real
    /// peers (a TLS server, a database), so for them only normal dependencies count.
    pub(super) fn check_bans(&self, bans: &[Ban], faults: &mut Vec<String>) {
        for ban in bans {
            for (user, used) in &self.normal {
                if used.contains(&ban.name) && !ban.wrappers.contains(user) {
                    faults.push(format!(
                        "{user} uses {}, which deny.toml allows to {:?} only",
                        ban.name, ban.wrappers
                    ));
                }
            }
        }
    }

    /// The table of our own crates.
    pub(super) fn check_table(&self, faults: &mut Vec<String>) {
        let nothing = BTreeSet::new();
        for (user, allowed) in OWN {
            for used in self.normal.get(*user).unwrap_or(&nothing) {
                if OWN.iter().any(|(own, _)| own == used) && !allowed.contains(&used.as_str()) {
                    faults.push(format!("{user} uses {used}"));
                }
            }
        }
        for (user, forbidden) in NOT_DIRECTLY {
            for used in self.normal.get(*user).unwrap_or(&nothing) {
                if forbidden.contains(&used.as_str()) {
                    faults.push(format!("{user} uses {used}"));
                }
            }
        }
    }

    /// Everything that the crates of [`CLOSED`] link. Returns each crate's name with how many that are.
    pub(super) fn check_closed(
        &self,
        faults: &mut Vec<String>,
    ) -> anyhow::Result<Vec<(&'static str, usize)>> {
        let mut counts = Vec::new();
        for (closed, forbidden, expected) in CLOSED {
            let linked = self.linked(closed);
            for name in NETWORK.iter().chain(*forbidden) {
                if linked.contains(*name) {
                    faults.push(format!("{closed} links {name}"));
                }
            }
            anyhow::ensure!(
                linked.contains(*expected),
                "{closed} does not link {expected}: the graph was misread"
            );
            counts.push((*closed, linked.len()));
        }
        Ok(counts)
    }

    /// Names of everything that the crate links.
    fn linked(&self, root: &str) -> BTreeSet<String> {
        let mut linked = BTreeSet::new();
        let mut waiting = vec![root.to_owned()];
        while let Some(name) = waiting.pop() {
            for used in self.normal.get(&name).into_iter().flatten() {
                // Optional features of the graph are resolved for the whole workspace; the author's TOML form is one.
                if name == "collector-proto" && ["toml", "strsim"].contains(&used.as_str()) {
                    continue;
                }
                if linked.insert(used.clone()) {
                    waiting.push(used.clone());
                }
            }
        }
        linked
    }
}
