//! The person's command: a verb a file. Each has its arguments, its help and `run`.

mod context;

pub use context::{Context, Exit, Failure, Format};
