//! What travels between agent and collector. Every message names its version and has its own media type.
//!
//! | Request | Body | Answer |
//! |---|---|---|
//! | `GET /v1/enroll/challenge` | – | [`Challenge`] |
//! | `POST /v1/enroll`, `Authorization: Bearer <token>` | envelope of [`EnrolmentRequest`] | [`EnrolmentAnswer`] |
//! | `GET /v1/policy` (signed request) | – | [`crate::policy::trust::Documents`] |
//! | `POST /v1/reports`, `DSSE-Signature: …`, `Content-Encoding: zstd` | [`Report`] and its [`Part`]s ([`sequence`]) | envelope of [`Receipt`] |
//! | `GET /v1/head` (signed request) | – | envelope of [`Head`] |
//! | any refusal | – | [`Problem`] (RFC 9457) |

mod bundle;
mod enrolment;
mod head;
mod part;
mod problem;
mod receipt;
mod refused;
mod report;
pub mod sequence;
mod standing;

pub use bundle::{Bundle, BundleCollector, BundleEnrolment, TenantKey};
pub use enrolment::{Challenge, DeviceRecord, EnrolmentAnswer, EnrolmentRequest};
pub use head::{Head, MAX_HEAD_STREAMS, StreamHead};
pub use part::{Holder, NotAPartName, Part, PartName, Salt, SectionBody};
pub use problem::{Problem, ProblemKind};
pub use receipt::Receipt;
pub use refused::{MAX_REFUSED_DOCUMENTS, NamedDocument, RefusedDocument};
pub use report::{DailyReading, FailedSources, Report};
pub use standing::StandingParts;

pub use crate::catalog::{Absence, SourceName};
pub use crate::policy::trust::Documents;

/// Paths of the collector's interface.
pub mod path {
    /// Enrolment challenge.
    pub const CHALLENGE: &str = "/v1/enroll/challenge";
    /// Enrolment.
    pub const ENROL: &str = "/v1/enroll";
    /// Current roots, policy and timestamp of the device's group.
    pub const POLICY: &str = "/v1/policy";
    /// Reports.
    pub const REPORTS: &str = "/v1/reports";
    /// Which reports of the device the collector has.
    pub const HEAD: &str = "/v1/head";
    /// Liveness.
    pub const HEALTH: &str = "/healthz";
}

/// The query of a question for documents: the newest root that the device follows, so that the collector knows when all of them do.
pub mod followed {
    /// Of a device that follows this version.
    pub fn query(root: u64) -> String {
        format!("root={root}")
    }

    /// The version that a device follows, by its query; `None` where it is another one.
    pub fn parse(query: &str) -> Option<u64> {
        let digits = query.strip_prefix("root=")?;
        let root = digits.parse().ok()?;
        (self::query(root) == query && root <= crate::limits::MAX_INTEGER.unsigned_abs()).then_some(root)
    }
}

/// Headers of a report.
pub mod header {
    /// With a report that is sent again: the receipt that it had, an envelope as JSON.
    pub const RECEIPT: &str = "candor-receipt";
    /// With a report that follows such ones: the generation of the store that asked for them.
    pub const GENERATION: &str = "candor-generation";
}

/// Media types that are not a signed document's payload type.
pub mod media {
    /// A DSSE envelope.
    pub const ENVELOPE: &str = "application/vnd.dsse.envelope+json";
    /// RFC 9457.
    pub const PROBLEM: &str = "application/problem+json";
    /// A report's head and its parts, as a JSON text sequence (RFC 7464, RFC 8091).
    pub const REPORT: &str = "application/vnd.candor.report.v1+json-seq";
    /// [`super::Challenge`], [`super::EnrolmentAnswer`], [`crate::policy::trust::Documents`].
    pub const JSON: &str = "application/json";
}
