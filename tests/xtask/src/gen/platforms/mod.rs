//! `docs/platforms.md`: what differs between operating systems, read from the sources themselves.
//!
//! The page cannot be written while the sources break its rules: a selector without all four systems, systems whose modules
//! do not offer the same items, or a question for the system outside a selector that is not a known exception.

mod selector;

use super::model::Catalogue;
use crate::foreign;
use anyhow::{Context as _, Result, ensure};
use selector::{SYSTEMS, Selector};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Where the probes of each system are listed.
const PROBES: &str = "agent/reader/src/probe";

/// What the page says that no source says.
const CANNOT: &str = include_str!("cannot.md");

/// The page.
pub(super) fn page(root: &Path, catalogue: &Catalogue) -> Result<String> {
    let selectors = selector::all(root)?;
    let mut page = String::from(
        "<!-- Written by `cargo xtask gen` from the sources; edit those. -->\n# Platforms\n\n\
         Every difference between operating systems lies behind a selector: a module that takes one of four others, which offer the\n\
         same items. Outside of selectors and tests no source asks which system it is on; `Platform::current` of the catalogue\n\
         tells a permit at run time. A system that is none of the three gets `unsupported`, which compiles anywhere.\n\n\
         ## Selectors\n\n| Module | What differs | Linux | Windows | macOS | any other |\n|---|---|---|---|---|---|\n",
    );
    for selector in &selectors {
        row(&mut page, root, selector)?;
    }
    probes(&mut page, root, catalogue)?;
    checked(&mut page);
    page.push_str(CANNOT);
    Ok(page)
}

fn row(page: &mut String, root: &Path, selector: &Selector) -> Result<()> {
    let about = selector.about(root)?;
    let _ = write!(page, "| `{}` | {about} |", selector.file);
    for system in SYSTEMS {
        let _ = write!(page, " `{}` |", selector.module(system));
    }
    page.push('\n');
    Ok(())
}

/// How many sections each system has a probe for, beside how many fields the catalogue knows a source for.
fn probes(page: &mut String, root: &Path, catalogue: &Catalogue) -> Result<()> {
    page.push_str(
        "\n## What is read\n\n\
         The sources are in [fields.md](fields.md). A granted field that no probe reads is absent from the report as `unsupported`;\n\
         the agent's version, the device id and the last hand-over need no probe.\n\n\
         | | Linux | Windows | macOS | any other |\n|---|---|---|---|---|\n| Probes |",
    );
    let mut of_linux = 0;
    let mut unasked = Vec::new();
    for system in SYSTEMS {
        let count = count_probes(root, system)?;
        if system == "linux" {
            of_linux = count;
        }
        if count == 0 && catalogue.fields_with_source(system) > 0 {
            unasked.push(system);
        }
        let _ = write!(page, " {count} |");
    }
    ensure!(of_linux > 0, "no probe of Linux is listed in {PROBES}/linux/mod.rs");
    page.push_str("\n| Fields with a source in the catalogue |");
    for system in SYSTEMS {
        let _ = write!(page, " {} |", catalogue.fields_with_source(system));
    }
    page.push('\n');
    for system in unasked {
        let system = if system == "macos" { "macOS" } else { "Windows" };
        let _ = write!(
            page,
            "\nNo probe asks for a source of {system} yet: no machine has shown that what the catalogue names there exists and says\n\
             what its field means.\n"
        );
    }
    Ok(())
}

/// The entries of a system's `PROBES`.
fn count_probes(root: &Path, system: &str) -> Result<usize> {
    let path = root.join(PROBES).join(system).join("mod.rs");
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let list = text
        .split_once("PROBES: &[&dyn ")
        .and_then(|(_, rest)| rest.split_once("] = &["))
        .and_then(|(_, rest)| rest.split_once("];"))
        .with_context(|| format!("{} lists no PROBES", path.display()))?
        .0;
    Ok(list.split(',').filter(|entry| !entry.trim().is_empty()).count())
}

fn checked(page: &mut String) {
    page.push_str(
        "\n## What CI checks\n\nOn Linux everything is built and tested. Libraries, programs and tests are type-checked, with warnings as\n\
         errors, for\n",
    );
    for target in foreign::TARGETS {
        let _ = write!(page, "\n- `{}`: {}", target.triple, target.about);
    }
    let _ = writeln!(
        page,
        "\n\nby `cargo xtask check-foreign`, in the crates {}.\n",
        foreign::CRATES.map(|name| format!("`{name}`")).join(", ")
    );
}
