//! Reads and checks the catalogue's files. Every problem of every file is reported at once.

use super::check;
use super::groups::Groups;
use super::model::{Catalogue, GroupDocument, NeverDocument, NeverFile, SectionDocument, SectionFile, Text};
use super::problem::CatalogueProblem;
use anyhow::{Context, Result, anyhow, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// Loads the catalogue of `directory`, which is relative to `root`, or says everything that is wrong with it.
pub(crate) fn load(root: &Path, directory: &Path) -> Result<Catalogue> {
    from_texts(texts(root, directory)?).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow!("the catalogue has {} mistakes:\n{}", lines.len(), lines.join("\n"))
    })
}

/// The catalogue of these files. What does not parse is reported before anything is checked further.
pub(crate) fn from_texts(texts: Vec<Text>) -> Result<Catalogue, Vec<CatalogueProblem>> {
    let mut problems = Vec::new();
    let mut sections = Vec::new();
    let mut never = None;
    let mut groups = Groups::none();
    for text in texts {
        let is = |name: &str| text.path.file_stem().is_some_and(|stem| stem == name);
        if is("sources") {
            if let Some(document) = parse::<GroupDocument>(&text, &mut problems) {
                groups = Groups::of(text, document, &mut problems);
            }
        } else if is("never") {
            if let Some(NeverDocument { never: items }) = parse(&text, &mut problems) {
                never = Some(NeverFile { text, items });
            }
        } else if let Some(SectionDocument { section, field, derived }) = parse(&text, &mut problems) {
            sections.push(SectionFile { text, section, fields: field, derived });
        }
    }
    for file in &mut sections {
        file.fields.iter_mut().for_each(|field| groups.expand(field, &file.text, &mut problems));
    }
    groups.check_used(&mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let Some(never) = never else {
        let text = Text { path: "never.toml".into(), content: String::new() };
        return Err(vec![CatalogueProblem::at(&text, 0, "the catalogue has no such file")]);
    };
    sections.sort_by_key(|file| *file.section.order.get_ref());
    let catalogue = Catalogue { sections, never };
    let problems = check::check(&catalogue);
    if problems.is_empty() { Ok(catalogue) } else { Err(problems) }
}

/// The TOML files in the order of their names.
pub(crate) fn texts(root: &Path, directory: &Path) -> Result<Vec<Text>> {
    let absolute = root.join(directory);
    let mut names: Vec<PathBuf> = fs::read_dir(&absolute)
        .with_context(|| format!("reading {}", absolute.display()))?
        .map(|entry| entry.map(|entry| PathBuf::from(entry.file_name())))
        .collect::<Result<_, _>>()?;
    names.retain(|name| name.extension().is_some_and(|extension| extension == "toml"));
    names.sort();
    if names.is_empty() {
        bail!("{} holds no TOML file", absolute.display());
    }
    names
        .iter()
        .map(|name| {
            let path = directory.join(name);
            let content = fs::read_to_string(root.join(&path))
                .with_context(|| format!("reading {}", path.display()))?;
            Ok(Text { path, content })
        })
        .collect()
}

fn parse<T: serde::de::DeserializeOwned>(text: &Text, problems: &mut Vec<CatalogueProblem>) -> Option<T> {
    toml::from_str(&text.content)
        .inspect_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            problems.push(CatalogueProblem::at(text, offset, error.message().trim_end().replace('\n', " ")));
        })
        .ok()
}
