//! Whom to believe: the root and timestamp documents, and the acceptance of a policy.
//!
//! The rules are those of the TUF client workflow (TUF 1.0.34 §5) reduced to one document: roots are walked one
//! version at a time, each signed by the thresholds of both the old and the new root keys; a policy is accepted when
//! enough policy keys signed it, the timestamp names it, and neither is expired, stale or older than what was accepted
//! before. Anything else fails closed: nothing is collected. A placement moves one device to another group (`placement.rs`).

mod accept;
pub mod bundle;
mod compare;
mod documents;
mod genuine;
mod judge;
mod kept;
mod placement;
mod refusal;
mod root;

pub use accept::{AcceptedPolicy, Floor, Trust, is_behind};
pub use bundle::{BadBundle, SignedBundle};
pub use compare::{
    Comparison, Conflict, GivenDocuments, GivenKind, HadVersion, Incomparable, MAX_HAD_VERSIONS, Newest,
};
pub use documents::{Documents, RootRef, TimestampDocument, TimestampKind};
pub use judge::Attempt;
pub use kept::KeptVersions;
pub use placement::{Place, Placed, PlacementDocument, PlacementKind, PlacementRef};
pub use refusal::{BadPlacement, BadPolicy, BadRoot, BadTimestamp, Refusal};
pub use root::{Approval, Endpoints, KeyHolder, Role, RoleKeys, RootDocument, RootKind, Unsigned, Unsound};

#[cfg(test)]
mod tests;
