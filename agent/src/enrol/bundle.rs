//! What a device takes out of a bundle, and what becomes of its file.

use super::EnrolError;
use crate::durable::{self, FileError};
use candor_durable::{Directory, directory_of};
use collector_proto::contract::{self, ReadError, Version1};
use collector_proto::digest::Digest;
use collector_proto::envelope::Envelope;
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::messages::{BundleCollector, BundleEnrolment};
use collector_proto::policy::trust::SignedBundle;
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Read as _};
use std::path::Path;

/// Longest bundle in bytes: a root, a certificate and two secrets, in base64.
const MAX_BUNDLE_BYTES: usize = 3 * MAX_DOCUMENT_BYTES;

/// What the agent enrols with: a bundle without the organisation's key of keyed hashes, which is the reader's alone.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Invitation {
    pub(super) v: Version1,
    pub(super) collector: BundleCollector,
    pub(super) root: Envelope,
    pub(super) enrolment: BundleEnrolment,
}

impl Invitation {
    /// What a bundle invites to.
    pub(crate) fn of(bundle: &SignedBundle) -> Result<Self, EnrolError> {
        let bundle = bundle.bundle();
        let enrolment = bundle.enrolment.clone().ok_or(EnrolError::NoToken)?;
        Ok(Self { v: Version1, collector: bundle.collector.clone(), root: bundle.root.clone(), enrolment })
    }

    /// Where the collector is.
    pub(crate) fn collector(&self) -> &BundleCollector {
        &self.collector
    }
}

/// Reads a bundle that nobody else can read, and verifies who signed it and, where `root` says so, which root is in it.
pub(crate) fn read_bundle(path: &Path, root: Option<Digest>) -> Result<SignedBundle, EnrolError> {
    let bytes = durable::read_bundle(path, MAX_BUNDLE_BYTES)?
        .ok_or_else(|| EnrolError::NoBundle(path.to_path_buf()))?;
    let envelope = Envelope::parse(bytes.trim_ascii(), MAX_BUNDLE_BYTES);
    let bundle = envelope.map_err(Into::into).and_then(SignedBundle::verify);
    let bundle = bundle.and_then(|bundle| bundle.has_root(root));
    bundle.map_err(|why| EnrolError::Bundle { path: path.to_path_buf(), why: Box::new(why) })
}

/// Removes a bundle that was used: what it holds is of no more use here, and a secret.
pub(crate) fn remove_bundle(path: &Path) -> Result<(), FileError> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput.into());
    let removed = name.and_then(|name| Directory::named(directory_of(path))?.remove(name));
    removed.map_err(|source| durable::unwritable(path, source))
}

/// Reads what root hands over in one line.
pub(crate) fn read_invitation(input: &mut impl BufRead) -> Result<Invitation, EnrolError> {
    let mut bytes = Vec::new();
    let bound = u64::try_from(MAX_BUNDLE_BYTES).unwrap_or(u64::MAX);
    input.by_ref().take(bound).read_until(b'\n', &mut bytes).map_err(EnrolError::Exchange)?;
    contract::read(&bytes).map_err(|error| match error {
        ReadError::NotUnderstood(what) => EnrolError::NewerBundle(what),
        ReadError::Form(error) => EnrolError::File(FileError::Malformed {
            path: "-".into(),
            line: error.line(),
            column: error.column(),
        }),
    })
}
