//! Bundles: what an organisation hands to a device beside the network.
//!
//! ```text
//! on line    collector, addresses, first root, group, one-time token     nobody signed it yet
//! off line   … and the organisation's key of keyed hashes                the holders of the root sign it
//! ```
//! One without an enrolment brings a key to devices that are enrolled. The envelope is what is handed over;
//! [`SignedBundle`](crate::policy::trust::SignedBundle) is what a device takes.

use crate::contract::Version1;
use crate::envelope::{Document, Envelope};
use crate::time::UtcTime;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an administrator hands to a device: where the collector is, whom to believe, and a one-time token.
/// Its `Debug` hides the secrets.
#[derive(Clone, Serialize, Deserialize)]
pub struct Bundle {
    /// Format version.
    pub v: Version1,
    /// The collector.
    pub collector: BundleCollector,
    /// The first root, never taken from the network.
    pub root: Envelope,
    /// What a device enrols with; none for devices that are enrolled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolment: Option<BundleEnrolment>,
    /// Key of tenant-scoped keyed hashes, put in off line. Without one, fields that are hashed with it are withheld. Secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_key: Option<TenantKey>,
}

impl Document for Bundle {
    const PAYLOAD_TYPE: &'static str = "application/vnd.candor.bundle.v1+json";
}

impl fmt::Debug for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bundle").field("collector", &self.collector.id).finish_non_exhaustive()
    }
}

/// Where the collector is and how its TLS certificate is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleCollector {
    /// Its id, the audience of reports.
    pub id: String,
    /// `https://host:port` addresses, tried in this order.
    pub urls: Vec<String>,
    /// PEM of the certificate authority that the collector's certificate must chain to. No other is believed.
    pub ca: String,
}

/// What one device enrols with. Its `Debug` hides the token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleEnrolment {
    /// Group that the device joins.
    pub group: String,
    /// One-time token, 256 bits in base64url. Secret.
    pub token: String,
    /// When the token stops working.
    pub token_expires: UtcTime,
}

impl fmt::Debug for BundleEnrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BundleEnrolment({}, <hidden>)", self.group)
    }
}

/// The organisation's key for keyed hashes. Its `Debug` hides the key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantKey {
    /// Name of the key inside keyed hashes, computed from it: 8 characters of base64url.
    pub id: String,
    /// Rises with every rotation. A device takes no key of a version that is not above its own.
    pub version: u64,
    /// 256 bits in base64url. Secret.
    pub key: String,
}

impl fmt::Debug for TenantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TenantKey({} version {}, <hidden>)", self.id, self.version)
    }
}
