//! Signs a root, or adds a holder's signature to one.

use super::{RootError, author};
use crate::verify::TrustRoot;
use collector_proto::envelope::{Document as _, Envelope, SigningKey, VerifyError};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::policy::trust::{Role, RootDocument};

/// A root that was signed.
pub(crate) struct SignedRoot {
    pub(crate) envelope: Envelope,
    pub(crate) document: RootDocument,
    /// How many signatures the root in force still lacks, and how many it asks for.
    pub(crate) old: (usize, usize),
    /// The same for the root itself.
    pub(crate) new: (usize, usize),
}

/// Compiles and signs an author's file, or adds a signature to a signed root. `file` names it in errors.
pub(crate) fn sign(
    current: &TrustRoot,
    key: &SigningKey,
    bytes: &[u8],
    file: &str,
) -> Result<SignedRoot, RootError> {
    let is_signed = bytes.trim_ascii_start().starts_with(b"{");
    let (mut envelope, document) = if is_signed {
        let envelope = Envelope::parse(bytes.trim_ascii(), MAX_DOCUMENT_BYTES)?;
        if envelope.payload_type() != RootDocument::PAYLOAD_TYPE {
            return Err(RootError::Type);
        }
        let document = RootDocument::read(&envelope.unverified_payload()?)
            .map_err(|error| RootError::Root(error.into()))?;
        (envelope, document)
    } else {
        let document = author::read(&String::from_utf8_lossy(bytes), file)?;
        let body = serde_json::to_vec(&document).map_err(RootError::Document)?;
        (Envelope::assemble(RootDocument::PAYLOAD_TYPE, &body, &[]), document)
    };
    if let Some(why) = document.unsound() {
        return Err(RootError::Unsound(why));
    }
    let may_sign = |root: &RootDocument| root.role(Role::Root).0.contains(key.public());
    if !may_sign(current.document()) && !may_sign(&document) {
        return Err(RootError::ForeignKey(key.public().id().clone()));
    }
    let payload = envelope.unverified_payload()?;
    let signature = key.sign_payload(RootDocument::PAYLOAD_TYPE, &payload);
    envelope.add_signatures(&Envelope::assemble(RootDocument::PAYLOAD_TYPE, &payload, &[signature]));
    let (old, new) = (signed(current.document(), &envelope), signed(&document, &envelope));
    Ok(SignedRoot { envelope, document, old, new })
}

/// How many count towards a root's threshold of roots, and the threshold.
fn signed(root: &RootDocument, envelope: &Envelope) -> (usize, usize) {
    let needed = root.role(Role::Root).1;
    match root.verify::<RootDocument>(Role::Root, envelope) {
        Ok(_) => (needed, needed),
        Err(VerifyError::Signatures { good, needed }) => (good, needed),
        Err(_) => (0, needed),
    }
}
