//! Signs a bundle as one holder of the role `root`. Nothing of a collector is read: the root is in the bundle.

use crate::verify::{BadRoot, TrustRoot};
use collector_proto::digest::Digest;
use collector_proto::envelope::{Document as _, Envelope, KeyId, PublicKey, SigningKey};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::messages::{Bundle, TenantKey};
use collector_proto::policy::trust::{BadBundle, Role, RootDocument, bundle};

/// Longest file of a bundle.
const MAX_BUNDLE_BYTES: usize = 3 * MAX_DOCUMENT_BYTES;

/// A bundle as it stands, with the root in it and who signed.
pub(crate) struct SignedNow {
    pub(crate) envelope: Envelope,
    pub(crate) bundle: Bundle,
    pub(crate) root: TrustRoot,
    /// Holders whose signatures are good, by the names that people call them, or the key's.
    pub(crate) signers: Vec<String>,
    /// How many have to sign.
    pub(crate) needed: usize,
}

/// Why a bundle is not signed or shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BundleError {
    /// It is not a bundle.
    #[error(transparent)]
    Bundle(#[from] BadBundle),
    /// The root in it cannot be used.
    #[error(transparent)]
    Root(#[from] BadRoot),
    /// It contradicts itself.
    #[error("the bundle names the collector {bundle}, and the root in it {root}")]
    OtherCollector { bundle: String, root: String },
    /// A key whose signature would count for nothing.
    #[error(
        "the key {0} is not a root key of the root in the bundle, so its signature would count for nothing"
    )]
    ForeignKey(KeyId),
    /// The holder of the key never signed the root in the bundle: it may be somebody else's that names the key.
    #[error(
        "the root of trust in the bundle is version {version} ({digest}), which this key did not sign. If that is the root in force, as `root show` prints \
         it, give its digest: --root {digest}"
    )]
    UnknownRoot { version: u64, digest: Digest },
    /// Another root than the one that was named.
    #[error(
        "the root of trust in the bundle is {found}, not {expected}; do not sign it, and find out who made it"
    )]
    OtherRoot { found: Digest, expected: Digest },
    /// A key cannot be put into what others signed.
    #[error("the bundle is signed already, and brings {0}; make a new one for another tenant key")]
    SignedAlready(String),
    /// The bundle would bring nothing.
    #[error(
        "the bundle holds no token and no tenant key, so it would bring nothing; name the key with --tenant-key"
    )]
    Nothing,
    /// It cannot be written.
    #[error("the bundle cannot be written")]
    Write(#[source] serde_json::Error),
}

/// Reads a bundle, whoever signed it.
pub(crate) fn read(bytes: &[u8]) -> Result<SignedNow, BundleError> {
    let envelope = Envelope::parse(bytes.trim_ascii(), MAX_BUNDLE_BYTES).map_err(BadBundle::from)?;
    SignedNow::of(envelope)
}

/// Adds one holder's signature to a bundle, and before the first one the tenant key. `known_root` is the digest of the root in force, where
/// the signer knows it.
pub(crate) fn sign(
    bundle: SignedNow,
    key: &SigningKey,
    tenant_key: Option<TenantKey>,
    known_root: Option<Digest>,
) -> Result<SignedNow, BundleError> {
    let SignedNow { mut envelope, bundle, root, .. } = bundle;
    may_sign(&root, key, known_root)?;
    let bundle = match tenant_key {
        Some(key) if bundle.tenant_key.as_ref() != Some(&key) => {
            if envelope.is_signed() {
                let brings = bundle
                    .tenant_key
                    .map_or_else(|| "no tenant key".to_owned(), |key| format!("the tenant key `{}`", key.id));
                return Err(BundleError::SignedAlready(brings));
            }
            let bundle = Bundle { tenant_key: Some(key), ..bundle };
            let payload = serde_json::to_vec(&bundle).map_err(BundleError::Write)?;
            envelope = Envelope::assemble(Bundle::PAYLOAD_TYPE, &payload, &[]);
            bundle
        }
        _ => bundle,
    };
    if bundle.enrolment.is_none() && bundle.tenant_key.is_none() {
        return Err(BundleError::Nothing);
    }
    let payload = envelope.unverified_payload().map_err(BadBundle::from)?;
    let signature = key.sign_payload(Bundle::PAYLOAD_TYPE, &payload);
    envelope.add_signatures(&Envelope::assemble(Bundle::PAYLOAD_TYPE, &payload, &[signature]));
    SignedNow::of(envelope)
}

/// Whoever signs answers for the root in the bundle. A collector that was taken over could put one of its own there that names the signer's
/// key beside a key of its own, so a key only signs under a root that it signed, or whose digest its holder knows.
fn may_sign(root: &TrustRoot, key: &SigningKey, known_root: Option<Digest>) -> Result<(), BundleError> {
    let (version, digest) = (root.reference().version, root.reference().sha256);
    if let Some(expected) = known_root
        && expected != digest
    {
        return Err(BundleError::OtherRoot { found: digest, expected });
    }
    if !root.document().role(Role::Root).0.contains(key.public()) {
        return Err(BundleError::ForeignKey(key.public().id().clone()));
    }
    let signed_it = root.envelope().verify::<RootDocument>(std::slice::from_ref(key.public()), 1).is_ok();
    if !signed_it && known_root.is_none() {
        return Err(BundleError::UnknownRoot { version, digest });
    }
    Ok(())
}

impl SignedNow {
    fn of(envelope: Envelope) -> Result<Self, BundleError> {
        let bundle = bundle::unverified(&envelope)?;
        let root = TrustRoot::from_envelope(bundle.root.clone())?;
        if bundle.collector.id != root.document().collector {
            let (bundle, root) = (bundle.collector.id, root.document().collector.clone());
            return Err(BundleError::OtherCollector { bundle, root });
        }
        let (keys, needed) = root.document().role(Role::Root);
        let has_signed = |key: &&PublicKey| envelope.verify::<Bundle>(std::slice::from_ref(*key), 1).is_ok();
        let mut signers: Vec<String> =
            keys.iter().filter(has_signed).map(|key| name_of(root.document(), key.id())).collect();
        signers.sort();
        signers.dedup();
        Ok(Self { envelope, bundle, root, signers, needed })
    }
}

fn name_of(root: &RootDocument, key: &KeyId) -> String {
    root.holder_of(key).map_or_else(|| key.to_string(), |(id, _)| id.to_owned())
}
