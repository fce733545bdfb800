//! Where tests stand: the rules of ARCHITECTURE.md, "Tests".
//!
//! Tests that stand at the end of a source are few lines; longer ones are `foo/tests.rs`. What several of them build values
//! with is one module called `fixture`, and their data lies outside of `src`.

use crate::rust_sources::{self, Kind, SOURCES};
use anyhow::{Context as _, Result, ensure};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Most lines of tests at the end of a source, from `mod tests {` on.
const MAX_INLINE: usize = 60;

/// Begins the tests of a source.
const TESTS: &str = "mod tests {";

/// Modules that only tests are built of: tests, what builds their values, and what any implementation of an interface must pass.
const OF_TESTS: [&str; 3] = ["tests", "fixture", "conformance"];

/// Sources that say where a module's file is, though they select no system.
const PATHS: [(&str, &str); 1] = [(
    "tests/xtask/src/gen/vocabulary.rs",
    "compiles the words that the catalogue is written in before proto has them",
)];

/// Files that a program runs from the checkout and does not contain.
const RUN: [(&str, &str); 1] = [(
    "tests/xtask/src/bench/rpm_databases.py",
    "started by the benchmark, which makes its databases with it",
)];

/// Checks every source; returns how many were read.
pub(super) fn check(root: &Path, faults: &mut Vec<String>) -> Result<usize> {
    let mut read = 0;
    let mut excepted = BTreeSet::new();
    for folder in SOURCES {
        let mut sources = Vec::new();
        rust_sources::of_kind(Kind::All, &root.join(folder), &mut sources)?;
        ensure!(!sources.is_empty(), "no source files under {folder}");
        let mut contained = BTreeSet::new();
        for path in &sources {
            let text = rust_sources::read(path)?;
            let file = relative(root, path)?;
            let (own, paths) = judge(&file, &text);
            faults.extend(own);
            if !paths.is_empty() && PATHS.iter().any(|(excepted, _)| *excepted == file) {
                excepted.insert(file);
            } else {
                faults.extend(paths);
            }
            contained.extend(included(path, &text));
            read += 1;
        }
        let mut data = Vec::new();
        data_below(&root.join(folder), &mut data)?;
        for path in data {
            let file = relative(root, &path)?;
            if RUN.iter().any(|(run, _)| *run == file) {
                excepted.insert(file);
            } else if !contained.contains(&path) {
                faults.push(format!("{file}: no program contains it; data of tests lies under tests/"));
            }
        }
    }
    for (file, reason) in PATHS.iter().chain(&RUN) {
        if !excepted.contains(*file) {
            faults.push(format!("{file} needs no exception any more: remove it ({reason})"));
        }
    }
    Ok(read)
}

/// What is wrong with a source; and apart from that each `path` of a module.
fn judge(file: &str, text: &str) -> (Vec<String>, Vec<String>) {
    let mut faults = Vec::new();
    let mut paths = Vec::new();
    if file.ends_with("_tests.rs") {
        faults.push(format!("{file}: tests of a module `foo` are called foo/tests.rs"));
    }
    let lines: Vec<&str> = text.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let number = index + 1;
        if line.trim().starts_with("#[path") {
            paths.push(format!("{file}:{number}: only a selector says where a module's file is"));
        }
        if *line == TESTS {
            let length = lines.len() - index;
            if length > MAX_INLINE {
                faults.push(format!(
                    "{file}:{number}: {length} lines of tests; more than {MAX_INLINE} are called tests.rs"
                ));
            }
            if lines.iter().skip(index).position(|line| *line == "}") != Some(length - 1) {
                faults.push(format!("{file}:{number}: something follows the tests"));
            }
        }
        let is_of_tests = index
            .checked_sub(1)
            .and_then(|before| lines.get(before))
            .is_some_and(|before| before.starts_with("#[cfg(test)]") || before.starts_with("#[cfg(unix)]"));
        if let Some(name) = module(line).filter(|name| is_of_tests && !OF_TESTS.contains(name)) {
            faults.push(format!("{file}:{number}: a module of tests is not called `{name}`"));
        }
    }
    (faults, paths)
}

/// The name of the module that a line begins.
fn module(line: &str) -> Option<&str> {
    let after = line.strip_prefix("mod ").or_else(|| line.split_once(") mod ").map(|(_, after)| after))?;
    after.split([';', ' ']).next()
}

/// The files that a program is built with because of this source, whose tests do not count.
fn included(path: &Path, text: &str) -> Vec<PathBuf> {
    let shipped = text.split_once("\n#[cfg(test)]\nmod tests {").map_or(text, |(shipped, _)| shipped);
    let folder = path.parent().unwrap_or(path);
    let is_of_tests = path.file_name().is_some_and(|name| name == "tests.rs");
    let names = ["include_str!(\"", "include_bytes!(\""]
        .into_iter()
        .flat_map(|include| shipped.split(include).skip(1).filter_map(|rest| rest.split('"').next()));
    if is_of_tests { Vec::new() } else { names.map(|name| folder.join(name)).collect() }
}

/// Every file below a folder that is not a Rust source.
fn data_below(folder: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            data_below(&path, into)?;
        } else if path.extension().is_none_or(|extension| extension != "rs") {
            into.push(path);
        }
    }
    Ok(())
}

fn relative(root: &Path, path: &Path) -> Result<String> {
    Ok(path.strip_prefix(root)?.to_string_lossy().replace('\\', "/"))
}

#[cfg(test)]
mod tests;
