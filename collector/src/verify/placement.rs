//! From a signed placement to one that its device would take.

use super::TrustRoot;
use collector_proto::envelope::{Document as _, Envelope, KeyId, VerifyError};
use collector_proto::policy::trust::{PlacementDocument, PlacementRef, Role, RootRef};
use std::collections::BTreeSet;

/// A placement that enough of a root's policy keys signed. [`VerifiedPlacement::verify`] is the only constructor.
#[derive(Debug, Clone)]
pub struct VerifiedPlacement {
    envelope: Envelope,
    document: PlacementDocument,
    reference: PlacementRef,
    signers: BTreeSet<KeyId>,
    root: RootRef,
}

/// Why a device would not take a placement.
#[derive(Debug, thiserror::Error)]
pub enum PlacementRefused {
    /// It is another document.
    #[error("the signed document is not a placement; `placement new` writes one")]
    Type,
    /// Too few signatures, or signed bytes of another form.
    #[error("the placement is not validly signed")]
    Unverified(#[from] VerifyError),
    /// It names no group, or a number that no placement has.
    #[error("the placement names no group, or a number that no placement has")]
    Unsound,
    /// It is for a device of another collector.
    #[error("the placement is for a device of the collector {0}, and this is another one")]
    Foreign(String),
}

impl VerifiedPlacement {
    /// Verifies a signed placement under a root.
    pub fn verify(envelope: Envelope, root: &TrustRoot) -> Result<Self, PlacementRefused> {
        if envelope.payload_type() != PlacementDocument::PAYLOAD_TYPE {
            return Err(PlacementRefused::Type);
        }
        let verified = root.document().verify::<PlacementDocument>(Role::Policy, &envelope)?;
        let (signers, sha256) = (verified.signers().clone(), verified.digest());
        let document = verified.into_document();
        if !document.is_sound() {
            return Err(PlacementRefused::Unsound);
        }
        if document.collector != root.document().collector {
            return Err(PlacementRefused::Foreign(document.collector));
        }
        let reference = PlacementRef { number: document.number, sha256 };
        Ok(Self { envelope, document, reference, signers, root: root.reference() })
    }

    /// The signed document.
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// What it says.
    pub fn document(&self) -> &PlacementDocument {
        &self.document
    }

    /// Number and digest.
    pub fn reference(&self) -> PlacementRef {
        self.reference
    }

    /// The keys that signed it.
    pub fn signers(&self) -> &BTreeSet<KeyId> {
        &self.signers
    }

    /// The root under which it was verified.
    pub fn root(&self) -> RootRef {
        self.root
    }
}
