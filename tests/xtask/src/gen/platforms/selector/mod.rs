//! Selectors: modules that take another one for each system, all offering the same items.

mod exceptions;
mod question;

use crate::rust_sources::{self, SOURCES};
use anyhow::{Context as _, Result, bail, ensure};
use exceptions::Outside;
use std::collections::BTreeSet;
use std::path::Path;

/// The systems in the order of the page, as modules are called after them.
pub(super) const SYSTEMS: [&str; 4] = ["linux", "windows", "macos", "unsupported"];

/// The attribute of each system, in the same order.
const CONDITIONS: [&str; 4] = [
    "target_os = \"linux\"",
    "windows",
    "target_os = \"macos\"",
    "not(any(target_os = \"linux\", target_os = \"macos\", windows))",
];

/// Conditions of the modules that several systems share, beside a selector.
const SHARED: [(&str, &str); 4] = [
    ("any(target_os = \"linux\", target_os = \"macos\")", "mod unix;"),
    ("not(target_os = \"linux\")", "mod closed;"),
    ("not(any(target_os = \"linux\", target_os = \"macos\"))", "mod by_path;"),
    ("not(any(target_os = \"linux\", target_os = \"macos\"))", "mod not_unix;"),
];

/// A module that selects.
pub(super) struct Selector {
    /// Its file, relative to the workspace.
    pub(super) file: String,
    /// The modules' paths relative to the file's folder, in the order of [`SYSTEMS`].
    modules: [String; 4],
}

impl Selector {
    /// The path of a system's module, relative to the selector's folder.
    pub(super) fn module(&self, system: &str) -> &str {
        SYSTEMS.iter().zip(&self.modules).find(|(of, _)| **of == system).map_or("", |(_, module)| module)
    }

    /// The first sentence of the selector's documentation.
    pub(super) fn about(&self, root: &Path) -> Result<String> {
        let text = rust_sources::read(&root.join(&self.file))?;
        let lines: Vec<&str> = text
            .lines()
            .map_while(|line| line.strip_prefix("//!"))
            .map(str::trim)
            .take_while(|l| !l.is_empty())
            .collect();
        let text = lines.join(" ");
        let sentence = text.split_once(". ").map_or(text.as_str(), |(first, _)| first).trim_end_matches('.');
        ensure!(!sentence.is_empty(), "{} does not say what it selects", self.file);
        Ok(sentence.to_owned())
    }

    /// Every system offers the same. Linux may offer more: what its probes alone ask for, such as the system bus.
    fn check_items(&self, root: &Path) -> Result<()> {
        let folder = root.join(&self.file).parent().map(Path::to_path_buf).unwrap_or_default();
        let of = |module: &String| -> Result<BTreeSet<String>> {
            Ok(items(&rust_sources::read(&folder.join(module))?))
        };
        let all = self.modules.iter().map(of).collect::<Result<Vec<_>>>()?;
        let [linux, windows, macos, unsupported] = all.as_slice() else { bail!("four systems are compared") };
        ensure!(!unsupported.is_empty(), "{}: unsupported offers nothing", self.file);
        for (system, items) in [("windows", windows), ("macos", macos)] {
            let differs: Vec<_> = items.symmetric_difference(unsupported).cloned().collect();
            let names = differs.join(", ");
            ensure!(differs.is_empty(), "{}: {system} and unsupported differ in {names}", self.file);
        }
        let missing: Vec<_> = unsupported.difference(linux).cloned().collect();
        ensure!(missing.is_empty(), "{}: linux lacks {}", self.file, missing.join(", "));
        Ok(())
    }
}

/// Every selector of the sources, in the order of their paths. A question for the system anywhere else is an error.
pub(super) fn all(root: &Path) -> Result<Vec<Selector>> {
    let mut files = Vec::new();
    for folder in SOURCES {
        let before = files.len();
        rust_sources::below(&root.join(folder), &mut files)?;
        ensure!(files.len() > before, "{folder} has no sources");
    }
    files.sort();
    let mut selectors = Vec::new();
    let mut outside = Vec::new();
    for path in files {
        let text = rust_sources::read(&path)?;
        let file = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
        if let Some(selector) = parse(&file, &text, &mut outside)? {
            selector.check_items(root)?;
            selectors.push(selector);
        }
    }
    ensure!(!selectors.is_empty(), "no selector was found");
    exceptions::check(&outside)?;
    Ok(selectors)
}

/// The selector in a file, if it is one. Other questions for the system are added to `outside`.
fn parse(file: &str, text: &str, outside: &mut Vec<Outside>) -> Result<Option<Selector>> {
    let mut modules: [Option<String>; 4] = [const { None }; 4];
    for question in question::all(text) {
        if let Some((condition, path)) = question.text.split_once(", path = \"") {
            let place = CONDITIONS
                .iter()
                .position(|known| *known == condition)
                .with_context(|| format!("{file}:{}: selects by `{condition}`", question.line))?;
            if let Some(slot) = modules.get_mut(place) {
                *slot = path.strip_suffix('"').map(str::to_owned);
            }
        } else if !question.is_of_tests && !SHARED.contains(&(&question.text, question.next)) {
            outside.push(Outside { file: file.to_owned(), line: question.line, condition: question.text });
        }
    }
    match modules {
        [None, None, None, None] => Ok(None),
        [Some(linux), Some(windows), Some(macos), Some(unsupported)] => {
            Ok(Some(Selector { file: file.to_owned(), modules: [linux, windows, macos, unsupported] }))
        }
        _ => bail!("{file}: does not select for all of {}", SYSTEMS.join(", ")),
    }
}

/// Names that a module offers to the selector: what it defines or passes on, visible beyond itself. Items begin at the
/// start of a line; what is indented belongs to an `impl` block or to a module within.
fn items(text: &str) -> BTreeSet<String> {
    let mut items = BTreeSet::new();
    let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    for rest in starts.filter_map(|at| text.get(at..)).filter(|rest| rest.starts_with("pub(")) {
        let Some((_, item)) = rest.split_once(") ") else { break };
        if let Some(passed_on) = item.strip_prefix("use ") {
            let list = passed_on.split_once(';').map_or(passed_on, |(list, _)| list);
            let names = list
                .rsplit_once("::{")
                .map_or_else(|| list.rsplit("::").next().unwrap_or(list), |(_, names)| names);
            items.extend(
                names.split([',', '}']).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned),
            );
        } else if let Some(name) = item.split_whitespace().find(|word| {
            !["fn", "const", "async", "static", "struct", "enum", "trait", "type", "mod", "unsafe"]
                .contains(word)
        }) {
            let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
            items.insert(name.get(..end).unwrap_or(name).to_owned());
        }
    }
    items
}

#[cfg(test)]
mod tests;
