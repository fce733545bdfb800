//! The person's command: one file per verb, or one folder where a verb has verbs of its own. Each has its arguments, its
//! help and `run`.

pub mod ceiling;
mod confinement;
mod context;
pub mod custody;
pub mod doctor;
pub mod enrol;
mod everybody;
mod in_force;
pub mod ledger_service;
mod looking;
mod lost_roots;
pub mod notice;
mod online;
mod owner;
pub mod policy;
pub mod preview;
pub mod readings;
mod refused;
pub mod run;
pub mod sent;
pub mod status;
mod subject;
pub mod tenant_key;
mod words;

pub use context::{Context, Exit, Failure, Format};
