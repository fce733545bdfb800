//! Everything of the agent that touches the network.
//!
//! | Call | Request |
//! |---|---|
//! | [`Uplink::challenge`] | `GET /v1/enroll/challenge` |
//! | [`Uplink::enrol`] | `POST /v1/enroll`, `Authorization: Bearer <token>`, DSSE envelope |
//! | [`Uplink::documents`] | `GET /v1/policy`, signed (RFC 9421) |
//! | [`Uplink::head`] | `GET /v1/head`, signed (RFC 9421) |
//! | [`Uplink::deliver`] | `POST /v1/reports`, `Content-Encoding: zstd`, `DSSE-Signature: …` |
//!
//! TLS 1.3 only, to a certificate of the pinned authority only. No redirect is followed, no cookie kept, no
//! referrer sent. This crate moves sealed bytes: it names no field and could not tell one from another. What
//! comes back is bounded and unverified; the caller verifies. What goes out it takes as a [`Delivery`] and not as bytes.

mod answer;
mod backoff;
mod classify;
mod connection;
mod endpoint;
mod error;
mod retry_after;
mod uplink;

#[doc(hidden)]
pub use answer::read_answer;
pub use backoff::{Backoff, FIRST_CEILING, HIGHEST_CEILING, MAX_RETRY_AFTER};
pub use endpoint::{Endpoint, ProxyChoice, Reach, Timeouts};
pub use error::{Cause, CertificateProblem, Stage, UplinkError};
pub use uplink::{Delivery, Uplink};
