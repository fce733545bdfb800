//! Enrolment: a one-time token, a nonce of the collector, and proof that the device holds its key.

use crate::contract::{Contract, Version1};
use crate::digest::Digest;
use crate::envelope::{Document, Envelope, KeyId, PublicKey};
use crate::policy::trust::Documents;
use crate::time::UtcTime;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A nonce to be signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// 128 bits or more in base64url, used once.
    pub nonce: String,
    /// When it stops working, 5 minutes after it was made.
    pub expires: UtcTime,
}

/// What a device signs with its fresh key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentRequest {
    /// Format version.
    pub v: Version1,
    /// The key that the device will sign with. A weak key does not parse.
    pub jwk: PublicKey,
    /// The random id that the device chose.
    pub device_id: Uuid,
    /// The challenge's nonce.
    pub nonce: String,
    /// SHA-256 of the token's text.
    pub token_sha256: Digest,
    /// Id of the collector.
    pub aud: String,
    /// What the agent understands.
    pub contract: Contract,
}

impl Document for EnrolmentRequest {
    const PAYLOAD_TYPE: &'static str = "application/vnd.candor.enrolment.v1+json";
}

/// The collector's signed word that a device is enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRecord {
    /// Format version.
    pub v: Version1,
    /// The device.
    pub device_id: Uuid,
    /// Thumbprint of its key.
    pub key_id: KeyId,
    /// Its group.
    pub group: String,
    /// When it was enrolled.
    pub enrolled_at: UtcTime,
    /// Id of the collector.
    pub collector: String,
}

impl Document for DeviceRecord {
    const PAYLOAD_TYPE: &'static str = "application/vnd.candor.device.v1+json";
}

/// The answer to an enrolment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EnrolmentAnswer {
    /// Envelope of the [`DeviceRecord`], signed by a receipt key.
    pub device: Envelope,
    /// Current roots, policy and timestamp.
    pub documents: Documents,
}
