//! What a person sees of rows: text tables and JSON of a disclosure or a report.
//!
//! Everything that comes from the machine or from the network goes through [`plain`] before it reaches a terminal or a
//! page, and JSON through [`json`], so that a hostile package name can neither move the cursor nor turn text around.

mod content;
mod plain;
mod table;

pub use content::{Body, Content};
pub use plain::{json, plain, wrap};
pub use table::{Layout, columns, table, value_text};
