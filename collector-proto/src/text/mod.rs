//! Characters that act instead of being seen, and the ways to write text in which none of them is left.
//!
//! A value, a name or a message that comes from elsewhere can hold characters that move a terminal's cursor, turn the
//! direction of a line around or cannot be seen. Which these are is said once, in [`class`]; how they are treated
//! depends on the place:
//!
//! | Place | Use |
//! |---|---|
//! | one value on a terminal, in a page or in a log | [`plain`], or [`Plain`] inside a format string |
//! | several lines, such as an error with its causes | [`plain_lines`] |
//! | JSON for people and scripts | [`json`]: another spelling of the same document |
//! | what devices sent, shown to whoever administers them | [`plain_where`] and [`json_where`] with [`class::deceives`] |
//! | a value that a machine holds, before it is disclosed | [`clean`] |
//! | a text in a signed document or typed by a person, which is refused instead | [`class::garbles`], [`class::disturbs`] |

mod chain;
pub mod class;
mod clean;
mod json;
mod plain;

pub use chain::chain;
pub use clean::clean;
pub use json::{json, json_where};
pub use plain::{Plain, plain, plain_lines, plain_where};

#[cfg(test)]
mod tests;
