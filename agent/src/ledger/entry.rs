//! One signed file of the ledger: a small text header, a blank line, the signed JSON as it is.
//!
//! ```text
//! Candor-Ledger: 1
//! Type: application/vnd.candor.report.v1+json
//! Stream: 5f0c…            (32 hex digits)
//! Seq: 42
//! Created: 2026-11-22T08:00:00Z
//! Device: 6e8ac1f6-…
//! DSSE-Signature: keyid="…", sig=:…:
//! Body-Length: 1234
//!
//! {"v":1,…}
//! ```
//!
//! The header repeats what the body says, so that `head` shows it; both are compared, and the header is accepted only
//! in the one spelling that this program writes, so that no byte of a file can change unnoticed.

use super::error::Cause;
use super::{LedgerError, NotRead};
use collector_proto::digest::Digest;
use collector_proto::envelope::{
    DetachedSignature, Document, Envelope, PublicKey, SigningKey, VerifyError, pae_digest,
};
use collector_proto::limits::MAX_REPORT_BYTES;
use collector_proto::messages::Report;
use collector_proto::time::UtcTime;
use std::fmt::Write as _;
use uuid::Uuid;

/// Longest header in bytes; ours has about 400.
const MAX_HEADER_BYTES: usize = 1024;

/// Longest file in bytes.
pub(super) const MAX_ENTRY_BYTES: usize = MAX_REPORT_BYTES + MAX_HEADER_BYTES;

/// Why a file is not taken for an entry.
#[derive(Debug)]
pub(super) enum EntryFault {
    /// It is not what this device signed.
    Tampered(&'static str, Option<Cause>),
    /// It is, and this program does not understand it.
    NotRead(NotRead),
}

impl From<&'static str> for EntryFault {
    fn from(fault: &'static str) -> Self {
        Self::Tampered(fault, None)
    }
}

impl From<VerifyError> for EntryFault {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::NotUnderstood(what) => Self::NotRead(NotRead::NotUnderstood(what)),
            VerifyError::Content(error) => {
                Self::NotRead(NotRead::Form { line: error.line(), column: error.column() })
            }
            error @ (VerifyError::Type { .. } | VerifyError::Signatures { .. } | VerifyError::Base64) => {
                Self::Tampered("its content does not match its signature", Some(error.into()))
            }
        }
    }
}

/// A document that the ledger keeps, and what its header repeats of it.
pub trait LedgerDocument: Document {
    /// The stream that it is about.
    fn stream(&self) -> &str;
    /// The number within the stream, of the last report where there are several.
    fn seq(&self) -> u64;
    /// When it was made.
    fn created(&self) -> UtcTime;
    /// The device that made it.
    fn device_id(&self) -> Uuid;
}

impl LedgerDocument for Report {
    fn stream(&self) -> &str {
        &self.stream
    }
    fn seq(&self) -> u64 {
        self.seq
    }
    fn created(&self) -> UtcTime {
        self.created
    }
    fn device_id(&self) -> Uuid {
        self.device_id
    }
}

/// A file of the ledger whose signature is this device's and whose header says what its body says.
#[derive(Clone)]
pub struct Kept<T> {
    document: T,
    body: Vec<u8>,
    signature: DetachedSignature,
}

impl<T: LedgerDocument> Kept<T> {
    /// What was signed.
    pub fn document(&self) -> &T {
        &self.document
    }

    /// The signed bytes.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The signature.
    pub fn signature(&self) -> &DetachedSignature {
        &self.signature
    }

    /// The digest that names it.
    pub fn digest(&self) -> Digest {
        pae_digest(T::PAYLOAD_TYPE, &self.body)
    }

    /// The document as a standard envelope.
    pub fn to_envelope(&self) -> Envelope {
        Envelope::assemble(T::PAYLOAD_TYPE, &self.body, std::slice::from_ref(&self.signature))
    }

    /// Signs a document for the ledger.
    pub(crate) fn seal(document: T, key: &SigningKey) -> Result<Self, LedgerError> {
        let sealed = key.seal(&document).map_err(LedgerError::Json)?;
        Ok(Self { document, body: sealed.payload().to_vec(), signature: sealed.signature().clone() })
    }

    /// The bytes of the file.
    pub(super) fn to_file(&self) -> Vec<u8> {
        let mut file = self.header().into_bytes();
        file.extend_from_slice(&self.body);
        file
    }

    /// Reads a file and verifies it.
    pub(super) fn from_file(file: &[u8], key: &PublicKey) -> Result<Self, EntryFault> {
        let end = file.windows(2).take(MAX_HEADER_BYTES).position(|pair| pair == b"\n\n");
        let (header, body) =
            end.and_then(|end| file.split_at_checked(end + 2)).ok_or("its header does not end")?;
        let signature = std::str::from_utf8(header)
            .ok()
            .and_then(|header| header.lines().find_map(|line| line.strip_prefix("DSSE-Signature: ")))
            .ok_or("its header has no signature")?;
        let signature = DetachedSignature::parse(signature).map_err(|error| {
            EntryFault::Tampered("the signature in its header cannot be read", Some(error.into()))
        })?;
        if signature.key_id() != key.id() {
            return Err("it was signed with another key than this device's".into());
        }
        let document: T = signature.verify(body.to_vec(), key)?.into_document();
        let kept = Self { document, body: body.to_vec(), signature };
        if kept.header().as_bytes() == header {
            Ok(kept)
        } else {
            Err("its header differs from its signed content".into())
        }
    }

    fn header(&self) -> String {
        let mut header = String::with_capacity(MAX_HEADER_BYTES / 2);
        let (kind, document) = (T::PAYLOAD_TYPE, &self.document);
        // Writing to a String cannot fail.
        let _ = write!(
            header,
            "Candor-Ledger: 1\nType: {kind}\nStream: {}\nSeq: {}\nCreated: {}\nDevice: {}\nDSSE-Signature: {}\nBody-Length: {}\n\n",
            document.stream(),
            document.seq(),
            document.created(),
            document.device_id(),
            self.signature,
            self.body.len(),
        );
        header
    }
}

impl<T: LedgerDocument> std::fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Kept({} {}, {} bytes)", self.document.stream(), self.document.seq(), self.body.len())
    }
}
