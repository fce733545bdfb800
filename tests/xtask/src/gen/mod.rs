//! `cargo xtask gen [--check]`: everything that is generated from `collector-proto/catalog/*.toml`.
//!
//! The catalogue is the only hand-written truth. Its Rust table, its reference page and its schemas are committed,
//! and `--check` proves byte by byte that they are what the catalogue says.

mod check;
mod docs;
mod groups;
mod load;
mod locale;
mod model;
mod places;
mod platforms;
mod problem;
mod rust;
mod schema;
mod side_channels;
mod vocabulary;

use anyhow::{Context, Result, bail};
use locale::Locale;
use model::Catalogue;
use std::fs;
use std::path::{Path, PathBuf};

/// Directory of the catalogue, relative to the workspace.
const CATALOG: &str = "collector-proto/catalog";

/// How `gen` is called.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Compares what is committed with what would be written, and writes nothing.
    #[arg(long)]
    check: bool,
}

/// A generated file.
struct Artefact {
    /// Path relative to the workspace.
    path: &'static str,
    content: String,
}

/// Writes or checks every generated file.
pub(crate) fn run(options: &Options) -> Result<()> {
    let root = workspace()?;
    let catalogue = load::load(&root, Path::new(CATALOG))?;
    let artefacts = artefacts(&root, &catalogue)?;
    if options.check { compare(&root, &artefacts) } else { write(&root, &artefacts) }
}

fn artefacts(root: &Path, catalogue: &Catalogue) -> Result<Vec<Artefact>> {
    let english = Locale::english(root)?;
    Ok(vec![
        Artefact {
            path: "collector-proto/src/catalog/generated.rs",
            content: rust::format(root, &rust::table(catalogue))?,
        },
        Artefact {
            path: "collector-proto/schema/author-policy.schema.json",
            content: schema::author_policy(catalogue),
        },
        Artefact { path: "collector-proto/schema/catalogue.schema.json", content: schema::catalogue() },
        Artefact { path: "collector-proto/schema/part.schema.json", content: schema::part(catalogue) },
        Artefact { path: "collector-proto/schema/policy.schema.json", content: schema::policy(catalogue) },
        Artefact { path: "collector-proto/schema/report.schema.json", content: schema::report(catalogue) },
        Artefact { path: "docs/fields.md", content: docs::page(catalogue, &english)? },
        Artefact { path: "docs/side-channels.md", content: side_channels::page(catalogue, &english)? },
        Artefact { path: "docs/platforms.md", content: platforms::page(root, catalogue)? },
    ])
}

fn write(root: &Path, artefacts: &[Artefact]) -> Result<()> {
    let mut changed = 0;
    for artefact in artefacts {
        let path = root.join(artefact.path);
        if fs::read_to_string(&path).is_ok_and(|found| found == artefact.content) {
            continue;
        }
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory).with_context(|| format!("creating {}", directory.display()))?;
        }
        fs::write(&path, &artefact.content).with_context(|| format!("writing {}", path.display()))?;
        println!("wrote {}", artefact.path);
        changed += 1;
    }
    println!("gen: {} files, {changed} changed", artefacts.len());
    Ok(())
}

fn compare(root: &Path, artefacts: &[Artefact]) -> Result<()> {
    let stale: Vec<&str> = artefacts
        .iter()
        .filter(|artefact| {
            !fs::read(root.join(artefact.path)).is_ok_and(|found| found == artefact.content.as_bytes())
        })
        .map(|artefact| artefact.path)
        .collect();
    println!("gen --check: {} files compared, {} stale", artefacts.len(), stale.len());
    if artefacts.is_empty() {
        bail!("nothing was compared");
    }
    if !stale.is_empty() {
        bail!("stale: {}; run `cargo xtask gen` and commit the result", stale.join(", "));
    }
    Ok(())
}

/// The workspace's directory: two above this crate's manifest.
fn workspace() -> Result<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).map(Path::to_path_buf).context("xtask is not two levels below the workspace")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artefact(path: &'static str, content: &str) -> Artefact {
        Artefact { path, content: content.to_owned() }
    }

    #[test]
    fn a_stale_or_missing_file_is_named() {
        let root = tempfile::tempdir().expect("a directory");
        let artefacts = [artefact("a/fresh.md", "1\n"), artefact("b/stale.md", "2\n")];
        write(root.path(), &artefacts).expect("written");
        compare(root.path(), &artefacts).expect("fresh");
        fs::write(root.path().join("b/stale.md"), "2").expect("changed");
        let error = compare(root.path(), &artefacts).expect_err("stale").to_string();
        assert!(error.contains("b/stale.md") && !error.contains("fresh"), "{error}");
        fs::remove_file(root.path().join("b/stale.md")).expect("removed");
        assert!(compare(root.path(), &artefacts).expect_err("missing").to_string().contains("b/stale.md"));
        write(root.path(), &artefacts).expect("written");
        compare(root.path(), &artefacts).expect("fresh again");
    }

    #[test]
    fn comparing_nothing_fails() {
        assert!(compare(Path::new("/"), &[]).is_err());
    }

    /// The committed files are what the committed catalogue says: the same check as `gen --check`.
    #[test]
    fn the_committed_files_are_fresh() {
        run(&Options { check: true }).expect("fresh");
    }
}
