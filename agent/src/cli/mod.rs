//! The person's command: a verb a file. Each has its arguments, its help and `run`.

mod context;
pub mod custody;
pub mod doctor;
pub mod enrol;
pub mod notice;
mod online;
pub mod policy;
pub mod preview;
pub mod run;
pub mod sent;
pub mod status;
mod subject;
mod words;

pub use context::{Context, Exit, Failure, Format};
