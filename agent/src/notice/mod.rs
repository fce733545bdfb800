//! The notice: what a person is told about the collection, made from what is really permitted and read.
//!
//! ```text
//! policy + permit + disclosure + words ──build──► Notice ──render──► text | html | json
//! ```
//!
//! A [`Notice`] names exactly the fields of the permit and of the disclosure, and exists only when it says everything
//! that Art. 13 GDPR and Cal. Civ. Code §1798.100(a) ask for.

pub mod acknowledge;
mod build;
mod complete;
mod enforcement;
mod html;
mod locale;
mod model;
mod terms;
mod text;
mod transfers;

pub use build::{NoticeError, Source};
pub use complete::{Element, Incomplete};
pub use locale::{DEFAULT_LANGUAGE, LocaleError, Words, instant, language_of_environment, languages};
pub use model::{Notice, Right};
pub use terms::{Term, treatment_words};
pub use transfers::NoSafeguard;

/// How a notice is written.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Plain text, wrapped.
    #[default]
    Text,
    /// One self-contained page.
    Html,
    /// The notice's data.
    Json,
}

impl Notice {
    /// What the notice says about one field, as text; `None` when it does not name the field.
    pub fn explain(
        &self,
        field: collector_proto::catalog::FieldId,
        words: &Words,
        width: usize,
    ) -> Result<Option<String>, NoticeError> {
        Ok(text::explain(self, field, words, width)?)
    }

    /// Writes the notice. `width` is the number of characters a line of text.
    pub fn render(&self, format: Format, words: &Words, width: usize) -> Result<String, NoticeError> {
        match format {
            Format::Text => Ok(text::render(self, words, width)?),
            Format::Html => html::render(self, words),
            Format::Json => {
                let written =
                    serde_json::to_string_pretty(self).map_err(|error| NoticeError::Render(error.into()))?;
                let mut written = crate::show::json(&written).into_owned();
                written.push('\n');
                Ok(written)
            }
        }
    }
}

#[cfg(test)]
mod tests;
