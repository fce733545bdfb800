//! From a signed policy to one that this collector's devices would accept.

use collector_proto::contract::ReadError;
use collector_proto::envelope::{Document as _, Envelope, EnvelopeError, VerifyError};
use collector_proto::policy::trust::{Floor, Refusal, Role, RootDocument, RootRef, Trust, Unsigned, Unsound};
use collector_proto::policy::{Policy, PolicyFault, PolicyRef};
use collector_proto::time::UtcTime;

/// A root of trust. Its reference and its document are always those of its envelope.
#[derive(Debug, Clone)]
pub struct TrustRoot {
    reference: RootRef,
    envelope: Envelope,
    document: RootDocument,
}

/// Why an envelope holds no root of trust.
#[derive(Debug, thiserror::Error)]
pub enum BadRoot {
    /// It has no payload.
    #[error("the root of trust cannot be opened")]
    Envelope(#[from] EnvelopeError),
    /// Its payload is something else.
    #[error("the document is not a root of trust")]
    Document(#[from] ReadError),
    /// Too few of its own root keys signed it.
    #[error("the root of trust is not signed by its own keys")]
    Signatures(#[from] VerifyError),
    /// What it says does not fit together.
    #[error("the root of trust cannot be used")]
    Unsound(#[source] Unsound),
}

impl TrustRoot {
    /// Takes a root out of its envelope if enough of its own root keys signed it. Whether it is a root to believe is
    /// known by who keeps it: the store takes a first root when it is empty, and publishing compares with the root in
    /// force there.
    pub fn from_envelope(envelope: Envelope) -> Result<Self, BadRoot> {
        let unverified = RootDocument::read(&envelope.unverified_payload()?)?;
        let verified = unverified.verify::<RootDocument>(Role::Root, &envelope)?;
        if let Some(why) = verified.document().unsound() {
            return Err(BadRoot::Unsound(why));
        }
        let sha256 = verified.digest();
        let document = verified.into_document();
        Ok(Self { reference: RootRef { version: document.version, sha256 }, envelope, document })
    }

    /// The root that an envelope holds, if devices that follow this one would follow it.
    pub fn followed_by(&self, next: Envelope) -> Result<Self, Refusal> {
        let mut trust = Trust::pin(&self.envelope, String::new(), Floor::default())?;
        trust.rotate(&next)?;
        let (reference, document) = (trust.root_reference(), trust.root().clone());
        Ok(Self { reference, envelope: next, document })
    }

    /// Version and digest.
    pub fn reference(&self) -> RootRef {
        self.reference
    }

    /// The signed document.
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// The document.
    pub fn document(&self) -> &RootDocument {
        &self.document
    }
}

/// A policy that is signed by enough of a root's policy keys, not expired and acceptable to this program's catalogue.
/// [`VerifiedPolicy::verify`] is the only constructor.
#[derive(Debug, Clone)]
pub struct VerifiedPolicy {
    envelope: Envelope,
    reference: PolicyRef,
    policy: Policy,
    root: RootRef,
}

/// Why a policy is not published.
#[derive(Debug, thiserror::Error)]
pub enum PolicyRefused {
    /// Not signed as the root demands.
    #[error("the policy is refused")]
    Signatures(#[from] Unsigned),
    /// Expired.
    #[error("the policy expired on {0}")]
    Expired(UtcTime),
    /// It breaks rules of the format or the catalogue.
    #[error("the policy cannot be accepted:\n  {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  "))]
    Content(Vec<PolicyFault>),
}

impl VerifiedPolicy {
    /// Verifies an envelope under a root.
    pub fn verify(envelope: Envelope, root: &TrustRoot, now: UtcTime) -> Result<Self, PolicyRefused> {
        let verified = root.document.verify_policy(&envelope)?;
        let (sha256, document) = (verified.digest(), verified.into_document());
        if now >= document.expires {
            return Err(PolicyRefused::Expired(document.expires));
        }
        let reference = PolicyRef::new(document.version, sha256);
        let policy = Policy::check(document).and_then(Policy::whole).map_err(PolicyRefused::Content)?;
        Ok(Self { envelope, reference, policy, root: root.reference })
    }

    /// The signed document.
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// Version and digest.
    pub fn reference(&self) -> PolicyRef {
        self.reference
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Its group.
    pub fn group(&self) -> &str {
        &self.policy.document().group
    }

    /// The root under which it was verified.
    pub fn root(&self) -> RootRef {
        self.root
    }
}
