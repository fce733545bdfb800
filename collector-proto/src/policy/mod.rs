//! What may be collected: the signed documents, the rules that make them acceptable, and the [`Permit`].
//!
//! ```text
//! author's TOML ──author──► PolicyDocument ──sign──► envelope ──trust::accept──► AcceptedPolicy ──► Permit
//! ```

#[cfg(feature = "author")]
pub mod author;
pub mod carried;
pub mod ceiling;
mod check;
pub mod diff;
mod document;
pub mod document_terms;
pub mod explain;
mod field_name;
mod fit;
#[cfg(test)]
mod fixture;
mod in_force;
mod kept;
mod narrow;
mod network;
mod permit;
mod rule;
mod series;
mod treatment;
pub mod trust;
mod verdict;
mod versions;

pub use crate::catalog::{Generalisation, KeyScope, Necessity};
pub use ceiling::{Allowance, Ceiling, CeilingTerms};
pub use check::{Policy, PolicyFault};
pub use document::{
    Authority, Controller, Declarations, Filter, PolicyDocument, PolicyKind, Purpose, Recipient, Transfer,
};
pub use field_name::FieldName;
pub use fit::{BoundsOf, fits};
pub use in_force::{Announced, Announcement, Announcements, InForce, Remembered, Wait};
pub use kept::kept;
pub use narrow::{narrowed, terms};
pub use network::network;
pub use permit::{Consent, Draft, Grant, Permit, PolicyRef, Signed, Standing, Withheld};
pub use rule::{Rule, Unsupported, Word, WrittenRule, meaning};
pub use treatment::Treatment;
pub use verdict::{NotInForce, Verdict};
pub use versions::{MAX_COMING, Named, Versions};
