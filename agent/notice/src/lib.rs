//! What a person is told about the collection, and how rows are shown.
//!
//! ```text
//! locale                                          the words of each language
//! policy + permit + disclosure ──model──► Notice  ──► text | page | JSON
//! disclosure or report ──────────table──► text | JSON
//! ```
//!
//! Nothing here reads a file, asks a clock or reaches a network: what is to be told comes in as arguments.
//!
//! Everything that comes from the machine or from the network goes through [`plain`](collector_proto::text::plain)
//! before it reaches a terminal or a page, and JSON through [`json`], so that a hostile package name can neither move the
//! cursor nor turn text around.

mod lines;
pub mod locale;
mod model;
mod page;
pub mod table;
mod text;

use lines::width;

pub use lines::wrap;
pub use model::{
    Audience, Confirmed, Facts, Incomplete, NoSafeguard, Notice, NoticeError, Outcome, Record, Recorded,
    RequiredElement, Setting,
};

use collector_proto::catalog::FieldId;
use collector_proto::text::json;
use locale::Words;

/// How a notice is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rendering {
    /// Plain text in lines of at most `width` columns.
    Text {
        /// Columns of a terminal.
        width: usize,
    },
    /// One self-contained page.
    Page,
    /// The notice's data.
    Json,
}

impl Notice {
    /// Writes the notice.
    pub fn render(&self, rendering: Rendering, words: &Words) -> Result<String, NoticeError> {
        match rendering {
            Rendering::Text { width } => Ok(text::render(self, words, width)?),
            Rendering::Page => page::render(self, words),
            Rendering::Json => {
                let written =
                    serde_json::to_string_pretty(self).map_err(|error| NoticeError::Render(error.into()))?;
                let mut written = json(&written).into_owned();
                written.push('\n');
                Ok(written)
            }
        }
    }

    /// What the notice says about one field, as text; `None` when it does not name the field.
    pub fn explain(
        &self,
        field: FieldId,
        words: &Words,
        width: usize,
    ) -> Result<Option<String>, NoticeError> {
        Ok(text::explain(self, field, words, width)?)
    }
}
