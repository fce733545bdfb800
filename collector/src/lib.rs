//! The Candor collector: verify → admit → store.
//!
//! ```text
//! bytes ──verify──► Authentic ──admit──► NewReport ──store──► receipt
//! ```
//!
//! [`verify`] finds out whose bytes they are before anything is parsed; [`admit`] holds the report to the policy that it
//! names; [`store`] keeps it once, durably, in its place of the stream; [`issue`] signs what is answered. These three
//! stages stand together in `reports`, beside the other use cases: `enrolment`, [`documents`], [`retention`] and `health`. [`backup`] makes a file of all
//! and a collector out of that; [`journal`] keeps elsewhere what that must not undo.
//! [`http`] and [`server`] carry them. `admin` is what an administrator can do, for which [`derive`] computes what no
//! device sends, and [`cli`] is how they ask for it. [`refusal`] says what follows from each reason to refuse. No source
//! address is logged or stored anywhere.

mod admin;
pub mod admit;
pub mod backup;
pub mod challenge;
pub mod cli;
pub mod clock;
pub mod collector;
pub mod data_dir;
pub mod derive;
pub mod documents;
mod enrolment;
mod heads;
mod health;
pub mod http;
pub mod init;
pub mod issue;
pub mod journal;
pub mod keys;
mod pki;
mod platform;
pub mod policies;
pub mod refusal;
pub mod reports;
pub mod retention;
pub mod reverify;
pub mod server;
mod signed_request;
pub mod store;
mod tries;
pub mod verify;
