//! The person's command: a verb a file. Each has its arguments, its help and `run`.

mod context;
pub mod doctor;
pub mod enrol;
mod online;
pub mod run;
pub mod sent;
pub mod status;

pub use context::{Context, Exit, Failure, Format};
