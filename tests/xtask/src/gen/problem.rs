//! What is wrong with the catalogue.

use super::model::Text;
use std::fmt;
use std::path::PathBuf;

/// A mistake in the catalogue, with its place.
#[derive(Debug)]
pub(crate) struct CatalogueProblem {
    path: PathBuf,
    line: usize,
    message: String,
}

impl CatalogueProblem {
    /// At a byte offset of a file.
    pub(crate) fn at(text: &Text, offset: usize, message: impl Into<String>) -> Self {
        Self { path: text.path.clone(), line: text.line(offset), message: message.into() }
    }
}

impl fmt::Display for CatalogueProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.line, self.message)
    }
}
