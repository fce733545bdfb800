//! What agent and collector must agree on.
//!
//! The modules follow the data: [`catalog`] says what exists, [`policy`] what may be collected, the permit
//! what may be read on one device now, [`envelope`] how bytes are signed and verified, [`messages`] what travels.
//! No clock, file system, network or operating-system crate is used here.

pub mod catalog;
pub mod contract;
pub mod difference;
pub mod digest;
pub mod disclosure;
pub mod envelope;
pub mod http_signature;
mod json;
pub mod keyed_hash;
pub mod limits;
pub mod messages;
pub mod policy;
pub mod text;
pub mod time;
pub mod value;
