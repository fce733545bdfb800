//! Which bundle a device takes: one that enough holders of the root in it signed.

use super::accept::{Floor, Trust};
use super::documents::RootRef;
use super::refusal::Refusal;
use super::root::{Role, RootDocument};
use crate::contract::{self, NotUnderstood, ReadError};
use crate::digest::Digest;
use crate::envelope::{Document as _, Envelope, EnvelopeError, VerifyError};
use crate::keyed_hash::{BadHashKey, HashKey};
use crate::messages::Bundle;

/// A bundle that enough holders of the root in it signed. [`SignedBundle::verify`] is the only constructor.
///
/// That says who made the bundle and that nobody changed it since; whether its root is the organisation's is for whoever hands the bundle
/// over to know, and [`SignedBundle::has_root`] for a script.
#[derive(Debug, Clone)]
pub struct SignedBundle {
    envelope: Envelope,
    bundle: Bundle,
    root: RootRef,
}

/// Why a bundle is not taken. It repeats nothing that is secret in it.
#[derive(Debug, thiserror::Error)]
pub enum BadBundle {
    /// Not an envelope.
    #[error("it is not a bundle of candor-collector")]
    Envelope(#[from] EnvelopeError),
    /// An envelope of something else.
    #[error("it is a signed document, but not a bundle")]
    Type,
    /// It holds something newer than this program.
    #[error("it needs a newer Candor")]
    NotUnderstood(#[source] NotUnderstood),
    /// It has another form. The parser's own message could repeat a secret, so only the place is kept.
    #[error("its content cannot be understood (line {line}, column {column})")]
    Form {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// The root in it does not stand by itself.
    #[error("the root of trust in it is not accepted")]
    Root(#[source] Refusal),
    /// Nobody signed it, or too few did, or somebody changed it since.
    #[error(
        "{good} of the {needed} holders that have to sign it did, or it was changed since; `candor-collector bundle sign` adds a signature, where \
         the root key is"
    )]
    Signatures {
        /// Holders who signed.
        good: usize,
        /// The threshold of the role `root`.
        needed: usize,
    },
    /// The bundle contradicts itself.
    #[error("it names the collector {bundle}, the root in it names {root}")]
    OtherCollector {
        /// In the bundle.
        bundle: String,
        /// In the root.
        root: String,
    },
    /// The organisation's key in it is not usable.
    #[error("the tenant key in it is not usable")]
    TenantKey(#[source] BadHashKey),
    /// Another root than the one that was named.
    #[error(
        "the root of trust in it is {found}, not {expected}: somebody else made this bundle, or the root was renewed since the digest was written down"
    )]
    OtherRoot {
        /// In the bundle.
        found: Digest,
        /// As it was named.
        expected: Digest,
    },
}

impl BadBundle {
    /// Whether somebody may have made it up or changed it.
    pub fn is_tampering(&self) -> bool {
        matches!(
            self,
            Self::Root(_) | Self::Signatures { .. } | Self::OtherCollector { .. } | Self::OtherRoot { .. }
        )
    }
}

impl From<ReadError> for BadBundle {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotUnderstood(what) => Self::NotUnderstood(what),
            ReadError::Form(error) => Self::Form { line: error.line(), column: error.column() },
        }
    }
}

impl SignedBundle {
    /// Verifies a bundle by the root in it.
    pub fn verify(envelope: Envelope) -> Result<Self, BadBundle> {
        let unverified = unverified(&envelope)?;
        let trust = Trust::pin(&unverified.root, String::new(), Floor::default()).map_err(BadBundle::Root)?;
        let root = trust.root_reference();
        let bundle = verified_by(trust.root(), &envelope)?;
        Ok(Self { envelope, bundle, root })
    }

    /// Refuses one with another root than the one of this digest, where there is one.
    pub fn has_root(self, expected: Option<Digest>) -> Result<Self, BadBundle> {
        match expected {
            Some(expected) if expected != self.root.sha256 => {
                Err(BadBundle::OtherRoot { found: self.root.sha256, expected })
            }
            _ => Ok(self),
        }
    }

    /// The bundle.
    pub fn bundle(&self) -> &Bundle {
        &self.bundle
    }

    /// The signed bytes, for the next one who has to verify them.
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// Version and digest of the root in it.
    pub fn root(&self) -> RootRef {
        self.root
    }
}

/// What a bundle says, whoever made it.
pub fn unverified(envelope: &Envelope) -> Result<Bundle, BadBundle> {
    if envelope.payload_type() != Bundle::PAYLOAD_TYPE {
        return Err(BadBundle::Type);
    }
    Ok(contract::read(&envelope.unverified_payload()?)?)
}

/// A bundle that enough holders of this root signed, which need not be the one in it: a device that is enrolled goes by the newest that
/// it trusts.
pub fn verified_by(root: &RootDocument, envelope: &Envelope) -> Result<Bundle, BadBundle> {
    let verified = root.verify::<Bundle>(Role::Root, envelope).map_err(|error| match error {
        VerifyError::Signatures { good, needed } => BadBundle::Signatures { good, needed },
        VerifyError::Type { .. } => BadBundle::Type,
        VerifyError::Base64 => BadBundle::Envelope(EnvelopeError::Base64),
        VerifyError::Content(error) => ReadError::Form(error).into(),
        VerifyError::NotUnderstood(what) => BadBundle::NotUnderstood(what),
    })?;
    let bundle = verified.into_document();
    if bundle.collector.id != root.collector {
        let (bundle, root) = (bundle.collector.id, root.collector.clone());
        return Err(BadBundle::OtherCollector { bundle, root });
    }
    if let Some(key) = &bundle.tenant_key {
        HashKey::parse(&key.id, &key.key).map_err(BadBundle::TenantKey)?;
    }
    Ok(bundle)
}
